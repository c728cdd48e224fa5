"""Pages of 1 and 10 million rows, and of 1,000 columns, through the server, as the grid asks.

A page is 100 rows of at most 60 columns, from the question over HTTP until its JSON is read; its
place is by chance. `new` is a view's first page, `whole` until every page of it is a look-up. The
floor is DuckDB by itself in one process on the same table; pandas has the rows in its memory.

    python -m benchmarks.grid                  all
    GRID=/folder python -m benchmarks.grid prepare     files, profiles and working copies only
    GRID=/folder python -m benchmarks.grid 10m         one part, beside the others' last figures
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.report import RESULTS, percentile, report
from browser.lab import TOKEN, Lab, free_port

PAGE = 100
PAGES = 60
SEARCHES = ("4a7c", "999", "bodø")
SHAPES = {"1m": (1_000_000, 12), "10m": (10_000_000, 12), "wide": (20_000, 1000)}
SQL = "sql"
NARROW = (
    "i AS id, DATE '2015-01-01' + (i*7919 % 3650)::INT AS day, "
    "['Oslo','Bergen','Tromsø','Narvik','Bodø','Hamar'][1+(i*31 % 6)] AS city, "
    "round((i*7907 % 1000003)/13.7, 2) AS amount, (i*104729 % 97)::INT AS units, "
    "'customer-' || (i*65537 % 250007) AS customer, 'note ' || md5(i::VARCHAR) AS note, "
    "CASE WHEN i % 11 = 0 THEN NULL ELSE (i*17 % 1009)/10.0 END AS score, i % 3 = 0 AS paid, "
    "TIMESTAMP '2020-01-01' + to_seconds(i*13 % 100000000) AS at, "
    "(i*48271 % 2147483647) AS code, (i*16807 % 1000003)/1000003.0 AS share"
)
PANDAS = """
import json, random, resource, sys, time, pandas as pd
def took(work):
    began = time.perf_counter(); found = work(); return found, (time.perf_counter() - began) * 1000
frame, read = took(lambda: pd.read_csv(sys.argv[1]))
order, sort = took(lambda: frame.sort_values("amount", ascending=False))
def page():
    at = random.randrange(len(frame) - 100)
    return order.iloc[at : at + 100].to_json(orient="values")
pages = [took(page)[1] for _ in range(60)]
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"read": read, "sort": sort, "pages": pages, "held": held}))
"""
Row = dict[str, object]


class Server:
    """The server under test, asked over one connection as a browser would."""

    def __init__(self, folder: Path) -> None:
        self._lab = Lab(folder, free_port(), [])
        self._lab.start()
        self._line = http.client.HTTPConnection("127.0.0.1", self._lab.port, timeout=600)

    def stop(self) -> None:
        """End it."""
        self._line.close()
        self._lab.stop()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask."""
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        self._line.request(method, f"/sponde/api{path}", sent, headers)
        answer = self._line.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status}: {text[:300]!r}")
        return json.loads(text) if text else None

    def dataset(self, name: str) -> Any:
        """Give a file as a dataset, profiled and with its working copies."""
        known = {one["path"]: one for one in self.call("GET", "/datasets")}
        made = known.get(name) or self.call("POST", "/datasets", {"path": name})
        while made["status"] not in ("ready", "failed"):
            time.sleep(0.1)
            made = self.call("GET", f"/datasets/{made['id']}")
        return made

    def page(self, path: str, view: Any, offset: int = 0, **more: Any) -> tuple[float, Any]:
        """Give a page and the milliseconds it took."""
        body = {"view": view, "offset": offset, "limit": PAGE, **more}
        began = time.perf_counter()
        found = self.call("POST", path, body)
        return (time.perf_counter() - began) * 1000, found


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Start a server over the files in a folder."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()


