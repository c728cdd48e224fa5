"""The instructions of a project: `.sponde/instructions.md` in the root folder and in a notebook's.

Read at each question. They are text that the model reads: they can allow nothing, least of all a
tool. Those of the nearer folder stand last, so that they have the last word.
"""

from pathlib import Path, PurePosixPath

from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.core.paths import inside

from .prompt import Instruction
from .records import ProjectInstructions, SentPartKind

FILE = ".sponde/instructions.md"


def project_instructions(root: Path, notebook: str, longest: int) -> list[Instruction]:
    """Give the instructions that hold for a notebook (or for none), the nearest last."""
    return [
        Instruction(
            kind=SentPartKind.PROJECT,
            name=one.path,
            text=f"Instructions of this project (`{one.path}`):\n\n{one.text.strip()}",
            left_out=one.left_out,
        )
        for one in read(root, notebook, longest)
        if one.text.strip()
    ]


def read(root: Path, notebook: str, longest: int) -> list[ProjectInstructions]:
    """Give the files of instructions that are there, as far as they are sent."""
    found: list[ProjectInstructions] = []
    for path in paths(notebook):
        try:
            full = inside(root, path)
            size = full.stat().st_size
            with full.open("rb") as opened:
                text = opened.read(longest * 4).decode("utf-8-sig", "replace")
        except (OSError, SpondeError):
            continue
        shown, left = _cut(text.replace("\r\n", "\n"), longest, size)
        found.append(ProjectInstructions(path=path, text=shown, left_out=left))
    return found


def write(root: Path, path: str, text: str, longest: int) -> ProjectInstructions:
    """Write a folder's instructions; without text the file goes."""
    if not is_instructions(path):
        raise Invalid(
            f"'{path}' is no file of instructions.", f"They are kept in {FILE} of a folder."
        )
    if len(text) > longest:
        raise Invalid(
            f"These instructions have {len(text):,} characters; {longest:,} are sent "
            "(SpondeChat.longest_instructions).",
            "Shorten them, or put details into a file that a question names with @.",
        )
    full = inside(root, path)
    if not full.parent.parent.is_dir():
        raise Invalid(f"There is no folder for '{path}'.", "Make the folder first.")
    if not text.strip():
        full.unlink(missing_ok=True)
        return ProjectInstructions(path=path)
    full.parent.mkdir(exist_ok=True)
    full.write_text(text, encoding="utf-8")
    return ProjectInstructions(path=path, text=text)


def paths(notebook: str) -> list[str]:
    """Name the files that may hold instructions: the root folder's, then the notebook's."""
    folder = PurePosixPath(notebook.lstrip("/")).parent
    near = [] if folder == PurePosixPath(".") else [str(folder / FILE)]
    return [FILE, *near]


def is_instructions(path: str) -> bool:
    """Tell whether a path is a file of instructions, and nothing else that is hidden."""
    parts = PurePosixPath(path).parts
    return parts[-2:] == (".sponde", "instructions.md") and not any(
        part.startswith(".") for part in parts[:-2]
    )


def _cut(text: str, longest: int, size: int) -> tuple[str, int]:
    """Cut a text that is too long at the end of a paragraph; give it and how much is missing."""
    if len(text) <= longest and size <= longest * 4:
        return text, 0
    shown = text[:longest]
    shown = shown[: max(shown.rfind("\n\n"), 0)] or shown.rpartition("\n")[0] or shown
    return shown, max(len(text), size) - len(shown)
