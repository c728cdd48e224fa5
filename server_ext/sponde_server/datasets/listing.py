"""The list of a workspace's datasets: who is on it, by name and by id."""

import difflib

from sponde_server.core.database import Database
from sponde_server.core.errors import NotFound

from . import store
from .records import Dataset


class DatasetList:
    """Finds datasets of one workspace."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self.workspace = workspace

    async def all(self) -> list[Dataset]:
        """Give every dataset, newest first."""
        return list(await self._database.kept(store.list_all, self.workspace))

    async def with_removed(self) -> list[Dataset]:
        """Give every dataset, removed ones too, the newest last."""
        return await self._database.kept(store.list_with_removed, self.workspace)

    async def find(self, name: str) -> Dataset | None:
        """Give the dataset of this name, in whatever case; None where there is none."""
        return next((one for one in await self.all() if one.name.lower() == name.lower()), None)

    async def get(self, dataset_id: str) -> Dataset:
        """Give a dataset."""
        found = await self._database.read(store.find, dataset_id)
        if found is None or found.workspace != self.workspace:
            raise NotFound(
                f"There is no dataset {dataset_id}.", "It may have been removed; see the list."
            )
        return found

    async def get_by_name(self, name: str) -> Dataset:
        """Give the dataset of this name, or say which names are near."""
        found = await self.find(name)
        if found is not None:
            return found
        gone = [one for one in await self.with_removed() if one.name.lower() == name.lower()]
        if gone:
            message = f"The dataset '{gone[-1].name}' was removed from the Data panel."
            raise NotFound(message, f"Add its file again to have it back: {gone[-1].path}.")
        names = [one.name for one in await self.all()]
        near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
        if near:
            hint = f"Did you mean {' or '.join(near)}?"
        elif names:
            shown = ", ".join(sorted(names)[:10])
            hint = f"There is {shown}{', …' if len(names) > 10 else ''}."
        else:
            hint = "There are no datasets yet: drop a file on the Data panel."
        raise NotFound(f"There is no dataset called '{name}'.", hint)
