"""About what a training takes: memory at its highest, batch, time. Pure.

Weights: 2 bytes each on a GPU (bfloat16), 4 on a CPU. The adapter: 16 bytes a weight (itself, its
gradient, and Adam's two averages). Activations: on a GPU each layer's input is kept and the rest
computed again, on a CPU all is kept. The table of scores: a number for each word of the
vocabulary, for each token of an answer, with its gradient. Time: six to eight operations a weight
and token, at a rate that such a machine commonly reaches.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .records import TrainingEstimate, TrainingSettings

MOST_BATCH = 8
REST = 400_000_000
"""What torch and the libraries themselves take, in bytes."""
CPU_RATE = 8e9
"""Operations a second that one core commonly reaches in float32 training."""
GPU_RATE = 6e13
"""Operations a second that a data-centre GPU commonly reaches in bfloat16 training of this kind."""


@dataclass(frozen=True)
class Shape:
    """A base's size, as its config.json and its files say it."""

    weights: int
    """How many weights it has."""
    layers: int
    """How many layers."""
    hidden: int
    """How wide they are."""
    inner: int
    """How wide the layers between are."""
    vocabulary: int
    """How many tokens it knows."""


def read_shape(folder: Path) -> Shape:
    """Read a base's shape; what its config does not say is guessed from its size."""
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = {}
    config = {**config, **config.get("text_config", {})}
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    hidden = int(config.get("hidden_size") or 4096)
    return Shape(
        weights=size // (4 if config.get("dtype", config.get("torch_dtype")) == "float32" else 2),
        layers=int(config.get("num_hidden_layers") or 32),
        hidden=hidden,
        inner=int(config.get("intermediate_size") or 4 * hidden),
        vocabulary=int(config.get("vocab_size") or 32_000),
    )


def estimate(
    shape: Shape,
    settings: TrainingSettings,
    row_tokens: Sequence[int],
    *,
    has_gpu: bool,
    free_bytes: int,
    cores: int,
) -> TrainingEstimate:
    """Say about what a training of rows of these lengths takes."""
    lengths = [min(count, settings.most_tokens) for count in row_tokens] or [settings.most_tokens]
    longest, mean = max(lengths), sum(lengths) / len(lengths)
    fixed = shape.weights * (2 if has_gpu else 4) + 16 * _adapter(shape, settings.rank) + REST
    a_token = _activations(shape, has_gpu) + 10 * shape.vocabulary
    room = max(0, free_bytes - fixed)
    most = min(MOST_BATCH, len(lengths))
    batch = settings.batch or max(1, min(most, int(0.8 * room // max(1, a_token * longest))))
    # Several at once are computed one after the other where memory runs out.
    memory = fixed + a_token * longest * (batch if not has_gpu else max(1, min(batch, most)))
    work = (8 if has_gpu else 6) * shape.weights * mean * batch * settings.steps
    seconds = 10 + work / (GPU_RATE if has_gpu else CPU_RATE * max(1, cores // 2))
    fits = memory <= free_bytes
    epochs = settings.steps * batch / len(lengths)
    said = "fits" if fits else "does not fit"
    return TrainingEstimate(
        memory_bytes=memory,
        free_bytes=free_bytes,
        seconds=seconds,
        batch=batch,
        epochs=epochs,
        fits=fits,
        sentence=(
            f"About {_gigabytes(memory)} of {_gigabytes(free_bytes)} free "
            f"{'graphics ' if has_gpu else ''}memory: {said}. About {_duration(seconds)}; "
            f"each row is read about {_times(epochs)}."
        ),
    )


def _adapter(shape: Shape, rank: int) -> int:
    """Count an adapter's weights: two thin tables beside each of a layer's seven."""
    return shape.layers * rank * (4 * 2 * shape.hidden + 3 * (shape.hidden + shape.inner))


def _activations(shape: Shape, has_gpu: bool) -> int:
    """Give the bytes that one token keeps until the way back."""
    inside = 12 * shape.hidden + 4 * shape.inner
    if has_gpu:
        return 2 * (shape.layers * shape.hidden + inside)
    return 4 * shape.layers * inside


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def _times(epochs: float) -> str:
    return "once" if round(epochs, 1) == 1 else f"{epochs:.1f} times"