def make_file(path: Path, rows: int, columns: int) -> None:
    """Write a table: numbers, days, words, gaps; or many columns of numbers."""
    import duckdb

    wide = ", ".join(f"(i*{7919 + n} % 99991)::INT AS c{n}" for n in range(columns))
    select = NARROW if columns < 100 else wide
    duckdb.connect().execute(f"COPY (SELECT {select} FROM range({rows}) t(i)) TO '{path}' (HEADER)")


def prepare(folder: Path, parts: list[str]) -> None:
    """Write the files, have them profiled and copied, and wait until that is done."""
    root = folder / "root"
    root.mkdir(parents=True, exist_ok=True)
    parts = sorted({"1m" if part == SQL else part for part in parts})
    for part in parts:
        if not (root / f"rows{part}.csv").exists():
            make_file(root / f"rows{part}.csv", *SHAPES[part])
    with serving(folder) as server:
        for part in parts:
            path = f"/datasets/{server.dataset(f'rows{part}.csv')['id']}/page"
            while not server.page(path, {}, columns=[0])[1]["has_copy"]:
                time.sleep(0.5)
        while list(folder.rglob("*.part")):
            time.sleep(0.5)


def measured(part: str, what: str, times: list[float], held: float | None = None) -> Row:
    """Write one line."""
    return {
        "part": part,
        "what": what,
        "pages": len(times),
        "p50 ms": percentile(times, 0.5),
        "p95 ms": percentile(times, 0.95),
        "memory MB": held,
    }


def views_of(part: str) -> dict[str, list[Any]]:
    """Give views of each kind, several that were not looked at before."""
    if part == "wide":
        return {
            "sorted by a number": [sorted_by("c7", True), sorted_by("c900")],
            "filtered": [filtered("c5", "between", low=str(n * 9000)) for n in (1, 5)],
        }
    among = [filtered("city", "among", values=[name]) for name in ("Oslo", "Hamar", "Narvik")]
    ranges = [filtered("amount", "between", low=str(n), high=str(n + 9000)) for n in (2000, 40000)]
    return {
        "sorted by a number": [sorted_by("amount", True), sorted_by("share"), sorted_by("code")],
        "sorted by a text": [sorted_by("customer"), sorted_by("note", True)],
        "filtered": among + ranges,
        "searched": [{"search": text} for text in SEARCHES],
        "filtered and sorted": [
            {**among[0], **sorted_by("score")},
            {**ranges[0], **sorted_by("at")},
        ],
    }


def sorted_by(column: str, descending: bool = False) -> Any:
    """Sort by a column."""
    return {"sorts": [{"column": column, "descending": descending}]}


def filtered(column: str, kind: str, **more: Any) -> Any:
    """Filter by a column."""
    return {"filters": [{"column": column, "kind": kind, **more}]}


