"""From the drop of a file until its profile is there; pandas and ydata-profiling beside it.

- `drop`: 50 MB, from the first question of the panel about the upload until the dataset is ready,
  in pieces as the panel sends them, each with its sum. Medians of ROUNDS.
- `profile`: the sandbox's child alone, from its start to its end: 50 MB, 1 GB whose values repeat
  (`large`), 1 GB whose values hardly do (`various`), 10,000 columns (`wide`).
- `pandas`: a process that reads the 50 MB and asks for `describe(include="all")` and `nunique()`.
- `ydata`: `ProfileReport(…, minimal=True)` of the same, to HTML. It needs an environment of its
  own: `YDATA=/path/to/its/python`; without one its line says so.

`python -m benchmarks.datasets drop large` measures parts and keeps the figures of the others.
Files are made in a folder that goes, or kept in `FILES=/some/folder`. The 50 MB are the sample's
rows again and again with other dates, `large` is that twenty times, the wide one has 20 rows.
"""

import csv
import hashlib
import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.report import RESULTS, report
from browser.lab import REPOSITORY, TOKEN, Lab, free_port

ROUNDS = 5
BYTES = 50_000_000
TIMES = 20
COLUMNS = 10_000
ROWS = 7_600_000
FIRST_PIECE, LARGEST_PIECE = 1024 * 1024, 16 * 1024 * 1024
PANDAS = (
    "import sys, pandas as pd; df = pd.read_csv(sys.argv[1], keep_default_na=False);"
    "df.describe(include='all'); df.nunique()"
)
YDATA = (
    "import sys, pandas as pd; from ydata_profiling import ProfileReport;"
    "ProfileReport(pd.read_csv(sys.argv[1]), minimal=True, progress_bar=False).to_html()"
)
VARIOUS = f"""
COPY (SELECT i AS trip, TIMESTAMP '2023-01-01' + INTERVAL (i * 4) SECOND AS start,
 TIMESTAMP '2023-01-01' + INTERVAL (i * 4 + (hash(i) % 3000)::INT) SECOND AS finish,
 (hash(i + 1) % 6)::INT + 1 AS passengers, (hash(i + 2) % 3000)::INT / 100 AS distance,
 round(40 + (hash(i + 3) % 1000000) / 1e6, 6) AS latitude,
 round(-74 + (hash(i + 4) % 1000000) / 1e6, 6) AS longitude,
 round(40 + (hash(i + 5) % 1000000) / 1e6, 6) AS latitude_to,
 round(-74 + (hash(i + 6) % 1000000) / 1e6, 6) AS longitude_to,
 (hash(i + 7) % 10000)::INT / 100 AS fare,
 ['Cash', 'Card', 'Dispute', 'No charge'][1 + (hash(i + 8) % 4)::INT] AS payment,
 md5(i::VARCHAR)[:16] AS note FROM range({ROWS}) t(i)) TO ? (HEADER)"""
Row = dict[str, object]


# -- files ------------------------------------------------------------------------------------


