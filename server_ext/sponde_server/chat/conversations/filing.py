"""The folders that conversations lie in. Does not know HTTP."""

from collections.abc import Sequence

from sponde_server.chat.records import ConversationChanged
from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.streams import Feed

from . import store
from .records import Folder, FolderChange, FoldersChanged

LONGEST = 60
MOST = 500
DEEPEST = 6


class Folders:
    """Named places, one within the other; one that is deleted lets go of what lies in it."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    async def list_all(self) -> list[Folder]:
        """Give the folders by name."""
        return await self._database.read(store.list_folders)

    async def check(self, folder_id: str | None) -> None:
        """Refuse a folder that is not there; none at all is fine."""
        if folder_id and not any(folder.id == folder_id for folder in await self.list_all()):
            raise _missing(folder_id)

    async def make(self, new: FolderChange) -> Folder:
        """Make a folder."""
        known = await self.list_all()
        if len(known) >= MOST:
            raise Invalid(f"There are {MOST} folders already.", "Delete one that is empty.")
        folder = Folder(name=_name(new.name), parent_id=new.parent_id or "")
        _check_place(folder, known)
        await self._database.write(store.add_folder, folder)
        await self.tell()
        return folder

    async def change(self, folder_id: str, new: FolderChange) -> Folder:
        """Rename or move a folder."""
        known = await self.list_all()
        old = _get(folder_id, known)
        folder = Folder(
            name=old.name if new.name is None else _name(new.name),
            parent_id=old.parent_id if new.parent_id is None else new.parent_id,
            id=old.id,
            created_at=old.created_at,
        )
        _check_place(folder, known)
        await self._database.write(store.update_folder, folder)
        await self.tell()
        return folder

    async def remove(self, folder_id: str) -> None:
        """Delete a folder; what lies in it goes up."""
        folder = _get(folder_id, await self.list_all())
        moved = await self._database.write(store.remove_folder, folder)
        await self.tell()
        for conversation in moved:
            self._feed.tell(ConversationChanged(conversation=conversation))

    async def tell(self) -> None:
        """Tell every tab of the folders as they are now."""
        self._feed.tell(FoldersChanged(folders=tuple(await self.list_all())))

    def path(self, folder_id: str, folders: Sequence[Folder]) -> tuple[str, ...]:
        """Name the folders that lead to one, outermost first."""
        by_id = {folder.id: folder for folder in folders}
        names: list[str] = []
        while (folder := by_id.get(folder_id)) is not None and len(names) <= DEEPEST:
            names.insert(0, folder.name)
            folder_id = folder.parent_id
        return tuple(names)


def _name(name: str | None) -> str:
    words = " ".join((name or "").split())
    if not words:
        raise Invalid("The folder has no name.", "Give it at least one letter.")
    if len(words) > LONGEST:
        raise Invalid(
            f"The name has {len(words)} characters; {LONGEST} are allowed.", "Shorten it."
        )
    return words


def _get(folder_id: str, known: Sequence[Folder]) -> Folder:
    found = next((folder for folder in known if folder.id == folder_id), None)
    if found is None:
        raise _missing(folder_id)
    return found


def _missing(folder_id: str) -> NotFound:
    return NotFound(
        f"There is no folder {folder_id}.", "It may have been deleted; choose another one."
    )


def _check_place(folder: Folder, known: Sequence[Folder]) -> None:
    """Refuse a folder within itself, too deep, or beside another one of its name."""
    by_id = {other.id: other for other in known}
    depth = 1
    above = folder.parent_id
    while above:
        if above == folder.id:
            raise Invalid(
                f"“{folder.name}” cannot lie within itself.", "Choose a folder outside of it."
            )
        depth += 1
        above = _get(above, known).parent_id if above in by_id else _refuse(above)
    below = _height(folder.id, known)
    if depth + below > DEEPEST:
        raise Invalid(
            f"Folders may lie {DEEPEST} deep; “{folder.name}” would reach {depth + below}.",
            "Choose a folder further up.",
        )
    for other in known:
        beside = other.parent_id == folder.parent_id and other.id != folder.id
        if beside and other.name.casefold() == folder.name.casefold():
            raise Invalid(f"There is a folder “{other.name}” already.", "Choose another name.")


def _refuse(folder_id: str) -> str:
    raise _missing(folder_id)


def _height(folder_id: str, known: Sequence[Folder]) -> int:
    return max(
        (1 + _height(other.id, known) for other in known if other.parent_id == folder_id), default=0
    )
