"""Conversations as Open WebUI and ChatGPT export them. Pure.

Both are trees of nodes by id. What Sponde has no word for (system and tool nodes, pictures) is left
out; nodes of one speaker that follow each other become one message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sponde_server.chat.records import Message
from sponde_server.models.records import Role

from .records import Carried, CarriedConversation

ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
UNTITLED = "Imported conversation"


@dataclass
class _Node:
    id: str
    parent: str
    role: Role | None
    text: str
    model: str
    moment: datetime | None


def read(data: object) -> tuple[list[CarriedConversation], str] | None:
    """Read an export; None where it is none that is known."""
    if isinstance(data, dict) and ("mapping" in data or "chat" in data or "history" in data):
        data = [data]
    if not isinstance(data, list) or not data or not all(isinstance(e, dict) for e in data):
        return None
    if all(isinstance(entry.get("mapping"), dict) for entry in data):
        return [_from_chatgpt(entry) for entry in data], "ChatGPT"
    chats = [entry["chat"] if isinstance(entry.get("chat"), dict) else entry for entry in data]
    if all(_is_web_ui(chat) for chat in chats):
        return [
            _from_web_ui(chat, entry) for chat, entry in zip(chats, data, strict=True)
        ], "Open WebUI"
    return None


def _is_web_ui(chat: dict[str, Any]) -> bool:
    history = chat.get("history")
    return isinstance(history, dict) and isinstance(history.get("messages"), dict)


def _from_chatgpt(entry: dict[str, Any]) -> CarriedConversation:
    nodes = []
    for key, node in entry["mapping"].items():
        message = node.get("message") if isinstance(node, dict) else None
        message = message if isinstance(message, dict) else {}
        content = message.get("content")
        content = content if isinstance(content, dict) else {}
        parts = content.get("parts")
        text = (
            "\n\n".join(part for part in parts if isinstance(part, str))
            if isinstance(parts, list)
            else ""
        )
        if content.get("content_type") == "code" and isinstance(content.get("text"), str):
            text = f"```\n{content['text']}\n```"
        author = message.get("author")
        role = ROLES.get(str(author.get("role"))) if isinstance(author, dict) else None
        about = message.get("metadata")
        nodes.append(
            _Node(
                id=key,
                parent=str(node.get("parent") or "") if isinstance(node, dict) else "",
                role=role,
                text=text.strip(),
                model=str(about.get("model_slug") or "") if isinstance(about, dict) else "",
                moment=_moment(message.get("create_time")),
            )
        )
    return _conversation(entry.get("title"), entry.get("create_time"), nodes)


def _from_web_ui(chat: dict[str, Any], entry: dict[str, Any]) -> CarriedConversation:
    nodes = []
    for key, node in chat["history"]["messages"].items():
        if isinstance(node, dict):
            content = node.get("content")
            nodes.append(
                _Node(
                    id=key,
                    parent=str(node.get("parentId") or ""),
                    role=ROLES.get(str(node.get("role"))),
                    text=content.strip() if isinstance(content, str) else "",
                    model=str(node.get("model") or ""),
                    moment=_moment(node.get("timestamp")),
                )
            )
    title = chat.get("title") or entry.get("title")
    return _conversation(title, entry.get("created_at") or chat.get("timestamp"), nodes)


def _conversation(title: object, began: object, nodes: list[_Node]) -> CarriedConversation:
    known = {node.id: node for node in nodes}
    children: dict[str, list[_Node]] = {}
    for node in nodes:
        children.setdefault(node.parent if node.parent in known else "", []).append(node)
    messages: list[Carried] = []
    start = _moment(began) or next((n.moment for n in nodes if n.moment), None)
    start = start or datetime.fromtimestamp(0, UTC)
    stack: list[tuple[_Node, int]] = [(node, 0) for node in reversed(children.get("", []))]
    seen: set[str] = set()
    while stack:
        node, parent = stack.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        above = messages[parent - 1] if parent else None
        role = above.message.role if above else Role.ASSISTANT
        if node.role is not None and node.text and node.role is not role:
            at = node.moment or (messages[-1].message.created_at if messages else start)
            parent = _add(messages, node, parent, at)
        elif node.role is not None and node.text and above is not None:
            messages[parent - 1] = _joined(above, node.text)
        stack += [(child, parent) for child in reversed(children.get(node.id, []))]
    times = [carried.message.created_at for carried in messages]
    return CarriedConversation(
        title=_line(title),
        created_at=start,
        updated_at=max(times, default=start),
        is_named=True,
        messages=tuple(messages),
    )


def _add(messages: list[Carried], node: _Node, parent: int, at: datetime) -> int:
    assert node.role is not None
    model = node.model if node.role is Role.ASSISTANT else ""
    message = Message(
        conversation_id="", role=node.role, text=node.text, created_at=at, id="", model_id=model
    )
    messages.append(Carried(number=len(messages) + 1, parent=parent, message=message))
    return len(messages)


def _joined(carried: Carried, text: str) -> Carried:
    from dataclasses import replace

    message = replace(carried.message, text=f"{carried.message.text}\n\n{text}")
    return replace(carried, message=message)


def _line(title: object) -> str:
    words: Iterable[str] = title.split() if isinstance(title, str) else ()
    return " ".join(words)[:200] or UNTITLED


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if seconds > 1e12:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
