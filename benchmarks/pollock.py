"""The Pollock benchmark: how truly broken and unusual CSV files are read.

Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann: "Pollock: A Data Loading Benchmark", VLDB 16(8),
2023; files and measures from a checkout of HPI-Information-Systems/Pollock, which is only read and
not part of ours. Run as `python -m benchmarks.pollock CHECKOUT PYTHON`, where PYTHON has what its
measures import (multiset, chardet, python-dateutil, price-parser, numpy, joblib).

Every file goes the way that a dropped one goes: profile, then the SELECT that shows the rows as
they are written. A table without a header is written without one, and with `col_0`, `col_1`, … for
the survey's files, whose truth names them so. An empty file, which we refuse, is read as nothing.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.report import report
from sponde_server.core.errors import Invalid
from sponde_server.datasets.profile import profile
from sponde_server.datasets.reading import raw_select

SETS = {"polluted_files": False, "survey_sample": True}
"""The sets, and whether their truth names columns that have no name."""
MEASURES = (
    "success",
    *(f"{part} {of}" for part in ("header", "record", "cell") for of in ("P", "R", "F1")),
)
SCORER = """
import json, os, sys
checkout, files, loaded = sys.argv[1:]
sys.path.insert(0, checkout)
os.chdir(checkout)
from pollock import metrics
scores = {}
for name in sorted(os.listdir(f"{files}/csv")):
    path = f"{loaded}/{name}"
    found = metrics.successful_csv(path)
    truth = f"{files}/clean/{name}"
    more = metrics.header_record_cell_measures_csv(truth, path) if found else [0] * 9
    scores[name] = [float(score) for score in (found, *more)]
print(json.dumps(scores))
"""


def load(source: Path, target: Path, has_names: bool) -> None:
    """Read one file as a dropped one is read, and write what was read."""
    copy = target.with_suffix(".copy")
    with duckdb.connect() as con, target.open("w", newline="", encoding="utf-8") as file:
        try:
            made = profile(con, source, copy)
        except Invalid as refusal:
            if source.stat().st_size:
                file.write(f"Application Error\n{refusal}")
            return
        columns, dialect = made["columns"], made["dialect"]
        path = copy if dialect.get("mended") else source
        rows = con.execute(raw_select(str(path), dialect, columns)).fetchall()
        writer = csv.writer(file)
        if dialect.get("has_header", True):
            writer.writerow([column["name"] for column in columns])
        elif has_names:
            writer.writerow([f"col_{place}" for place in range(len(columns))])
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    copy.unlink(missing_ok=True)


def score(checkout: Path, python: str, name: str, has_names: bool) -> dict[str, object]:
    """Load all files of a set and let Pollock's own measures judge."""
    names = sorted(path.name for path in (checkout / name / "csv").iterdir())
    with tempfile.TemporaryDirectory() as folder:
        for file in names:
            load(checkout / name / "csv" / file, Path(folder) / file, has_names)
        said = subprocess.run(
            [python, "-W", "ignore", "-c", SCORER, str(checkout), name, folder],
            check=True,
            capture_output=True,
            text=True,
        )
    scores: dict[str, list[float]] = json.loads(said.stdout.splitlines()[-1])
    means = [sum(row[place] for row in scores.values()) / len(scores) for place in range(10)]
    found: dict[str, object] = {"set": name, "files": len(scores), "simple": sum(means)}
    weights = json.loads((checkout / "pollock_weights.json").read_text())
    known = {file: weights[file] for file in scores if file in weights}
    found["weighted"] = (
        sum(sum(scores[file]) * weight for file, weight in known.items()) / sum(known.values())
        if known
        else "-"
    )
    return found | dict(zip(MEASURES, means, strict=True))


def main() -> None:
    """Score both sets."""
    checkout, python = Path(sys.argv[1]).absolute(), sys.argv[2]
    rows = [score(checkout, python, name, names) for name, names in SETS.items()]
    report("pollock", rows)


if __name__ == "__main__":
    main()
