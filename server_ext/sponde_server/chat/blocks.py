"""Markdown as blocks: paragraphs and whole code blocks. Pure."""

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)$")


def fenced(code: str, language: str) -> str:
    """Put code between fences that are longer than any inside it."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code}\n{fence}"


def is_code(block: str) -> bool:
    """Tell whether a block is code."""
    return _FENCE.match(block.split("\n", 1)[0]) is not None


def blocks_of(text: str) -> list[str]:
    """Split Markdown at blank lines, code blocks whole; joined by blank lines it is the same."""
    blocks: list[list[str]] = [[]]
    fence = ""
    for line in text.strip("\n").split("\n"):
        found = _FENCE.match(line)
        if fence:
            blocks[-1].append(line)
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
                blocks.append([])
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            if blocks[-1]:
                blocks.append([])
            blocks[-1].append(line)
        elif line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(lines) for lines in blocks if lines]
