"""Which earlier cells of a notebook a cell depends on, as far as their texts say.

Pure. Walks upwards from the cell: a cell that binds a needed name brings it, and what that cell
needs is needed from there on; one that only changes the value comes along too. Nothing is run.
"""

from sponde_server.library.records import CellNeeds, CellText, NeededCell, NewCellNeeds

from .facts import Names, names_of

MOST_CELLS = 500
LONGEST_CELL = 100_000


def needs_of(asked: NewCellNeeds) -> CellNeeds:
    """Find the cells that a cell depends on, and the names that nothing brings."""
    at = next((i for i, cell in enumerate(asked.cells) if cell.id == asked.cell_id), None)
    if at is None:
        return CellNeeds()
    own = _read(asked.cells[at])
    wanted = dict.fromkeys(own.needs)
    found: list[NeededCell] = []
    room, is_cut = asked.longest, False
    for cell in reversed(asked.cells[max(0, at - MOST_CELLS) : at]):
        if not wanted:
            break
        names = _read(cell)
        brings = [name for name in wanted if name in names.bound]
        touches = [name for name in wanted if name in names.changes and name not in brings]
        if not brings and not touches and not names.imports_all:
            continue
        for name in brings:
            del wanted[name]
        wanted |= dict.fromkeys(names.needs)
        if len(cell.code) > room:
            is_cut = True
            continue
        room -= len(cell.code)
        found.insert(0, NeededCell(id=cell.id, names=tuple(brings + touches)))
    missing = tuple(name for name in own.needs if name in wanted)
    return CellNeeds(cells=tuple(found), names=own.needs, missing=missing, is_cut=is_cut)


def _read(cell: CellText) -> Names:
    return names_of(cell.code) if len(cell.code) <= LONGEST_CELL else Names()
