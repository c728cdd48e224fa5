"""Takes collections along with the blocks of a bundle, and makes them again on the other side."""

from collections.abc import Sequence
from typing import Any

from sponde_server.core.errors import SpondeError
from sponde_server.library.collections.records import NewCollection
from sponde_server.library.collections.service import SpondeCollections

_KEY = "collections"
_MOST = 1000


class Beside:
    """What a bundle holds beside its blocks: collections, by the ids of their blocks there."""

    def __init__(self, collections: SpondeCollections) -> None:
        self._collections = collections

    async def give(self, ids: Sequence[str]) -> dict[str, list[Any]]:
        """Give the collections that hold some of these blocks."""
        wanted = set(ids)
        found = [
            {
                "name": one.name,
                "description": one.description,
                "blocks": [block_id for block_id in one.block_ids if block_id in wanted],
            }
            for one in await self._collections.list_all()
            if wanted & set(one.block_ids)
        ]
        return {_KEY: found} if found else {}

    async def take(
        self, beside: dict[str, list[Any]], here: dict[str, str]
    ) -> tuple[list[str], list[str]]:
        """Make the collections of a bundle: their ids, and why some could not be made."""
        known = {(one.name, one.block_ids) for one in await self._collections.list_all()}
        made, refused = [], []
        for raw in beside.get(_KEY, [])[:_MOST]:
            name = raw.get("name") if isinstance(raw, dict) else None
            blocks = raw.get("blocks") if isinstance(raw, dict) else None
            if not isinstance(name, str) or not isinstance(blocks, list):
                refused.append("A collection of the file has no name or no list of blocks.")
                continue
            said = raw.get("description")
            ids = tuple(dict.fromkeys(here[one] for one in blocks if _is_here(one, here)))
            name = name.encode("utf-8", "replace").decode()[:100]
            if not ids or (name, ids) in known:
                continue
            description = said if isinstance(said, str) else ""
            body = NewCollection(
                name=name,
                description=description.encode("utf-8", "replace").decode()[:2000],
                block_ids=ids,
            )
            try:
                made.append((await self._collections.make(body)).id)
            except SpondeError as error:
                refused.append(f"The collection '{name}': {error.message} {error.hint}")
        return made, refused

    async def forget(self, ids: Sequence[str]) -> None:
        """Delete collections that an import made; those that are gone already are passed over."""
        for one in ids:
            try:
                await self._collections.remove(one)
            except SpondeError:
                continue


def _is_here(block_id: Any, here: dict[str, str]) -> bool:
    return isinstance(block_id, str) and block_id in here