def make_file(path: Path) -> None:
    """Write 50 MB."""
    with (REPOSITORY / "notebooks" / "bird_strikes.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    day = header.index("Flight Date")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        year = 1900
        while file.tell() < BYTES:
            for row in rows:
                writer.writerow([*row[:day], f"{year}{row[day][4:]}", *row[day + 1 :]])
            year += 1


def make_large(path: Path) -> None:
    """Write the same rows many times."""
    head, _, body = made(path.parent, "drop", make_file).read_bytes().partition(b"\n")
    with path.open("wb") as file:
        file.write(head + b"\n")
        for _ in range(TIMES):
            file.write(body)


def make_various(path: Path) -> None:
    """Write rows whose numbers, moments and words hardly repeat."""
    import duckdb

    duckdb.connect().execute(VARIOUS, [str(path)])


def make_wide(path: Path) -> None:
    """Write a table of many columns: two of three numbers, one of three words."""
    with path.open("w") as file:
        file.write(",".join(f"c{place}" for place in range(COLUMNS)) + "\n")
        for row in range(20):
            cells = (f"w{at * row % 13}" if at % 3 == 0 else at * row % 97 for at in range(COLUMNS))
            file.write(",".join(map(str, cells)) + "\n")


def made(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Give a file, made where it is not there."""
    path = folder / f"{name}.csv"
    if not path.exists():
        make(path)
    return path


# -- from the drop ----------------------------------------------------------------------------


class Panel:
    """Sends files as the panel does: `extension/src/datasets/sending.ts`."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._line = http.client.HTTPConnection(lab.url.removeprefix("http://"), timeout=120)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server; bytes are sent as they are."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": kind}
        self._line.request(method, f"/sponde/api{path}", data, headers)
        answer = self._line.getresponse()
        told = answer.read()
        if answer.status >= 400:
            raise RuntimeError(told.decode())
        return json.loads(told)

    def drop(self, path: Path, name: str) -> tuple[float, float, Row]:
        """Send a file and wait for its profile: seconds until sent and until ready, the dataset."""
        began = time.perf_counter()
        with path.open("rb") as file:
            head = hashlib.sha256(file.read(65536)).hexdigest()
            size = path.stat().st_size
            about = {"name": name, "bytes": size, "modified": 1, "head": head, "folder": ""}
            upload = self.ask("POST", "/dataset-uploads", about)
            here = f"/dataset-uploads/{upload['id']}"
            piece = FIRST_PIECE
            while (offset := upload["received"]) < size:
                file.seek(offset)
                data = file.read(piece)
                since = time.perf_counter()
                sums = hashlib.sha256(data).hexdigest()
                upload = self.ask("PATCH", f"{here}/bytes?offset={offset}&sha256={sums}", data)
                if time.perf_counter() - since < 0.5:
                    piece = min(LARGEST_PIECE, piece * 2)
        dataset = self.ask("POST", f"{here}/finish", {"conflict": "ask"})["dataset"]
        sent = time.perf_counter()
        while dataset["status"] not in ("ready", "failed"):
            time.sleep(0.01)
            dataset = self.ask("GET", f"/datasets/{dataset['id']}")
        return sent - began, time.perf_counter() - began, dataset


def measure_drop(source: Path) -> list[Row]:
    """Drop a file again and again."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "root").mkdir()
        lab = Lab(base, free_port(), [])
        lab.start()
        panel = Panel(lab)
        found = [panel.drop(source, f"strikes{number}.csv") for number in range(ROUNDS)]
        lab.stop()
    lines = source.read_bytes().count(b"\n") - 1
    if any(dataset["rows"] != lines for _, _, dataset in found):
        raise AssertionError("rows were lost")
    row = {"MB": source.stat().st_size / 1e6, "processor": "", "memory MB": ""}
    return [
        {"what": "drop, until sent", **row, "seconds": statistics.median(f[0] for f in found)},
        {"what": "drop, until profiled", **row, "seconds": statistics.median(f[1] for f in found)},
    ]


# -- processes --------------------------------------------------------------------------------


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
        "processor": used.ru_utime + used.ru_stime,
        "memory MB": used.ru_maxrss / 1000,
        "seconds": seconds,
    }


def ours(what: str, path: Path) -> Row:
    """Profile a file as the server does."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = f"{scratch}/copy.csv"
        asked = {
            "work": "profile",
            "path": str(path),
            "copy": copy,
            "files": [str(path), copy],
            "memory": 1_000_000_000,
            "threads": 2,
            "scratch": scratch,
        }
        command = [sys.executable, "-m", "sponde_server.datasets.sandbox.child"]
        return measured(what, path, command, json.dumps(asked).encode())


def measure_ydata(path: Path) -> list[Row]:
    """Let ydata-profiling profile a file, where there is one."""
    python = os.environ.get("YDATA")
    if python:
        return [measured("ydata-profiling", path, [python, "-c", YDATA, str(path)])]
    left = dict.fromkeys(("MB", "processor", "memory MB", "seconds"), "not installed")
    return [{"what": "ydata-profiling", **left}]


def main() -> None:
    """Measure the parts that are asked for, and report them with what is known of the others."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(os.environ.get("FILES") or folder)

        def drop() -> Path:
            return made(base, "drop", make_file)

        parts: dict[str, Callable[[], list[Row]]] = {
            "drop": lambda: measure_drop(drop()),
            "profile": lambda: [ours("profile, 50 MB", drop())],
            "large": lambda: [ours("profile, 1 GB", made(base, "large", make_large))],
            "various": lambda: [
                ours("profile, 1 GB of various values", made(base, "various", make_various))
            ],
            "wide": lambda: [ours(f"profile, {COLUMNS:,} columns", made(base, "wide", make_wide))],
            "pandas": lambda: [
                measured("pandas describe", drop(), [sys.executable, "-c", PANDAS, str(drop())])
            ],
            "ydata": lambda: measure_ydata(drop()),
        }
        wanted = [name for name in sys.argv[1:] if name in parts] or list(parts)
        rows = [one for name in wanted for one in parts[name]()]
    kept = RESULTS / "datasets.json"
    before = (
        json.loads(kept.read_text())["rows"] if kept.exists() and len(wanted) < len(parts) else []
    )
    report(
        "datasets",
        [*(old for old in before if old["what"] not in {one["what"] for one in rows}), *rows],
    )


if __name__ == "__main__":
    main()
