"""What language models may read of datasets: described, sifted, and said by a person."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.core.streams import Feed
from sponde_server.datasets import store
from sponde_server.datasets.listing import DatasetList
from sponde_server.datasets.profile.service import Profiles
from sponde_server.datasets.records import (
    Dataset,
    DatasetChanged,
    NewPolicy,
    Policy,
    Profile,
    Table,
)

from .describe import Description, allows, describe
from .sift import masked, sift

MOST_ROWS = 1000
"""So many rows may a policy let through."""
MOST_DESCRIBED_ROWS = 2000
KEPT_SAMPLES = 16

GiveRows = Callable[[str, int, int], Awaitable[Table]]


class DatasetPolicies:
    """Knows each dataset's policy, and writes what it lets through."""

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        known: DatasetList,
        profiles: Profiles,
        give_rows: GiveRows,
    ) -> None:
        self._database = database
        self._feed = feed
        self._known = known
        self._profiles = profiles
        self._give_rows = give_rows
        self._samples: dict[tuple[object, ...], Table] = {}

    async def list_all(self) -> list[Dataset]:
        """Give the datasets of this workspace, removed ones too, for their policies."""
        return await self._known.with_removed()

    async def set(self, dataset_id: str, new: NewPolicy) -> Dataset:
        """Say what a language model may read of a dataset, from the next question on."""
        dataset = await self._known.get(dataset_id)
        rows = dataset.policy_rows if new.policy_rows is None else new.policy_rows
        if not 1 <= rows <= MOST_ROWS:
            raise Invalid(
                f"{rows} rows cannot be let through.",
                f"Choose 1 to {MOST_ROWS}, or another policy.",
            )
        dataset = replace(dataset, policy=new.policy, policy_rows=rows)
        await self._database.write(store.set_policy, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        return dataset

    async def describe(self, dataset_id: str) -> str:
        """Describe a dataset to a language model: what its policy lets through."""
        return (await self.description(dataset_id)).text()

    async def description(self, dataset_id: str) -> Description:
        """Give what a dataset's policy lets through, in parts that can be left out."""
        _, profile = await self._profiles.get(await self._known.get(dataset_id))
        # Read after the wait: a policy holds from the moment that it was set.
        dataset = await self._known.get(dataset_id)
        most = {Policy.ROWS: dataset.policy_rows, Policy.EVERYTHING: MOST_DESCRIBED_ROWS}.get(
            dataset.policy, 0
        )
        return describe(dataset, profile, await self._sample(dataset, profile, most))

    async def sift(self, names: Iterable[str], table: Table, is_local: bool) -> str:
        """Write what a model may read of a query's result over the datasets of these names.

        A model on this machine reads all of it (within bounds), one elsewhere what the strictest
        policy lets through; without a name, or with one that is unknown, that of all datasets.
        """
        known = await self._known.all()
        lowered = {name.casefold() for name in names}
        named = [one for one in known if one.name.casefold() in lowered]
        if not named or len(named) < len(lowered):
            named = known
        columns = [] if is_local else await self._columns(named)
        return sift(table, named, set(columns), is_local=is_local)

    async def sift_error(self, names: Iterable[str], error: SpondeError, sql: str) -> str:
        """Write what a model elsewhere may read of a query's failure: it may quote a value."""
        known = await self._known.all()
        lowered = {name.casefold() for name in names}
        meant = [one for one in known if one.name.casefold() in lowered] or known
        told = f"{error.message} {error.hint}"
        if all(allows(one.policy, Policy.ROWS) for one in meant):
            return told
        columns = await self._columns(meant)
        return masked(told, "\n".join((sql, *columns, *(one.name for one in known))))

    async def _columns(self, datasets: Iterable[Dataset]) -> list[str]:
        columns: list[str] = []
        for dataset in datasets:
            profile = await self._database.read(store.find_profile, dataset.id)
            columns += [column.name for column in profile.columns] if profile else []
        return columns

    async def _sample(self, dataset: Dataset, profile: Profile, most: int) -> Table | None:
        """Give the first rows, from memory where the file is as it was."""
        if not most or not profile.rows:
            return None
        key = (dataset.id, dataset.modified, dataset.bytes, most, dataset.wishes)
        if key not in self._samples:
            self._samples[key] = await self._give_rows(dataset.id, 0, most)
            while len(self._samples) > KEPT_SAMPLES:
                del self._samples[next(iter(self._samples))]
        return self._samples[key]
