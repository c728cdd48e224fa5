"""Changes many files in one turn and goes back, slowly enough to be killed in the middle."""

import asyncio
import logging
import sys
from pathlib import Path

from sponde_server.checkpoints.records import GoingBack
from sponde_server.checkpoints.service import SpondeCheckpoints
from sponde_server.core.database import Database
from sponde_server.core.streams import Feed

MIGRATIONS = Path(__file__).parents[2] / "server_ext/sponde_server/migrations"


async def main(folder: Path) -> None:
    """Say the checkpoint's id, then go back."""
    root = folder / "root"
    root.mkdir()

    async def find(message_id: str) -> str:
        return "c1"

    checkpoints = SpondeCheckpoints(
        database=Database(folder / "history.duckdb", MIGRATIONS, logging.getLogger("child")),
        feed=Feed(),
        root=root,
        folder=folder / "pieces",
        find_conversation=find,
    )
    names = [f"{number}.txt" for number in range(300)]
    for name in names:
        (root / name).write_text("old")
    done = await checkpoints.before("m1", names)
    for name in names:
        (root / name).write_text("new")
    await done()
    (turn,) = await checkpoints.list_all()
    put_back = checkpoints._put_back

    def slowly(file: object) -> None:
        put_back(file)  # type: ignore[arg-type]
        if file.path == "150.txt":  # type: ignore[attr-defined]
            # Until the test's kill comes.
            signal_never()

    checkpoints._put_back = slowly  # type: ignore[method-assign]
    print(turn.id, flush=True)
    await checkpoints.go_back(turn.id, GoingBack(on_disk=tuple(names)))


def signal_never() -> None:
    """Stay here."""
    import threading

    threading.Event().wait()


asyncio.run(main(Path(sys.argv[1])))
