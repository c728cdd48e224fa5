"""Runs every benchmark, or those named: `python -m benchmarks start chat`."""

import importlib
import sys
from pathlib import Path

HIDDEN = {"__init__", "__main__", "report", "long_conversation", "prebuilt", "library_blocks"}


def main() -> None:
    """Run them one after another."""
    known = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in HIDDEN)
    for name in sys.argv[1:] or known:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
