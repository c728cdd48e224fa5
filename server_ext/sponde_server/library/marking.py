"""What a cell remembers of its block, as library/notebooks/marks.ts reads it. Pure."""

from typing import Any

_MASK = 0xFFFFFFFF


def cell_mark(block_id: str, name: str, code: str, text: str, above: str = "") -> dict[str, Any]:
    """Give the metadata of a cell that holds a block as `text`; `above` stands further up."""
    mark = {
        "block_id": block_id,
        "name": name,
        "code": fingerprint(code),
        "text": fingerprint(text),
    }
    return {"sponde": {**mark, "above": above} if above else mark}


def fingerprint(text: str) -> str:
    """Give a text in 14 letters, as marks.ts does; white space at line ends counts nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tidy = "\n".join(line.rstrip() for line in lines).strip("\n")
    one, two = 0xDEADBEEF, 0x41C6CE57
    data = tidy.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(data), 2):
        letter = data[at] | data[at + 1] << 8
        one = (one ^ letter) * 2654435761 & _MASK
        two = (two ^ letter) * 1597334677 & _MASK
    one = (one ^ one >> 16) * 2246822507 & _MASK ^ (two ^ two >> 13) * 3266489909 & _MASK
    two = (two ^ two >> 16) * 2246822507 & _MASK ^ (one ^ one >> 13) * 3266489909 & _MASK
    return format(4294967296 * (2097151 & two) + one, "014x")
