"""Profiles alone: 50 MB, 1 GB, 10,000 columns; pandas describe and ydata-profiling beside them.

Each is a process of its own, as in the server's sandbox: seconds from its start to its end,
seconds of processor, and the most memory that it held. Files as in `benchmarks/datasets.py`; the
large one is the other twenty times, the wide one has 20 rows. ydata-profiling (minimal) needs an
environment of its own: `YDATA=/path/to/its/python`; without one its line says so.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.datasets import PANDAS, make_file
from benchmarks.report import report
from browser.lab import REPOSITORY

COLUMNS = 10_000
TIMES = 20
YDATA = (
    "import sys, pandas as pd; from ydata_profiling import ProfileReport;"
    "ProfileReport(pd.read_csv(sys.argv[1]), minimal=True, progress_bar=False).to_html()"
)
Row = dict[str, object]


def make_large(path: Path, source: Path) -> None:
    """Write the rows of a file many times."""
    head, _, body = source.read_bytes().partition(b"\n")
    with path.open("wb") as file:
        file.write(head + b"\n")
        for _ in range(TIMES):
            file.write(body)


def make_wide(path: Path) -> None:
    """Write a table of many columns: two of three numbers, one of three words."""
    with path.open("w") as file:
        file.write(",".join(f"c{place}" for place in range(COLUMNS)) + "\n")
        for row in range(20):
            cells = (f"w{at * row % 13}" if at % 3 == 0 else at * row % 97 for at in range(COLUMNS))
            file.write(",".join(map(str, cells)) + "\n")


def measured(what: str, path: Path, command: list[str], told: bytes = b"") -> Row:
    """Run a command; give its time and memory."""
    began = time.perf_counter()
    folders = os.pathsep.join(map(str, (REPOSITORY / "server_ext",)))
    env = {**os.environ, "PYTHONPATH": folders, "MALLOC_ARENA_MAX": "2", "TZ": "UTC"}
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, env=env)
        assert process.stdin is not None
        process.stdin.write(told)
        process.stdin.close()
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        out.seek(0)
        answer = out.read()
    if process.returncode or b'"error"' in answer[:10]:
        raise RuntimeError(f"{what} failed: {answer[:500]!r}")
    return row(what, path, time.perf_counter() - began, used)


def row(what: str, path: Path, seconds: float, used: resource.struct_rusage) -> Row:
    """Write one line."""
    return {
        "what": what,
        "MB": path.stat().st_size / 1e6,
        "seconds": seconds,
        "processor": used.ru_utime + used.ru_stime,
        "memory MB": used.ru_maxrss / 1000,
    }


def ours(what: str, path: Path, scratch: Path) -> Row:
    """Profile a file as the server does."""
    copy = scratch / "copy.csv"
    asked = {
        "work": "profile",
        "path": str(path),
        "copy": str(copy),
        "files": [str(path), str(copy)],
        "memory": 1_000_000_000,
        "threads": 2,
        "scratch": str(scratch),
    }
    command = [sys.executable, "-m", "sponde_server.datasets.sandbox.child"]
    return measured(what, path, command, json.dumps(asked).encode())


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        plain, large, wide = base / "strikes.csv", base / "large.csv", base / "wide.csv"
        make_file(plain)
        make_large(large, plain)
        make_wide(wide)
        rows = [
            ours("profile", plain, base),
            ours("profile", large, base),
            ours(f"profile, {COLUMNS:,} columns", wide, base),
            measured("pandas describe", plain, [sys.executable, "-c", PANDAS, str(plain)]),
        ]
        if python := os.environ.get("YDATA"):
            rows.append(measured("ydata-profiling", plain, [python, "-c", YDATA, str(plain)]))
        else:
            left = dict.fromkeys(rows[0], "not installed")
            rows.append({**left, "what": "ydata-profiling"})
    report("profiles", rows)


if __name__ == "__main__":
    main()
