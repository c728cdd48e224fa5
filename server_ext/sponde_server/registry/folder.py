"""Looks at a model's folder: how it is built, whether its weights are whole, what its licence is.

Reads headers only, never weights; runs nothing that it finds. Slow (a disk): call it on a thread.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Invalid, NotFound

from .files import choose, is_adapter, is_pickled, suggest_name
from .records import PICKLE_WORDS, FolderReport, ModelKind, PlannedFile

LARGEST_HEADER_BYTES = 100_000_000
LARGEST_TEXT_BYTES = 50_000_000
MOST_FILES = 2_000
_TOKENIZERS = (
    "tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "tekken.json", "spiece.model",
    "sentencepiece.bpe.model",
)  # fmt: skip
_LICENCES = (
    ("apache license", "apache-2.0"),
    ("mit license", "mit"),
    ("gnu affero general public license", "agpl-3.0"),
    ("gnu lesser general public license", "lgpl"),
    ("gnu general public license", "gpl"),
    ("bsd 3-clause", "bsd-3-clause"),
    ("llama 3", "llama3"),
    ("llama 2", "llama2"),
    ("gemma terms of use", "gemma"),
    ("creative commons", "cc"),
)


def look(folder: Path, allow_pickle: bool = False) -> FolderReport:
    """Look at a folder and say what it holds and everything that is wrong with it."""
    folder = folder.expanduser()
    if not folder.exists():
        raise NotFound(
            f"There is no folder '{folder}' on this machine.",
            "Check the path; it is the server's, which may be another machine than yours.",
        )
    if not folder.is_dir():
        raise Invalid(f"'{folder}' is a file.", "Give the folder that the model's files are in.")
    folder = folder.resolve()
    found = list_files(folder)
    wanted, left_out = choose(found, allow_pickle)
    paths = [file.path for file in wanted]
    adapter = is_adapter(paths)
    config = _json(folder / ("adapter_config.json" if adapter else "config.json"))
    return FolderReport(
        path=str(folder),
        kind=ModelKind.ADAPTER if adapter else ModelKind.BASE,
        suggested_name=suggest_name(folder.name),
        licence=read_licence(folder),
        architecture="" if adapter else architecture(config),
        context_length=context_length(config),
        base_reference=str(config.get("base_model_name_or_path") or "") if adapter else "",
        size_bytes=sum(file.size_bytes for file in wanted),
        problems=tuple(_problems(folder, paths, config, found, adapter, allow_pickle)),
        left_out=left_out,
        has_pickle=_is_pickled_only(found),
    )


def list_files(folder: Path) -> list[PlannedFile]:
    """List the files of a folder; links are followed, as a cache of the hub is made of them."""
    found: list[PlannedFile] = []
    for place, folders, names in os.walk(folder):
        top = Path(place)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = top / name
            if path.is_file() and not name.startswith("."):
                size = path.stat().st_size
                found.append(PlannedFile(path=path.relative_to(folder).as_posix(), size_bytes=size))
        if len(found) > MOST_FILES:
            raise Invalid(
                f"'{folder}' holds more than {MOST_FILES:,} files.",
                "Give the folder of one model, not one with many of them.",
            )
    return found


def _problems(
    folder: Path,
    paths: list[str],
    config: dict[str, Any],
    found: list[PlannedFile],
    adapter: bool,
    allow_pickle: bool,
) -> Iterator[str]:
    if not found:
        yield "The folder is empty."
        return
    if adapter:
        if not config.get("base_model_name_or_path"):
            yield "adapter_config.json does not name its base (base_model_name_or_path)."
        if config.get("peft_type", "LORA") != "LORA":
            yield f"It is a {config.get('peft_type')} adapter; only LoRA can be served."
    else:
        yield from _config_problems(folder, config)
        if not any((folder / name).is_file() for name in _TOKENIZERS) and not list(
            folder.glob("*.tiktoken")
        ):
            yield "It has no tokenizer (tokenizer.json or tokenizer.model)."
    weights = [path for path in paths if path.endswith(".safetensors")]
    if not weights:
        if not _is_pickled_only(found):
            yield "It holds no weights as safetensors."
        elif not allow_pickle:
            yield (
                "Its weights are pickled, which can run any code on this machine when they are "
                f"loaded. Convert them to safetensors, or type “{PICKLE_WORDS}” if you trust who "
                "made them."
            )
    tensors: dict[str, set[str]] = {}
    for path in weights:
        try:
            tensors[path] = read_header(folder / path)
        except Invalid as error:
            yield error.message
    for path in paths:
        if path.endswith(".safetensors.index.json"):
            yield from _index_problems(folder, path, tensors)


def _config_problems(folder: Path, config: dict[str, Any]) -> Iterator[str]:
    if not (folder / "config.json").is_file():
        yield "It has no config.json, so nobody can tell how it is built."
    elif not config:
        yield "config.json cannot be read: it is damaged."
    elif not architecture(config):
        yield "config.json names no architecture."


def _index_problems(folder: Path, path: str, tensors: dict[str, set[str]]) -> Iterator[str]:
    index = _json(folder / path).get("weight_map")
    if not isinstance(index, dict) or not index:
        yield f"{path} cannot be read: it lists no weights."
        return
    around = path.rpartition("/")[0]
    places = {name: f"{around}/{place}".lstrip("/") for name, place in index.items()}
    missing = sorted(place for place in set(places.values()) if not (folder / place).is_file())
    if missing:
        yield (
            f"{len(missing)} of {len(set(places.values()))} files of weights are missing, "
            f"such as {missing[0]}. Fetch the model again."
        )
    lost = [
        name for name, place in places.items() if place in tensors and name not in tensors[place]
    ]
    if lost:
        yield f"{len(lost)} tensors that {path} lists are not in its files, such as {lost[0]}."


def read_header(path: Path) -> set[str]:
    """Read the header of a safetensors file and check that the file is as long as it says."""
    size = path.stat().st_size
    damaged = f"{path.name} is damaged: "
    again = "Fetch it again."
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or not 2 <= length <= min(LARGEST_HEADER_BYTES, size - 8):
            raise Invalid(f"{damaged}it does not begin as safetensors do.", again)
        raw = file.read(length)
    try:
        header = json.loads(raw)
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        end = max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Invalid(f"{damaged}its header cannot be read.", again) from error
    if 8 + length + end != size:
        raise Invalid(
            f"{damaged}it has {size:,} bytes, and its header says {8 + length + end:,}.", again
        )
    return set(entries)


def architecture(config: dict[str, Any]) -> str:
    """Give the architecture that a config names."""
    named = config.get("architectures")
    return str(named[0]) if isinstance(named, list) and named else ""


def context_length(config: dict[str, Any]) -> int:
    """Give the tokens that a model can read and write at once, by its config."""
    inner = config.get("text_config")
    for part in (config, inner if isinstance(inner, dict) else {}):
        for name in ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length"):
            if isinstance(part.get(name), int):
                return int(part[name])
    return 0


def read_licence(folder: Path) -> str:
    """Read a licence from the card's front matter, or guess it from a LICENSE file."""
    for name in ("README.md", "readme.md", "README"):
        card = _text(folder / name, 20_000)
        if card.lstrip().startswith("---"):
            front = card.lstrip()[3:].partition("\n---")[0]
            fields = dict(re.findall(r"^(license(?:_name)?):[ \t]*([^\n#]+)", front, re.MULTILINE))
            named = fields.get("license", "").strip().strip("'\"")
            if named == "other":
                named = fields.get("license_name", named).strip().strip("'\"")
            if named:
                return str(named)
    for path in sorted(folder.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*")):
        begin = " ".join(_text(path, 2_000).lower().split())
        for words, named in _LICENCES:
            if words in begin:
                return named
        return "see " + path.name
    return ""


def _is_pickled_only(files: list[PlannedFile]) -> bool:
    names = [file.path for file in files]
    return any(map(is_pickled, names)) and not any(n.endswith(".safetensors") for n in names)


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_TEXT_BYTES:
            return {}
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(path: Path, most: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