def measure(
    server: Server, part: str, path: str, rows: int, views: dict[str, list[Any]]
) -> list[Row]:
    """Look at the rows in many ways."""
    shown = list(range(60)) if part == "wide" else []
    began = server.page(path, {}, columns=shown)[0]

    def pages(view: Any, total: int, first: int = 0) -> list[float]:
        places = [random.randrange(first, max(first + 1, total - PAGE)) for _ in range(PAGES)]
        return [server.page(path, view, place, columns=shown)[0] for place in places]

    lines = [
        measured(part, "the first page, with the reader's start", [began]),
        measured(part, "as in the file", pages({}, rows)),
        measured(part, "as in the file, the last tenth", pages({}, rows, rows * 9 // 10)),
    ]
    for what, some in views.items():
        new, whole, then = [], [], []
        for view in some:
            new.append(server.page(path, view, columns=shown, when="early")[0])
            took, found = server.page(path, view, columns=shown, when="whole")
            whole.append(new[-1] + took)
            then += pages(view, found["total"])
        lines += [
            measured(part, what, then),
            measured(part, f"{what}: new", new),
            measured(part, f"{what}: whole", whole, held_by_readers()),
        ]
    return lines


def held_by_readers() -> float:
    """Give the most memory that a reader has held."""
    most = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"datasets.grid.child" in (process / "cmdline").read_bytes():
                told = (process / "status").read_text()
                most = max(most, int(told.partition("VmHWM:")[2].split()[0]) / 1000)
        except OSError:
            continue
    return most


def floor(folder: Path, part: str) -> list[Row]:
    """Ask DuckDB alone, in one process, for the pages of a sorted view."""
    import duckdb

    (rows, columns), times = SHAPES[part], []
    (table,) = (one for one in folder.rglob("*.working.duckdb") if rows == _rows_of(one))
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"ATTACH '{table}' AS copied (READ_ONLY)")
    by = "v3" if columns < 100 else "v7"
    began = time.perf_counter()
    con.execute(f"CREATE TABLE made AS SELECT rowid AS n FROM copied.rows ORDER BY {by} DESC")
    whole = (time.perf_counter() - began) * 1000
    shown = ", ".join(f"v{n}" for n in range(min(60, columns)))
    for _ in range(PAGES):
        place = random.randrange(rows - PAGE)
        began = time.perf_counter()
        con.execute(
            f"SELECT {shown} FROM copied.rows r JOIN (SELECT rowid, n FROM made WHERE rowid "
            f">= {place} AND rowid < {place + PAGE}) w(place, n) ON r.rowid = w.n ORDER BY place"
        ).fetchall()
        times.append((time.perf_counter() - began) * 1000)
    return [
        measured(part, "DuckDB alone: sorted by a number", times),
        measured(part, "DuckDB alone: sorted by a number: whole", [whole]),
    ]


def _rows_of(table: Path) -> int:
    import duckdb

    con = duckdb.connect()
    con.execute(f"ATTACH '{table}' AS one (READ_ONLY)")
    (count,) = con.execute("SELECT count(*) FROM one.rows").fetchone() or (0,)
    return int(count)


def pandas(folder: Path, part: str) -> list[Row]:
    """Read the file with pandas and slice what is sorted."""
    path = folder / "root" / f"rows{part}.csv"
    out = subprocess.run([sys.executable, "-c", PANDAS, path], capture_output=True, check=True)
    told = json.loads(out.stdout)
    return [
        measured(part, "pandas: reading the file", [told["read"]], told["held"]),
        measured(part, "pandas: sorted by a number: whole", [told["sort"]]),
        measured(part, "pandas: sorted by a number", told["pages"]),
    ]


def of_sql(server: Server) -> list[Row]:
    """Look at the result of a query."""
    query = server.call("POST", "/dataset-queries", {"sql": "SELECT * FROM rows1m"})
    while query["status"] == "running":
        query = server.call("GET", f"/dataset-queries/{query['id']}?wait=20")
    path = f"/dataset-queries/{query['id']}/page"
    return measure(server, SQL, path, query["rows"], views_of(SQL))


def run(folder: Path, part: str) -> list[Row]:
    """Measure one part."""
    random.seed(6)
    with serving(folder) as server:
        if part == SQL:
            return of_sql(server)
        path = f"/datasets/{server.dataset(f'rows{part}.csv')['id']}/page"
        lines = measure(server, part, path, SHAPES[part][0], views_of(part))
    more: Callable[[Path, str], list[Row]] = pandas if part == "1m" else lambda *_: []
    return lines + floor(folder, part) + more(folder, part)


def main() -> None:
    """Measure the parts that are named, or all, and report them with the others' last figures."""
    named = [one for one in (*SHAPES, SQL) if one in sys.argv] or [*SHAPES, SQL]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("GRID", scratch))
        prepare(folder, named)
        if "prepare" in sys.argv:
            return
        kept = RESULTS / "grid.json"
        rows = json.loads(kept.read_text())["rows"] if kept.exists() else []
        for part in named:
            rows = [row for row in rows if row["part"] != part] + run(folder, part)
    report("grid", rows)


if __name__ == "__main__":
    main()
