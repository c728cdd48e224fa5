"""A file that has arrived is put under its name in one step: it is there whole, or not at all.

Never writes over a file: what is replaced is moved aside first.
"""

import contextlib
import errno
import os
import shutil
import time
from pathlib import Path

from sponde_server.core.errors import Conflict, Forbidden, Invalid, NotFound, SpondeError, TooLarge

from .records import NameConflict

LONGEST_NAME_BYTES = 240
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_name(name: str) -> None:
    """Refuse what is not a plain, visible file name."""
    way_out = "Rename the file on your computer and try again."
    if not name or name in (".", "..") or any(sign in name for sign in "/\\\0"):
        raise Invalid(f"'{name}' is not the name of a file.", way_out)
    if not name.isprintable():
        raise Invalid("The file's name holds characters that cannot be shown.", way_out)
    if name.startswith("."):
        raise Invalid(f"'{name}' begins with a dot: JupyterLab would hide it.", way_out)
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME_BYTES:
        raise Invalid(f"The file's name is longer than {LONGEST_NAME_BYTES} bytes.", way_out)
    if name.lower().endswith(".ipynb"):
        raise Invalid(
            f"'{name}' is a notebook, not a table.",
            "Drop it on the file browser, or choose a file of data, such as a CSV.",
        )


def place(part: Path, target: Path, conflict: NameConflict, aside: Path) -> tuple[Path, bool]:
    """Put `part` to `target`: where it lies then, and whether a file was moved to `aside`."""
    if target.exists() and target.samefile(part):
        # A server that was killed had come so far.
        return target, False
    ready = _beside(part, target)
    try:
        if conflict is NameConflict.REPLACE and os.path.lexists(target):
            set_aside(target, aside)
            ready.replace(target)
            return target, True
        for number in range(10_000):
            free = target if not number else target.with_name(numbered(target.name, number))
            if _claimed(ready, free):
                return free, False
            if conflict is not NameConflict.KEEP_BOTH:
                raise Conflict(
                    f"'{target.name}' is in this folder already.",
                    "Keep both, or replace it: the old file is kept apart and can be put back.",
                )
        raise Conflict(f"There are too many files called '{target.name}'.", "Rename yours.")
    finally:
        if ready != part:
            ready.unlink(missing_ok=True)


def set_aside(target: Path, aside: Path) -> None:
    """Keep a file that is about to be replaced; until then it stays where it is."""
    if target.is_symlink() or not target.is_file():
        raise Conflict(
            f"'{target.name}' is a folder or a link, which cannot be replaced.", "Keep both."
        )
    aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside.unlink(missing_ok=True)
    try:
        os.link(target, aside)
    except OSError:
        shutil.copy2(target, aside)


def stage_of(part: Path, target: Path) -> Path:
    """Say where a file waits beside its target while it is copied from another disk."""
    return target.with_name(f".sponde-{part.stem}.part")


def numbered(name: str, number: int) -> str:
    """Put a number behind a file's name: sales.csv becomes sales-1.csv."""
    stem, dot, end = name.rpartition(".")
    return f"{stem}-{number}.{end}" if dot and stem else f"{name}-{number}"


def no_room(error: OSError, name: str, folder: Path) -> SpondeError:
    """Say in two sentences why a file could not be written."""
    if error.errno in NO_ROOM:
        return TooLarge(
            f"The disk is full: '{name}' could not be written to the end.",
            "Make some room on the server's disk and try again: it goes on where it stopped.",
        )
    if isinstance(error, PermissionError):
        return Forbidden(
            f"'{name}' may not be written into the folder '{folder.name}'.",
            "Choose another folder in the file browser, or have its permissions changed.",
        )
    if isinstance(error, FileNotFoundError):
        return NotFound(
            f"The folder '{folder.name}' is not there any more.", "Make it again and try again."
        )
    return Conflict(f"'{name}' could not be written: {error.strerror}.", "Try again.")


def older_than(path: Path, seconds: float) -> bool:
    """Say whether a file was put where it is, or changed, so long ago; also where it is gone."""
    try:
        return time.time() - path.stat().st_ctime > seconds
    except OSError:
        return True


def _beside(part: Path, target: Path) -> Path:
    """Give a file on the target's disk: the part itself, or a hidden copy."""
    if part.stat().st_dev == target.parent.stat().st_dev:
        return part
    stage = stage_of(part, target)
    with contextlib.ExitStack() as undo:
        undo.callback(stage.unlink, missing_ok=True)
        shutil.copyfile(part, stage)
        undo.pop_all()
    return stage


def _claimed(ready: Path, target: Path) -> bool:
    """Give a file this name, unless another has it."""
    try:
        os.link(ready, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        # A disk without hard links: an empty file holds the name for a moment.
        try:
            target.open("xb").close()
        except FileExistsError:
            return False
        ready.replace(target)
    return True
