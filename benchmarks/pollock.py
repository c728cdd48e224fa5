"""The Pollock benchmark: how truly broken and unusual CSV files are read.

Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann: "Pollock: A Data Loading Benchmark", VLDB 16(8),
2023; files and measures from a checkout of HPI-Information-Systems/Pollock, which is only read and
not part of ours. Run as `python -m benchmarks.pollock CHECKOUT PYTHON`, where PYTHON has what its
measures import (multiset, chardet, python-dateutil, price-parser, numpy, joblib). All of it takes
some minutes; `--only 'survey_sample/*'` scores some files, the worst ones listed last, and
`--keep FILE` keeps the scores, so that parts add up: with all files scored the result is written.

Every file goes the way that a dropped one goes: profile, then the SELECT that shows the rows as
they are written, below the names as they are written. A table without a header is written without
one, and with `col_0`, `col_1`, … for the survey's files, whose truth names them so. An empty file,
which we refuse, is read as nothing.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from benchmarks.report import report
from sponde_server.core.errors import Invalid
from sponde_server.datasets.files.reading import raw_select
from sponde_server.datasets.profile.profile import profile

SETS = {"polluted_files": False, "survey_sample": True}
"""The sets, and whether their truth names columns that have no name."""
MEASURES = (
    "success",
    *(f"{part} {of}" for part in ("header", "record", "cell") for of in ("P", "R", "F1")),
)
LISTED = 40
SCORER = """
import json, os, sys
checkout, files, loaded = sys.argv[1:]
sys.path.insert(0, checkout)
os.chdir(checkout)
from pollock import metrics
scores = {}
for name in sorted(os.listdir(loaded)):
    path = f"{loaded}/{name}"
    found = metrics.successful_csv(path)
    truth = f"{files}/clean/{name}"
    more = metrics.header_record_cell_measures_csv(truth, path) if found else [0] * 9
    scores[name] = [float(score) for score in (found, *more)]
print(json.dumps(scores))
"""
Scores = dict[str, list[float]]


def load(source: Path, target: Path, has_names: bool) -> None:
    """Read one file as a dropped one is read, and write what was read."""
    copy = target.with_suffix(".copy")
    with duckdb.connect() as con, target.open("w", newline="", encoding="utf-8") as file:
        try:
            made = profile(con, source, copy, is_kept=False)
        except Invalid as refusal:
            if source.stat().st_size:
                file.write(f"Application Error\n{refusal}")
            return
        columns, dialect = made["columns"], made["dialect"]
        path = copy if dialect.get("mended") else source
        rows = con.execute(raw_select(str(path), dialect, columns)).fetchall()
        writer = csv.writer(file)
        if dialect.get("has_header", True):
            writer.writerow(
                column["name"] if column["title"] is None else column["title"] for column in columns
            )
        elif has_names:
            writer.writerow([f"col_{place}" for place in range(len(columns))])
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    copy.unlink(missing_ok=True)


def score(checkout: Path, python: str, name: str, files: list[str]) -> Scores:
    """Load files of a set and let Pollock's own measures judge."""
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            load(checkout / name / "csv" / file, Path(folder) / file, SETS[name])
        said = subprocess.run(
            [python, "-W", "ignore", "-c", SCORER, str(checkout), name, folder],
            check=True,
            capture_output=True,
            text=True,
        )
    scores: Scores = json.loads(said.stdout.splitlines()[-1])
    return scores


def summary(name: str, scores: Scores, weights: dict[str, float]) -> dict[str, object]:
    """Give a set's means, of files alike and by how often what is wrong with each occurs."""
    means = [sum(row[place] for row in scores.values()) / len(scores) for place in range(10)]
    known = {file: weights[file] for file in scores if file in weights}
    weighted = sum(sum(scores[file]) * weight for file, weight in known.items())
    found: dict[str, object] = {"set": name, "files": len(scores), "simple": sum(means)}
    found["weighted"] = weighted / sum(known.values()) if known else "-"
    return found | dict(zip(MEASURES, means, strict=True))


def worst(name: str, scores: Scores) -> None:
    """Print the files that lose most, with every measure."""
    lossy = sorted(scores.items(), key=lambda item: -sum(item[1]))
    for file, row in [item for item in lossy if sum(item[1]) < 9.995][-LISTED:]:
        print(f"{sum(row):6.2f}  {' '.join(f'{part:.2f}' for part in row)}  {name}/{file}")


def main() -> None:
    """Score all files of both sets, or some."""
    parser = argparse.ArgumentParser(prog="benchmarks.pollock")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("python")
    parser.add_argument("--only", default="*", help="a pattern such as 'survey_sample/*'")
    parser.add_argument("--keep", type=Path, help="a file that scores are kept in and added to")
    asked = parser.parse_args()
    checkout = asked.checkout.absolute()
    weights = json.loads((checkout / "pollock_weights.json").read_text())
    kept: dict[str, Scores] = {}
    if asked.keep and asked.keep.exists():
        kept = json.loads(asked.keep.read_text())
    rows, missing = [], 0
    for name in SETS:
        files = sorted(path.name for path in (checkout / name / "csv").iterdir())
        chosen = [file for file in files if fnmatch(f"{name}/{file}", asked.only)]
        if chosen:
            scores = score(checkout, asked.python, name, chosen)
            kept[name] = kept.get(name, {}) | scores
            worst(name, scores)
            print(f"{sum(map(sum, scores.values())) / len(scores):.3f}  {len(scores)} of {name}")
        missing += len(files) - len(kept.get(name, {}))
        if kept.get(name):
            rows.append(summary(name, kept[name], weights))
    if asked.keep:
        asked.keep.write_text(json.dumps(kept))
    if missing:
        print(f"{missing} files are not scored; the result is written when all are.")
    else:
        report("pollock", rows)


if __name__ == "__main__":
    main()
