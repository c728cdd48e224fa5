"""Prints a benchmark's figures as a table and keeps them as JSON, with the machine and versions."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PARTS = ("jupyterlab", "jupyter-server", "duckdb", "pandas", "openai", "papermill", "voila")


def report(name: str, rows: list[dict[str, object]]) -> None:
    """Print the rows (all with the same columns) and write benchmarks/results/<name>.json."""
    columns = list(rows[0])
    cells = [columns] + [[_written(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    print(f"\n{name}")
    for line in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        },
        "versions": {part: version(part) for part in PARTS},
        "rows": rows,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n")


def percentile(values: list[float], share: float) -> float:
    """Give the value below which a share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def waits(took: list[float], every: float) -> list[float]:
    """Give how long anybody would have waited who asked each `every` seconds.

    Whoever asks one after another asks a hanging server only once and so sees its pause as one
    wait among many; the questions that would have been asked meanwhile are added, as HdrHistogram
    does (Tene, "How NOT to measure latency", on coordinated omission).
    """
    return [wait - late * every for wait in took for late in range(1 + int(wait / every))]


def _written(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
