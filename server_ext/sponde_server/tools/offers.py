"""What an MCP server says of its tools and gives back, made into records of ours.

Pure. Everything here was written by a stranger: names are made plain and unlike each other,
texts and pictures are bounded, and nothing of it is drawn as more than text or a picture.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection
from typing import Any

from .records import Output, Tool, ToolResult

LONGEST_NAME = 64
DESCRIPTION_CHARACTERS = 2000
SCHEMA_CHARACTERS = 20_000
LABEL_CHARACTERS = 60
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
PICTURE_BYTES = 5_000_000
MOST_PICTURES = 8
MOST_BLOCKS = 1000
TEXT_CHARACTERS = 1_000_000
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def tools(
    server: str, listed: list[dict[str, Any]], taken: Collection[str]
) -> tuple[list[tuple[Tool, str]], str]:
    """Make tools of what a server lists, each with the server's own name for it.

    Says what was left out.
    """
    found: list[tuple[Tool, str]] = []
    names = set(taken)
    left_out = 0
    for one in listed:
        own = one.get("name")
        schema = one.get("inputSchema")
        if not isinstance(own, str) or not own or len(own) > 500:
            left_out += 1
            continue
        if not isinstance(schema, dict):
            schema = {}
        schema = {"type": "object", "properties": {}, **schema}
        if schema["type"] != "object" or len(json.dumps(schema)) > SCHEMA_CHARACTERS:
            left_out += 1
            continue
        hints = one.get("annotations")
        hints = hints if isinstance(hints, dict) else {}
        title = one.get("title") or hints.get("title")
        name = _name(server, own, names)
        names.add(name)
        tool = Tool(
            name=name,
            label=_plain(title if isinstance(title, str) else own, LABEL_CHARACTERS) or name,
            description=_plain(one.get("description"), DESCRIPTION_CHARACTERS),
            parameters=schema,
            source=server,
            is_read_only=hints.get("readOnlyHint") is True,
        )
        found.append((tool, own))
    remark = ""
    if left_out:
        remark = f"{left_out} of its tools cannot be offered: their names or arguments are odd."
    return found, remark


def result(said: dict[str, Any]) -> ToolResult:
    """Read what a call gave back: text for the model, pictures for the person."""
    texts: list[str] = []
    outputs: list[Output] = []
    blocks = said.get("content")
    blocks = blocks if isinstance(blocks, list) else []
    for block in blocks[:MOST_BLOCKS]:
        if not isinstance(block, dict):
            continue
        kind = block.get("type")
        if kind == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
        elif kind == "image":
            output = _picture(block) if len(outputs) < MOST_PICTURES else None
            outputs += [output] if output else []
            texts.append("[a picture, shown to the person]" if output else "[a picture left out]")
        elif kind == "audio":
            texts.append("[a sound, left out]")
        elif kind == "resource_link":
            texts.append(f"[{_plain(block.get('name'), 200)}: {_plain(block.get('uri'), 500)}]")
        elif kind == "resource":
            inside = block.get("resource")
            inside = inside if isinstance(inside, dict) else {}
            text = inside.get("text")
            texts.append(text if isinstance(text, str) else "[a file, left out]")
    if not texts and said.get("structuredContent") is not None:
        texts.append(json.dumps(said["structuredContent"], ensure_ascii=False))
    text = _CONTROL.sub("", "\n".join(texts))[:TEXT_CHARACTERS]
    if len(blocks) > MOST_BLOCKS:
        text += f"\n[{len(blocks) - MOST_BLOCKS} more parts are left out]"
    return ToolResult(
        text=text or "(It gave nothing back.)",
        outputs=tuple(outputs),
        is_failure=said.get("isError") is True,
    )


def _name(server: str, own: str, taken: set[str]) -> str:
    plain = _ODD.sub("_", own).strip("_") or "tool"
    name = f"{server}__{plain}"[:LONGEST_NAME]
    number = 2
    while name in taken:
        tail = f"_{number}"
        name = f"{server}__{plain}"[: LONGEST_NAME - len(tail)] + tail
        number += 1
    return name


def _picture(block: dict[str, Any]) -> Output | None:
    mime, data = block.get("mimeType"), block.get("data")
    if mime not in PICTURES or not isinstance(data, str) or len(data) > PICTURE_BYTES:
        return None
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Output(mime=mime, data=data)


def _plain(value: Any, most: int) -> str:
    text = _CONTROL.sub("", value) if isinstance(value, str) else ""
    return text.strip()[:most]
