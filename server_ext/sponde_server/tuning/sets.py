"""Makes training sets from conversations, and keeps their versions.

A version that was trained on never changes: the next change makes the next version. What a
person took out stays out when a set is gathered anew.
"""

import io
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.record import new_id, now
from sponde_server.core.streams import Feed

from . import card, gather, likeness, split, store
from .records import (
    Branch,
    LeftOutReason,
    LikedAnswers,
    NamedCount,
    NewTrainingSet,
    RemakeTrainingSet,
    SetPart,
    TrainingRow,
    TrainingRowChange,
    TrainingRows,
    TrainingSelection,
    TrainingSet,
    TrainingSetChange,
    TrainingSetChanged,
    TrainingSetRemoved,
    TrainingSetSettings,
    TrainingSetVersion,
)

MOST_ROWS = 20_000
LONGEST_NAME = 80
CHOSEN_BY_HAND = (None, LeftOutReason.PERSON, LeftOutReason.SECRET)
FILES = ("train.jsonl", "validation.jsonl", "README.md")

GetLiked = Callable[[], Awaitable[list[Branch]]]
"""Gives the branch of each liked answer: what led to it, and the answer as the last message."""
GetBranch = Callable[[str], Awaitable[Branch]]
"""Gives the latest branch of a conversation, by its id."""


