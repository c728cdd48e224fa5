"""What lies in a folder of weights, from the headers of its safetensors files.

A safetensors file begins with eight bytes (the length of its header) and a JSON header that names
every tensor with its type, shape and place (format of github.com/huggingface/safetensors). Reads
no weights.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST_HEADER = 100_000_000
_BYTES = {
    **dict.fromkeys(("F64", "I64", "U64"), 8.0),
    **dict.fromkeys(("F32", "I32", "U32"), 4.0),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 2.0),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"), 1.0),
    "F4": 0.5,
}
_PACKED = ("qweight", "weight_packed")
"""Names of tensors that hold several small weights in each whole number."""
_BESIDES = (
    *("scales", "qzeros", "g_idx", "weight_scale", "weight_zero_point", "weight_shape"),
    *("input_scale", "weight_scale_inv", "k_scale", "v_scale"),
)
"""Names of tensors that belong to a quantisation and are no parameters."""


@dataclass(frozen=True)
class Tensor:
    """One tensor of a file."""

    name: str
    kind: str
    """Its type, as safetensors names it: BF16, I32, …"""
    size: int
    """How many values."""
    dimensions: int

    @property
    def bytes(self) -> int:
        """What it takes in the file."""
        return math.ceil(self.size * _BYTES.get(self.kind, 2.0))


def tensors(folder: Path) -> list[Tensor]:
    """Read what every safetensors file of a folder holds; nothing where there is none.

    A file that is not whole is left out: starting it says so in better words.
    """
    found: dict[str, Tensor] = {}
    for path in _files(folder):
        for name, entry in _header(path).items():
            shape = entry.get("shape")
            if isinstance(shape, list) and isinstance(entry.get("dtype"), str):
                found[name] = Tensor(name, entry["dtype"], math.prod(shape), len(shape))
    return list(found.values())


def parameters(held: list[Tensor], bits: int) -> int:
    """Count a model's parameters; `bits` is what its quantisation spends on a packed one."""
    count = 0.0
    for one in held:
        last = one.name.rsplit(".", 1)[-1]
        if last in _BESIDES:
            continue
        if last in _PACKED and bits:
            count += one.bytes * 8 / bits
        elif one.name.endswith("_blocks") and one.kind == "U8":
            # mxfp4: two four-bit weights in a byte, their scales beside them.
            count += one.size * 2
        elif not (one.name.endswith("_scales") and one.kind == "U8"):
            count += one.size
    return round(count)


def _files(folder: Path) -> list[Path]:
    """Give the files that vLLM would load: those of the index, where there is one."""
    index = folder / "model.safetensors.index.json"
    try:
        named = json.loads(index.read_text("utf-8"))["weight_map"].values()
        files = [folder / name for name in sorted(set(named))]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        files = sorted(folder.glob("*.safetensors"))
        # Some folders bring the same weights a second time, in their maker's own layout.
        whole = [path for path in files if not path.name.startswith("consolidated")]
        files = whole or files
    return [path for path in files if path.is_file()]


def _header(path: Path) -> dict[str, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= LARGEST_HEADER:
                return {}
            header = json.loads(file.read(length))
    except (OSError, ValueError):
        return {}
    if not isinstance(header, dict):
        return {}
    return {name: one for name, one in header.items() if isinstance(one, dict)}
