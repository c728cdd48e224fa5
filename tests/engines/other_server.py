"""Another JupyterLab's engines, in a process of its own: starts one engine, says so, and waits."""

import asyncio
import logging
import sys
from pathlib import Path

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed
from sponde_server.engines.records import Weights
from sponde_server.engines.service import SpondeEngines

MIGRATIONS = Path(__file__).parents[2] / "server_ext" / "sponde_server" / "migrations"


async def main() -> None:
    """Start the engine of the model that is named, and tell its process."""
    folder, model, *command = sys.argv[1:]
    history = Path(model) / "history.duckdb"
    engines = SpondeEngines(
        command=command,
        database=Database(history, MIGRATIONS, logging.getLogger("other")),
        feed=Feed(),
        folder=Path(folder),
    )
    engine = await engines.ready(Weights(model="small", version=1, path=model))
    print(engine.pid, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