class TrainingSets:
    """The training sets of this person."""

    def __init__(
        self, database: Database, feed: Feed, get_liked: GetLiked, get_branch: GetBranch
    ) -> None:
        self._database = database
        self._feed = feed
        self._get_liked = get_liked
        self._get_branch = get_branch

    # -- reading ----------------------------------------------------------------------------

    async def liked(self) -> LikedAnswers:
        """Say how many answers are liked."""
        branches = await self._get_liked()
        models = [branch.messages[-1].model for branch in branches if branch.messages]
        names = sorted(set(models), key=lambda name: (-models.count(name), name))
        return LikedAnswers(
            count=len(branches),
            models=tuple(NamedCount(name=name, count=models.count(name)) for name in names),
        )

    async def list_all(self) -> list[TrainingSet]:
        """Give the sets, the latest changed first."""
        return await self._database.read(store.list_sets)

    async def get(self, set_id: str) -> TrainingSet:
        """Give one set."""
        found = await self._database.read(store.find_set, set_id)
        if found is None or found.removed_at is not None:
            raise NotFound(
                f"There is no training set {set_id}.", "It may have been deleted; choose another."
            )
        return found

    async def versions(self, set_id: str) -> list[TrainingSetVersion]:
        """Give every version of a set, newest first."""
        found = await self.get(set_id)
        return [_kept(found), *await self._database.read(store.list_versions, set_id)]

    async def rows(
        self,
        set_id: str,
        version: int,
        part: SetPart | None,
        *,
        is_out: bool,
        offset: int,
        limit: int,
    ) -> TrainingRows:
        """Give some rows of a version (0: the latest)."""
        found = await self._as_it_was(set_id, version)
        rows, total = await self._database.read(
            store.page_rows,
            set_id,
            found.version,
            part,
            is_out=is_out,
            offset=max(0, offset),
            limit=max(1, min(limit, 500)),
        )
        return TrainingRows(rows=tuple(rows), total=total)

    async def files(self, set_id: str, version: int = 0) -> dict[str, str]:
        """Give the files of a version (0: the latest) by their names."""
        found = await self._as_it_was(set_id, version)
        rows = await self._database.read(store.list_rows, set_id, found.version)
        train, validation, readme = FILES
        return {
            train: card.jsonl(rows, SetPart.TRAIN),
            validation: card.jsonl(rows, SetPart.VALIDATION),
            readme: card.text(found),
        }

    async def archive(self, set_id: str, version: int = 0) -> bytes:
        """Give the files of a version in one zip."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in (await self.files(set_id, version)).items():
                packed.writestr(name, text)
        return content.getvalue()

    # -- changing ---------------------------------------------------------------------------

    async def make(self, new: NewTrainingSet) -> TrainingSet:
        """Gather, check and split; refuse a set that would be empty."""
        _check(new.settings)
        rows = await self._gathered(new.selection, new.settings)
        moment = now()
        made = TrainingSet(
            name=_name(new.name) or f"Training set of {moment:%Y-%m-%d}",
            version=1,
            selection=new.selection,
            settings=new.settings,
            card=card.make(rows),
            created_at=moment,
            updated_at=moment,
        )
        await self._database.write(store.add_set, made, _numbered(rows, made))
        return self._told(made)

    async def remake(self, set_id: str, asked: RemakeTrainingSet) -> TrainingSet:
        """Gather a set anew, as its next version; what a person took out stays out."""
        before = await self.get(set_id)
        selection = asked.selection or before.selection
        settings = asked.settings or before.settings
        _check(settings)
        old = await self._database.read(store.list_rows, set_id, before.version)
        out = {row.message_id for row in old if row.reason is LeftOutReason.PERSON}
        rows = await self._gathered(selection, settings, out)
        made = replace(
            before,
            version=before.version + 1,
            selection=selection,
            settings=settings,
            card=card.make(rows),
            is_used=False,
            updated_at=now(),
        )
        await self._database.write(store.next_version, _kept(before), made, _numbered(rows, made))
        return self._told(made)

    async def rename(self, set_id: str, change: TrainingSetChange) -> TrainingSet:
        """Give a set another name."""
        found = await self.get(set_id)
        name = found.name if change.name is None else _name(change.name)
        if not name:
            raise Invalid("The name is empty.", "Give it at least one letter.")
        made = replace(found, name=name, updated_at=now())
        await self._database.write(store.update_set, made)
        return self._told(made)

    async def change_row(self, row_id: str, change: TrainingRowChange) -> TrainingSet:
        """Take a row out of the latest version of its set, or put it back."""
        row = await self._database.read(store.find_row, row_id)
        if row is None:
            raise NotFound(f"There is no row {row_id}.", "Open the set again and look for it.")
        found = await self.get(row.set_id)
        if row.version != found.version:
            raise Conflict(
                f"This row is of version {row.version}; the latest is {found.version}.",
                "Earlier versions stay as they were: open the latest one.",
            )
        reason = LeftOutReason.PERSON if change.is_excluded else None
        if row.reason is not None and row.reason not in CHOSEN_BY_HAND:
            raise Conflict(
                f"This row was left out by a check ({row.reason.replace('_', ' ')}).",
                "Correct or rate the answer in the chat, then gather the set anew.",
            )
        rows = await self._database.read(store.list_rows, found.id, found.version)
        rows = [replace(one, reason=reason) if one.id == row_id else one for one in rows]
        if found.is_used:
            made = replace(found, version=found.version + 1, is_used=False, updated_at=now())
            made = replace(made, card=card.make(rows))
            copies = [replace(one, id=new_id()) for one in _numbered(rows, made)]
            await self._database.write(store.next_version, _kept(found), made, copies)
        else:
            made = replace(found, card=card.make(rows), updated_at=now())
            changed = [one for one in rows if one.id == row_id]
            await self._database.write(store.update_rows, made, changed)
        return self._told(made)

    async def use(self, set_id: str) -> TrainingSet:
        """Note that the latest version is trained on, so that it never changes again."""
        made = replace(await self.get(set_id), is_used=True)
        await self._database.write(store.update_set, made)
        return self._told(made)

    async def remove(self, set_id: str) -> None:
        """Delete a set so that it can be restored."""
        made = replace(await self.get(set_id), removed_at=now())
        await self._database.write(store.update_set, made)
        self._feed.tell(TrainingSetRemoved(set_id=set_id))

    async def restore(self, set_id: str) -> TrainingSet:
        """Bring a deleted set back."""
        found = await self._database.read(store.find_set, set_id)
        if found is None:
            raise NotFound(f"There is no training set {set_id}.", "Make a new one.")
        made = replace(found, removed_at=None)
        await self._database.write(store.update_set, made)
        return self._told(made)

    # -- smaller things ---------------------------------------------------------------------

    async def _gathered(
        self,
        selection: TrainingSelection,
        settings: TrainingSetSettings,
        out: set[str] | frozenset[str] = frozenset(),
    ) -> list[TrainingRow]:
        """Make the rows of a selection: checked, without doubles, split."""
        rows: dict[str, TrainingRow] = {}
        for conversation_id in dict.fromkeys(selection.conversation_ids):
            branch = await self._get_branch(conversation_id)
            rows |= {row.message_id: row for row in gather.rows(branch, settings)}
        if selection.includes_liked:
            for branch in await self._get_liked():
                # The last one is why the branch was given; others have branches of their own.
                made = [
                    row
                    for row in gather.rows(branch, settings)
                    if row.message_id == branch.messages[-1].id
                ]
                rows |= {row.message_id: row for row in made}
        if not rows:
            raise Invalid(
                "There is no answer to make a set of.",
                "Like an answer in the chat (thumb up), or choose conversations.",
            )
        if len(rows) > MOST_ROWS:
            raise Invalid(
                f"That makes {len(rows):,} rows; {MOST_ROWS:,} are allowed.",
                "Choose fewer conversations.",
            )
        ordered = sorted(rows.values(), key=lambda row: (row.at, row.message_id))
        checked = [
            replace(row, reason=LeftOutReason.PERSON)
            if row.message_id in out and row.reason is None
            else row
            for row in likeness.without_doubles(ordered)
        ]
        # Rows that may be put back by hand take part in the split, so that they cannot leak then.
        open_rows = [row for row in checked if row.reason in CHOSEN_BY_HAND]
        parts = split.split(open_rows, settings.validation_share, settings.seed)
        placed = {row.id: row for row in parts}
        return [placed.get(row.id, row) for row in checked]

    async def _as_it_was(self, set_id: str, version: int) -> TrainingSet:
        """Give a set as it was at a version (0: the latest)."""
        found = await self.get(set_id)
        if version in (0, found.version):
            return found
        for kept in await self._database.read(store.list_versions, set_id):
            if kept.number == version:
                return replace(
                    found,
                    version=version,
                    selection=kept.selection,
                    settings=kept.settings,
                    card=kept.card,
                )
        raise NotFound(
            f"'{found.name}' has no version {version}.", f"The latest one is {found.version}."
        )

    def _told(self, made: TrainingSet) -> TrainingSet:
        self._feed.tell(TrainingSetChanged(training_set=made))
        return made


def _kept(found: TrainingSet) -> TrainingSetVersion:
    return TrainingSetVersion(
        set_id=found.id,
        number=found.version,
        selection=found.selection,
        settings=found.settings,
        card=found.card,
        made_at=found.updated_at,
    )


def _numbered(rows: Sequence[TrainingRow], made: TrainingSet) -> list[TrainingRow]:
    return [
        replace(row, set_id=made.id, version=made.version, position=position)
        for position, row in enumerate(rows)
    ]


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


def _check(settings: TrainingSetSettings) -> None:
    if not 0 <= settings.validation_share <= 0.5:
        raise Invalid(
            f"The share that is kept back is {settings.validation_share:g}.",
            "Give a share from 0 to 0.5, such as 0.1.",
        )
    if settings.most_tokens < 16:
        raise Invalid(
            f"The longest row is {settings.most_tokens} tokens.", "Give at least 16, such as 2048."
        )
    if settings.earlier < 0:
        raise Invalid(f"The number of earlier questions is {settings.earlier}.", "Give 0 or more.")
