"""Makes training files from conversations, and adapters from training files."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from traitlets import Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.jobs.service import SpondeJobs
from sponde_server.registry.service import SpondeRegistry

from .records import Branch
from .sets import TrainingSets
from .trainings import Places, Trainings


class SpondeTuning(LoggingConfigurable):
    """Training sets, and the training of adapters."""

    python = Unicode(
        "",
        help="The Python that trains: the path of an interpreter with torch, transformers and "
        "peft (the extra 'finetune'). Empty: the one that runs engines, else this environment, "
        "whichever has them.",
    ).tag(config=True)
    notebooks_folder = Unicode(
        "sponde-training",
        help="Folder of the notebooks that train and compare, from the root that JupyterLab "
        "serves. They are put there when they are first needed, and may be changed.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        jobs: SpondeJobs,
        registry: SpondeRegistry,
        root: Path,
        folder: Path,
        notebooks: Path,
        get_liked: Callable[[], Awaitable[list[Branch]]],
        get_branch: Callable[[str], Awaitable[Branch]],
        engine_pythons: Callable[[], list[str]] = list,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._engine_pythons = engine_pythons
        self.sets = TrainingSets(database, feed, get_liked, get_branch)
        self.trainings = Trainings(
            database=database,
            bus=bus,
            feed=feed,
            jobs=jobs,
            registry=registry,
            sets=self.sets,
            places=Places(root, folder, notebooks, self.notebooks_folder),
            pythons=self._pythons,
            log=self.log,
        )

    async def start(self) -> None:
        """Follow the trainings that an earlier server left."""
        await self.trainings.start()

    async def stop(self) -> None:
        """Stop following; trainings go on by themselves."""
        await self.trainings.stop()

    def _pythons(self) -> list[str]:
        """Give the interpreters to look at, the wished one first and then alone."""
        if self.python:
            return [self.python]
        there = (Path(path).expanduser() for path in self._engine_pythons() if path)
        return [*(str(path) for path in there if path.is_file()), sys.executable]
