"""The order of blocks that build on each other: who makes what whom needs, and what stands wrong.

Pure. A name that only blocks make which need it themselves is brought from outside: it is a
parameter of the whole, whatever the order.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sponde_server.library.code.parts import Part


@dataclass(frozen=True)
class Late:
    """A block needs what only a later one makes."""

    block_id: str
    name: str
    maker_id: str


@dataclass(frozen=True)
class Open:
    """A name that the blocks need and none of them makes."""

    name: str
    block_ids: tuple[str, ...]
    """Who needs it."""
    is_called: bool
    """Whether it is only ever called: then it is a function, and no value stands for it."""


@dataclass(frozen=True)
class Standing:
    """How blocks stand to each other in their order."""

    late: tuple[Late, ...] = ()
    open: tuple[Open, ...] = ()
    sorted_ids: tuple[str, ...] = ()
    """The order by needs, as near to the given one as can be."""
    stuck_ids: tuple[str, ...] = ()
    """Blocks that need each other in a ring: no order is right."""


def standing(parts: Sequence[Part], above: Iterable[str] = ()) -> Standing:
    """Say how the blocks stand; `above` are names that stand on top of all of them."""
    known = set(above)
    makers: dict[str, list[Part]] = {}
    for part in parts:
        for name in _brings(part):
            makers.setdefault(name, []).append(part)
    opened: dict[str, list[Part]] = {}
    wants: dict[str, dict[str, list[Part]]] = {part.block.id: {} for part in parts}
    for part in parts:
        for name in part.needs:
            if name in known:
                continue
            others = [one for one in makers.get(name, []) if one is not part]
            if others:
                wants[part.block.id][name] = others
            else:
                opened.setdefault(name, []).append(part)
    for names in wants.values():
        for name in [name for name in names if name in opened]:
            del names[name]
    # Who needs a name that is open takes it from outside, too.
    for part in parts:
        for name in part.needs:
            if name in opened and part not in opened[name]:
                opened[name].append(part)
    order, stuck = _sorted(parts, wants)
    return Standing(
        late=tuple(_late(parts, wants)),
        open=tuple(
            Open(
                name=name,
                block_ids=tuple(part.block.id for part in parts if part in those),
                is_called=all(_only_calls(part, name) for part in those),
            )
            for name, those in opened.items()
        ),
        sorted_ids=tuple(order),
        stuck_ids=tuple(stuck),
    )


def _brings(part: Part) -> Iterable[str]:
    """Name what a block leaves for others: also what it imports, and what an `import *` hides."""
    return part.names.bound


def _late(parts: Sequence[Part], wants: dict[str, dict[str, list[Part]]]) -> Iterable[Late]:
    before: set[str] = set()
    for part in parts:
        for name, makers in wants[part.block.id].items():
            if name not in before:
                # The one that makes it from nothing, rather than one that goes on with it.
                maker = next((one for one in makers if name not in one.needs), makers[0])
                yield Late(part.block.id, name, maker.block.id)
        before.update(_brings(part))


def _sorted(
    parts: Sequence[Part], wants: dict[str, dict[str, list[Part]]]
) -> tuple[list[str], list[str]]:
    waiting = list(parts)
    there: set[str] = set()
    order: list[str] = []
    stuck: list[str] = []
    while waiting:
        part = next((one for one in waiting if wants[one.block.id].keys() <= there), None)
        if part is None:
            part = next((one for one in waiting if _waits_for_itself(one, wants)), waiting[0])
            stuck.append(part.block.id)
        waiting.remove(part)
        order.append(part.block.id)
        there.update(_brings(part))
    return order, stuck


def _waits_for_itself(part: Part, wants: dict[str, dict[str, list[Part]]]) -> bool:
    seen: set[str] = set()
    todo = [part]
    while todo:
        for makers in wants[todo.pop().block.id].values():
            for maker in makers:
                if maker is part:
                    return True
                if maker.block.id not in seen:
                    seen.add(maker.block.id)
                    todo.append(maker)
    return False


def _only_calls(part: Part, name: str) -> bool:
    called = {
        id(node.func)
        for node in ast.walk(part.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    uses = [node for node in ast.walk(part.tree) if isinstance(node, ast.Name) and node.id == name]
    return bool(uses) and all(id(node) in called for node in uses)
