"""A 50 MB CSV, from the first byte sent until its profile is there; pandas describe beside it.

Upload: through JupyterLab's Contents API in pieces of 2 MB, as the panel does. Profiled: from
`POST /datasets` until the dataset is ready. pandas: a process that reads the file and asks for
`describe(include="all")` and `nunique()`, its imports included. The file: the sample's rows again
and again with other dates. Medians of ROUNDS.
"""

import base64
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.report import report
from browser.lab import REPOSITORY, TOKEN, Lab, free_port

ROUNDS = 3
BYTES = 50_000_000
PIECE = 2_000_000
PANDAS = (
    "import sys, pandas as pd; df = pd.read_csv(sys.argv[1], keep_default_na=False);"
    "df.describe(include='all'); df.nunique()"
)


def make_file(path: Path) -> int:
    """Write the file; give its rows."""
    with (REPOSITORY / "notebooks" / "bird_strikes.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    day = header.index("Flight Date")
    written = 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        year = 1900
        while file.tell() < BYTES:
            for row in rows:
                writer.writerow([*row[:day], f"{year}{row[day][4:]}", *row[day + 1 :]])
            written += len(rows)
            year += 1
    return written


def call(lab: Lab, method: str, path: str, body: Any = None) -> Any:
    """Ask the server."""
    request = urllib.request.Request(
        lab.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def upload(lab: Lab, path: Path, name: str) -> None:
    """Send a file in pieces."""
    with path.open("rb") as file:
        number = 1
        piece = file.read(PIECE)
        while piece:
            after = file.read(PIECE)
            body = {
                "type": "file",
                "format": "base64",
                "chunk": number if after else -1,
                "content": base64.b64encode(piece).decode(),
            }
            call(lab, "PUT", f"/api/contents/{name}", body)
            piece = after
            number += 1


def profile(lab: Lab, name: str) -> int:
    """Register a file and wait for its profile; give its rows."""
    made = call(lab, "POST", "/sponde/api/datasets", {"path": name})
    while made["status"] not in ("ready", "failed"):
        time.sleep(0.02)
        made = call(lab, "GET", f"/sponde/api/datasets/{made['id']}")
    return int(made["rows"])


def main() -> None:
    """Measure and report."""
    times: dict[str, list[float]] = {"upload": [], "profiled": [], "pandas describe": []}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "root").mkdir()
        source = base / "strikes.csv"
        rows = make_file(source)
        lab = Lab(base, free_port(), [])
        lab.start()
        for number in range(ROUNDS):
            name = f"strikes{number}.csv"
            began = time.perf_counter()
            upload(lab, source, name)
            sent = time.perf_counter()
            if profile(lab, name) != rows:
                raise AssertionError("rows were lost")
            times["upload"].append(sent - began)
            times["profiled"].append(time.perf_counter() - sent)
        lab.stop()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", PANDAS, str(source)], check=True)
            times["pandas describe"].append(time.perf_counter() - began)
        size = source.stat().st_size / 1e6
    report(
        "datasets",
        [
            {"what": what, "MB": size, "rows": rows, "seconds": statistics.median(values)}
            for what, values in times.items()
        ],
    )


if __name__ == "__main__":
    main()
