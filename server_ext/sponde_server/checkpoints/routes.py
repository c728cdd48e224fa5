"""Addresses of checkpoints."""

from sponde_server.core.http import Routes

from .records import Checkpoint, CheckpointChanged, FileStates, GoingBack, Made, NewCheckpoint
from .service import SpondeCheckpoints

routes = Routes("checkpoints", events=(CheckpointChanged,))


@routes("GET", "/checkpoints")
async def list_checkpoints(checkpoints: SpondeCheckpoints) -> list[Checkpoint]:
    """List the turns that changed cells or files, newest first."""
    return await checkpoints.list_all()


@routes("POST", "/checkpoints")
async def begin_checkpoint(checkpoints: SpondeCheckpoints, body: NewCheckpoint) -> Checkpoint:
    """Keep what a turn is about to change."""
    return await checkpoints.begin(body)


@routes("GET", "/checkpoints/{checkpoint_id}")
async def get_checkpoint(checkpoints: SpondeCheckpoints, checkpoint_id: str) -> Checkpoint:
    """One checkpoint, also one that undoes a going back."""
    return await checkpoints.get(checkpoint_id)


@routes("POST", "/checkpoints/{checkpoint_id}/made")
async def complete_checkpoint(
    checkpoints: SpondeCheckpoints, checkpoint_id: str, body: Made
) -> Checkpoint:
    """Note how a turn left what it changed."""
    return await checkpoints.complete(checkpoint_id, body)


@routes("GET", "/checkpoints/{checkpoint_id}/file")
async def read_states(checkpoints: SpondeCheckpoints, checkpoint_id: str, path: str) -> FileStates:
    """Give a notebook or file before the turn and after it."""
    return await checkpoints.states(checkpoint_id, path)


@routes("POST", "/checkpoints/{checkpoint_id}/back")
async def go_back(
    checkpoints: SpondeCheckpoints, checkpoint_id: str, body: GoingBack
) -> Checkpoint:
    """Go back to before a turn; the answer is the checkpoint that undoes this."""
    return await checkpoints.go_back(checkpoint_id, body)
