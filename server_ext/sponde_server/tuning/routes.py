"""Addresses of training sets and training runs."""

from sponde_server.core.errors import NotFound
from sponde_server.core.http import Download, Routes

from .records import (
    ComparisonPlan,
    LikedAnswers,
    NewTraining,
    NewTrainingSet,
    RemakeTrainingSet,
    SetPart,
    Training,
    TrainingChanged,
    TrainingEstimate,
    TrainingRoom,
    TrainingRowChange,
    TrainingRows,
    TrainingSet,
    TrainingSetChange,
    TrainingSetChanged,
    TrainingSetRemoved,
    TrainingSetVersion,
)
from .service import SpondeTuning

routes = Routes("tuning", events=(TrainingSetChanged, TrainingSetRemoved, TrainingChanged))


@routes("GET", "/liked-answers")
async def count_liked(tuning: SpondeTuning) -> LikedAnswers:
    """Say how many answers are liked, and who wrote them."""
    return await tuning.sets.liked()


@routes("GET", "/training-sets")
async def list_sets(tuning: SpondeTuning) -> list[TrainingSet]:
    """List the training sets, the latest changed first."""
    return await tuning.sets.list_all()


@routes("POST", "/training-sets")
async def make_set(tuning: SpondeTuning, body: NewTrainingSet) -> TrainingSet:
    """Make a set of liked answers and chosen conversations: checked and split."""
    return await tuning.sets.make(body)


@routes("GET", "/training-sets/{set_id}")
async def get_set(tuning: SpondeTuning, set_id: str) -> TrainingSet:
    """Give one training set."""
    return await tuning.sets.get(set_id)


@routes("PATCH", "/training-sets/{set_id}")
async def rename_set(tuning: SpondeTuning, set_id: str, body: TrainingSetChange) -> TrainingSet:
    """Give a set another name."""
    return await tuning.sets.rename(set_id, body)


@routes("DELETE", "/training-sets/{set_id}")
async def remove_set(tuning: SpondeTuning, set_id: str) -> None:
    """Delete a set; it can be restored."""
    await tuning.sets.remove(set_id)


@routes("POST", "/training-sets/{set_id}/restore")
async def restore_set(tuning: SpondeTuning, set_id: str) -> TrainingSet:
    """Bring a deleted set back."""
    return await tuning.sets.restore(set_id)


@routes("GET", "/training-sets/{set_id}/versions")
async def list_versions(tuning: SpondeTuning, set_id: str) -> list[TrainingSetVersion]:
    """List the versions of a set, newest first."""
    return await tuning.sets.versions(set_id)


@routes("POST", "/training-sets/{set_id}/versions")
async def remake_set(tuning: SpondeTuning, set_id: str, body: RemakeTrainingSet) -> TrainingSet:
    """Gather a set anew, as its next version."""
    return await tuning.sets.remake(set_id, body)


@routes("GET", "/training-sets/{set_id}/rows")
async def list_rows(
    tuning: SpondeTuning,
    set_id: str,
    version: int = 0,
    part: SetPart | None = None,
    is_out: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> TrainingRows:
    """Give some rows of a version (0: the latest): those in it, or those left out."""
    return await tuning.sets.rows(set_id, version, part, is_out=is_out, offset=offset, limit=limit)


@routes("PATCH", "/training-rows/{row_id}")
async def change_row(tuning: SpondeTuning, row_id: str, body: TrainingRowChange) -> TrainingSet:
    """Take a row out of its set, or put it back."""
    return await tuning.sets.change_row(row_id, body)


@routes("GET", "/training-sets/{set_id}/files/{name}")
async def download(tuning: SpondeTuning, set_id: str, name: str, version: int = 0) -> Download:
    """Give train.jsonl, validation.jsonl or README.md of a version, or all.zip of them."""
    if name == "all.zip":
        made = await tuning.sets.get(set_id)
        content = await tuning.sets.archive(set_id, version)
        return Download(
            filename=f"{made.name} v{version or made.version}.zip",
            media_type="application/zip",
            content=content,
        )
    files = await tuning.sets.files(set_id, version)
    if name not in files:
        raise NotFound(f"A set has no file '{name}'.", f"It has {', '.join(files)} and all.zip.")
    kind = "text/markdown" if name.endswith(".md") else "application/jsonl"
    return Download(
        filename=name, media_type=f"{kind}; charset=utf-8", content=files[name].encode()
    )


@routes("GET", "/training-room")
async def look_around(tuning: SpondeTuning) -> TrainingRoom:
    """Say whether this machine can train, and for which models."""
    return await tuning.trainings.look_around()


@routes("POST", "/training-estimates")
async def estimate(tuning: SpondeTuning, body: NewTraining) -> TrainingEstimate:
    """Say about what a training takes; nothing is started."""
    return await tuning.trainings.estimate(body)


@routes("GET", "/trainings")
async def list_trainings(tuning: SpondeTuning, limit: int = 50) -> list[Training]:
    """List the latest trainings, newest first."""
    return await tuning.trainings.list_all(limit)


@routes("POST", "/trainings")
async def begin_training(tuning: SpondeTuning, body: NewTraining) -> Training:
    """Train an adapter, as a run of a notebook; it is registered when it succeeds."""
    return await tuning.trainings.begin(body)


@routes("GET", "/trainings/{training_id}")
async def get_training(tuning: SpondeTuning, training_id: str) -> Training:
    """Give one training as it is now."""
    return await tuning.trainings.get(training_id)


@routes("POST", "/trainings/{training_id}/cancel")
async def cancel_training(tuning: SpondeTuning, training_id: str) -> Training:
    """End a training; nothing is registered."""
    return await tuning.trainings.cancel(training_id)


@routes("GET", "/trainings/{training_id}/comparison")
async def plan_comparison(tuning: SpondeTuning, training_id: str) -> ComparisonPlan:
    """Fill in an experiment that asks the adapter and its base what was kept back."""
    return await tuning.trainings.comparison(training_id)
