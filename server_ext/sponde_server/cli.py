"""`sponde`: open JupyterLab with the workbench; `sponde schema`: write schema.ts."""

import shutil
import sys
from pathlib import Path

WELCOME = "sponde-welcome"
SAMPLE = "bird_strikes.csv"
HELP = """usage: sponde [folder] [option ...]

JupyterLab with the Sponde workbench.

  folder   what JupyterLab serves (default: here)
  option   goes to JupyterLab, such as --port 8890 or --no-browser;
           `jupyter lab --help` lists them all
"""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["schema"]:
        write_schema(given[1:])
    else:
        open_lab(given)


def open_lab(arguments: list[str]) -> None:
    """Open JupyterLab in a folder; every further option goes to JupyterLab."""
    # Only the first word can be the folder: `--port 8890` is JupyterLab's business.
    named = bool(arguments) and not arguments[0].startswith("-")
    root = Path(arguments[0] if named else ".").resolve()
    rest = arguments[1:] if named else arguments
    if rest[:1] in (["-h"], ["--help"]):
        sys.stdout.write(HELP)
        return
    root.mkdir(parents=True, exist_ok=True)
    notebook = place_welcome(root)

    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(
        argv=[
            f"--ServerApp.root_dir={root}",
            f"--LabApp.default_url=/lab/tree/{notebook.relative_to(root).as_posix()}",
            f"--SpondeDatasets.starters={WELCOME}/{SAMPLE}",
            *rest,
        ]
    )


def place_welcome(root: Path) -> Path:
    """Put the welcome notebook and its sample data into the folder, unless they are there."""
    place = root / WELCOME
    source = notebooks()
    for name in ("welcome.ipynb", SAMPLE, "SOURCES.md"):
        target = place / name
        if not target.exists():
            place.mkdir(exist_ok=True)
            shutil.copyfile(source / name, target)
    return place / "welcome.ipynb"


def notebooks() -> Path:
    """Find the notebooks that came with the package (or lie in the checkout)."""
    packed = Path(__file__).parent / "notebooks"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "notebooks"


def write_schema(arguments: list[str]) -> None:
    """Write the TypeScript of records and routes to a file, or print it."""
    from .app import ROUTES
    from .core.openapi import typescript

    text = typescript(ROUTES)
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
