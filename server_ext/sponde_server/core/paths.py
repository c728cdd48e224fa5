"""A path that a person gave, resolved inside the root folder or refused."""

from pathlib import Path

from .errors import Forbidden, Invalid


def inside(root: Path, path: str) -> Path:
    """Resolve `path` (slashes, relative to the root), following links, or refuse it."""
    if "\0" in path:
        raise Invalid("The path holds a NUL character.", "Give the path without it.")
    top = root.resolve()
    full = (top / path.lstrip("/")).resolve()
    if full != top and top not in full.parents:
        raise Forbidden(
            f"'{path}' lies outside the folder that JupyterLab serves.",
            "Copy the file into that folder, or start JupyterLab in a folder above it.",
        )
    return full


def relative(root: Path, full: Path) -> str:
    """Write a path as people and JupyterLab's file browser do: from the root, with slashes."""
    return full.resolve().relative_to(root.resolve()).as_posix()
