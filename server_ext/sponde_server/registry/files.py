"""Which files of a model are wanted, which are left out, and why; and which names are refused.

Wanted is what says how a model is built and what its weights are. Left out are pickled weights
(they can run any code when they are loaded; taken only when asked in words), Python files (a
model brings no code of its own), and the same weights once more in another form.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sponde_server.core.errors import Invalid, UpstreamFailed

from .records import PICKLE_WORDS, PlannedFile

PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
_TEXTS = {".json", ".txt", ".model", ".jinja", ".tiktoken", ".md", ".spm", ".bpe", ".vocab"}
_PAPERS = ("license", "licence", "notice", "use_policy", "usage_policy", "copying")
_OTHER_FORMS = {
    ".h5", ".msgpack", ".onnx", ".onnx_data", ".tflite", ".gguf", ".ggml", ".ot", ".mlmodel",
    ".mlpackage", ".xml", ".npz", ".engine", ".nemo",
}  # fmt: skip
_OTHER_FOLDERS = {
    "original", "onnx", "openvino", "coreml", "gguf", "flax", "tf", "metal", "runs", "logs",
    "checkpoints",
}  # fmt: skip
_LEFT_BY_TRAINING = re.compile(
    r"(training_args|optimizer|scheduler|scaler|rng_state(_\d+)?)\.(bin|pt|pth)$"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


def clean_name(name: str) -> str:
    """Check a name that a model is registered under."""
    name = name.strip()
    if not _NAME.fullmatch(name) or name.endswith(".") or ".." in name:
        raise Invalid(
            f"'{name}' cannot be a model's name.",
            "Use letters, digits, '.', '-' and '_', at most 96, such as qwen-small.",
        )
    return name


def suggest_name(reference: str) -> str:
    """Make a name out of a hub id or a folder."""
    last = re.split(r"[/\\]", reference.rstrip("/\\"))[-1]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-._")[:96].strip("-._")
    return re.sub(r"\.{2,}", ".", name) or "model"


def may_pickle(words: str) -> bool:
    """Tell whether pickled weights were asked for in words."""
    given = " ".join(words.strip().strip("“”\"'.").lower().split())
    if given and given != PICKLE_WORDS:
        raise Invalid(
            f"“{words.strip()}” does not allow pickled weights.",
            f"Type “{PICKLE_WORDS}” if you trust who made them, or choose a model with "
            "safetensors.",
        )
    return bool(given)


def check_path(path: str) -> PurePosixPath:
    """Refuse a file name that a source gives and that would lie outside the version's folder."""
    parts = path.split("/")
    if (
        not path
        or len(path) > 1000
        or path.startswith(("/", "~"))
        or re.search(r"[\\:\x00-\x1f]", path)
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise UpstreamFailed(
            f"The source names a file '{path[:120]}', which would lie outside the model's folder.",
            "Nothing was written. Do not use this model; tell its authors or the hub.",
        )
    return PurePosixPath(path)


def is_pickled(path: str) -> bool:
    """Tell whether a file holds pickled weights."""
    return PurePosixPath(path).suffix.lower() in PICKLED and not _LEFT_BY_TRAINING.search(path)


def choose(
    files: Iterable[PlannedFile], allow_pickle: bool = False
) -> tuple[tuple[PlannedFile, ...], tuple[str, ...]]:
    """Choose the files that are wanted; give them smallest first, and what is left out and why."""
    wanted: list[PlannedFile] = []
    pickled: list[PlannedFile] = []
    code: list[PlannedFile] = []
    forms: list[PlannedFile] = []
    for file in files:
        path = check_path(file.path)
        suffix = path.suffix.lower()
        if any(part.startswith(".") for part in path.parts) or _LEFT_BY_TRAINING.search(file.path):
            continue
        if path.parts[0].lower() in _OTHER_FOLDERS and len(path.parts) > 1:
            if suffix in _OTHER_FORMS | PICKLED | {".safetensors"}:
                forms.append(file)
        elif suffix == ".py":
            code.append(file)
        elif suffix in PICKLED:
            pickled.append(file)
        elif suffix in _OTHER_FORMS:
            forms.append(file)
        elif suffix == ".safetensors" or suffix in _TEXTS or path.name.lower().startswith(_PAPERS):
            wanted.append(file)
    if allow_pickle:
        wanted += pickled
        pickled = []
    wanted, twice = _without_twins(wanted)
    forms += twice
    said = []
    if pickled:
        said.append(f"{_some(pickled)}: pickled weights, which can run code when they are loaded.")
    if code:
        said.append(f"{_some(code)}: code; a model brings none here.")
    if forms:
        said.append(f"{_some(forms)}: the weights once more, in other forms.")
    return tuple(sorted(wanted, key=lambda file: (max(0, file.size_bytes), file.path))), tuple(said)


def _without_twins(files: list[PlannedFile]) -> tuple[list[PlannedFile], list[PlannedFile]]:
    """Leave out `consolidated*.safetensors` where the same weights come as `model*.safetensors`."""
    names = [file.path for file in files]
    if not any(re.match(r"model[^/]*\.safetensors$", name) for name in names):
        return files, []
    twins = [file for file in files if re.match(r"consolidated[^/]*\.safetensors$", file.path)]
    return [file for file in files if file not in twins], twins


def problem(paths: Sequence[str], has_pickle: bool) -> str:
    """Say, from the names alone, why a model's files cannot be used; empty where they can."""
    names = {path.rsplit("/", 1)[-1] for path in paths if "/" not in path}
    if any(path.lower().endswith(".gguf") for path in paths) and "config.json" not in names:
        return (
            "It comes only as GGUF, which is for llama.cpp and Ollama. "
            "Look for the same model with safetensors, often under its authors' own name."
        )
    if "config.json" not in names and "adapter_config.json" not in names:
        return (
            "It has no config.json, so nobody can tell how it is built. "
            "Choose the repository that holds the model itself."
        )
    if not any(path.endswith(".safetensors") for path in paths) and not has_pickle:
        return "It holds no weights as safetensors. Choose another model."
    return ""


def is_adapter(paths: Iterable[str]) -> bool:
    """Tell whether a model's files are a LoRA adapter's."""
    return "adapter_config.json" in set(paths)


def _some(files: list[PlannedFile]) -> str:
    names = ", ".join(file.path for file in files[:3])
    return f"{names} and {len(files) - 3} more" if len(files) > 3 else names
