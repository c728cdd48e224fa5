"""What does not fit in a dataset's file, all of it, and what a person says about how it is written.

The list of problems and the rows that are left out lie beside the working copies; they are read
when somebody asks.
"""

import asyncio
import codecs
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.wire import convert, plain
from sponde_server.datasets import store
from sponde_server.datasets.files.noting import listing_of, rejects_of
from sponde_server.datasets.files.opening import Opened
from sponde_server.datasets.files.scan import kind_of
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.datasets.sandbox.sandbox import Sandbox
from sponde_server.datasets.service import MEGABYTE, SpondeDatasets

from .code import code_for
from .records import (
    LinesAround,
    Problem,
    ProblemCode,
    ProblemCount,
    ProblemKind,
    ProblemPage,
    ReadingPreview,
    Writing,
    said_of,
)

MOST_PAGE = 1000
MOST_AROUND = 200
MOST_HEADERS = 20
MOST_SKIPPED = 300
MOST_WORDS = 100
MOST_COLUMNS = 10_000
LONGEST_LINE = 2000
CODED = 1000
AT_ONCE = 2


class DatasetProblems:
    """Problems of datasets, and the wishes of people about how files are read."""

    def __init__(self, *, database: Database, datasets: SpondeDatasets, folder: Path) -> None:
        self._database = database
        self._datasets = datasets
        self._sandbox = Sandbox(folder / "scratch", AT_ONCE)

    async def stop(self) -> None:
        """End every look into a file."""
        await self._sandbox.stop()

    # -- how it is written ------------------------------------------------------------------------

    async def preview(self, dataset_id: str, wishes: Writing) -> ReadingPreview:
        """Read the first rows as a person says; nothing of it is kept."""
        dataset = await self._datasets.get(dataset_id)
        self._check(wishes)
        profile = await self._database.read(store.find_profile, dataset_id)
        opened = await self._text_of(dataset)
        kept = dataset.wishes is not None and dataset.wishes.encoding is not None
        answer = await self._sandbox.work(
            {
                "work": "look",
                "path": str(opened.path),
                "wishes": said_of(wishes, opened.writing),
                "encoding": profile.dialect.encoding if profile and not kept else "",
                "files": [str(opened.path)],
                "memory": self._datasets.max_query_memory * MEGABYTE,
                "threads": 2,
            },
            seconds=self._datasets.max_query_seconds,
            setting="SpondeDatasets.max_query_seconds",
        )
        return convert(ReadingPreview, answer)  # type: ignore[no-any-return]

    async def say(self, dataset_id: str, wishes: Writing) -> Dataset:
        """Keep what a person says about how a file is written, and read it again so."""
        dataset = await self._datasets.get(dataset_id)
        self._check(wishes)
        said = None if wishes == Writing() else wishes
        if said == dataset.wishes:
            return dataset
        if said is not None:
            # Refused here where the file cannot be read so: what is known of it stays.
            await self.preview(dataset_id, said)
        await self._database.write(store.set_wishes, replace(dataset, wishes=said))
        return await self._datasets.profiles.read_again(await self._datasets.get(dataset_id))

    def _check(self, wishes: Writing) -> None:
        for name, text, bounds in (
            ("delimiter", wishes.delimiter, (1, 1)),
            ("quote", wishes.quote, (0, 1)),
            ("escape", wishes.escape, (0, 1)),
            ("beginning of comments", wishes.comment, (0, 10)),
        ):
            if text is not None and not bounds[0] <= len(text) <= bounds[1]:
                raise Invalid(
                    f"'{text}' cannot be the {name}: it has {len(text)} characters.",
                    "Give one character."
                    if bounds[1] == 1
                    else f"Give at most {bounds[1]} characters.",
                )
            if text and ("\n" in text or "\r" in text):
                raise Invalid(f"A line end cannot be the {name}.", "Give another character.")
        if wishes.delimiter is not None and wishes.delimiter == wishes.quote:
            raise Invalid(
                f"'{wishes.quote}' cannot be delimiter and quote at once.", "Change one of them."
            )
        for name, number, most in (
            ("rows of names", wishes.header_rows, MOST_HEADERS),
            ("skipped lines", wishes.skip_lines, MOST_SKIPPED),
        ):
            if number is not None and not 0 <= number <= most:
                raise Invalid(f"There cannot be {number:,} {name}.", f"Give 0 to {most}.")
        if wishes.missing is not None and len(wishes.missing) > MOST_WORDS:
            raise Invalid(
                f"{len(wishes.missing):,} words for no value are too many.",
                f"Give at most {MOST_WORDS}.",
            )
        if max(len(wishes.text_columns), len(wishes.whole_columns)) > MOST_COLUMNS:
            raise Invalid("These are too many columns.", f"Give at most {MOST_COLUMNS:,}.")
        if wishes.encoding is not None:
            _check_encoding(wishes.encoding)

    async def _text_of(self, dataset: Dataset) -> Opened:
        """Give the file whose text is read, or say why there is none."""
        opened = await self._datasets.profiles.opened(dataset)
        kind = await asyncio.to_thread(kind_of, opened.path)
        if kind != "csv":
            raise Conflict(
                f"'{dataset.name}' says itself how it is written.",
                "There is nothing to choose for Parquet, JSON and Arrow files.",
            )
        return opened

    # -- the list ---------------------------------------------------------------------------------

    async def page(
        self, dataset_id: str, kind: str = "", column: str = "", offset: int = 0, limit: int = 100
    ) -> ProblemPage:
        """Give some of a dataset's problems."""
        profile = await self._datasets.profile(dataset_id)
        chosen = ProblemKind(kind) if kind in set(ProblemKind) else None
        if kind and chosen is None:
            raise Invalid(
                f"There are no problems of the kind '{kind}'.",
                f"The kinds are {', '.join(ProblemKind)}.",
            )
        copy = self._datasets.profiles.copy_of(dataset_id)
        first, most = max(0, offset), min(max(1, limit), MOST_PAGE)
        kinds = _kinds(profile)

        def read() -> tuple[tuple[Problem, ...], int]:
            shown: list[Problem] = []
            number = 0
            for line in _listed(profile, copy, chosen, column):
                if first <= number < first + most:
                    shown.append(convert(Problem, json.loads(line)))
                number += 1
            return tuple(shown), number

        problems, listed = await asyncio.to_thread(read)
        count = (
            listed
            if column
            else sum(one.count for one in kinds if chosen is None or one.kind is chosen)
        )
        return ProblemPage(
            problems=problems,
            count=max(count, listed),
            listed=listed,
            kinds=kinds,
            rejects=profile.rows_left_out,
            lines=profile.lines,
        )

    async def code(self, dataset_id: str, kind: ProblemKind, column: str) -> ProblemCode:
        """Write code that mends the problems of a kind, in one column where they are in one."""
        dataset = await self._datasets.get(dataset_id)
        profile = await self._datasets.profile(dataset_id)
        # Names are given all at once: each has a column of its own.
        of = "" if kind is ProblemKind.NAME else column
        page = await self.page(dataset_id, kind.value, of, 0, CODED)
        return ProblemCode(
            code=code_for(dataset, profile, kind, column, page),
            chat=f"/clean @{dataset.name} {column}".strip(),
        )

    async def rejects(self, dataset_id: str) -> tuple[str, Path]:
        """Give the name and the place of the file with the rows that are left out."""
        dataset = await self._datasets.get(dataset_id)
        await self._datasets.profile(dataset_id)
        path = rejects_of(self._datasets.profiles.copy_of(dataset_id))
        if not await asyncio.to_thread(path.exists):
            raise NotFound(
                f"No row of '{dataset.name}' is left out.",
                "There is a file of rejects as soon as rows are.",
            )
        return f"{dataset.name}_rejects.csv", path

    async def listing(self, dataset_id: str) -> tuple[str, bytes]:
        """Give all problems as a CSV file."""
        import csv
        import io

        dataset = await self._datasets.get(dataset_id)
        profile = await self._datasets.profile(dataset_id)
        copy = self._datasets.profiles.copy_of(dataset_id)

        def write() -> bytes:
            out = io.StringIO()
            fields = ("line", "kind", "column", "row", "message", "text")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(fields)
            for one in map(json.loads, _listed(profile, copy)):
                writer.writerow([one.get(name) for name in fields])
            return out.getvalue().encode()

        return f"{dataset.name}_problems.csv", await asyncio.to_thread(write)

    async def around(self, dataset_id: str, line: int, around: int = 4) -> LinesAround:
        """Give the lines of the file around one, as they are."""
        dataset = await self._datasets.get(dataset_id)
        profile = await self._datasets.profile(dataset_id)
        opened = await self._text_of(dataset)
        some = min(max(0, around), MOST_AROUND)
        first = max(1, line - some)
        return LinesAround(
            first=first,
            lines=await asyncio.to_thread(
                _lines,
                opened.path,
                profile.dialect.encoding,
                profile.dialect.mended,
                first,
                line + some,
            ),
        )


def _check_encoding(name: str) -> None:
    try:
        found = codecs.lookup(name)
        is_text = "a".encode(found.name) is not None
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise Invalid(
            f"There is no text encoding called '{name}'.",
            "Choose one such as utf-8, cp1252, utf-16 or shift_jis.",
        )


def _listed(
    profile: Profile, copy: Path, kind: ProblemKind | None = None, column: str = ""
) -> Iterator[str]:
    """Give what is listed as JSON: what opening the file has shown, then what its text has."""
    path = listing_of(copy)
    own = sum(one.count for one in profile.problem_kinds)
    opening = profile.problem_count - own
    lines = (json.dumps(plain(one)) for one in profile.problems[: opening if own else None])
    for line in chain(lines, _text_lines(path) if own else ()):
        if kind is not None and f'"kind": "{kind.value}"' not in line[:30]:
            continue
        if column and (json.dumps(column) not in line or json.loads(line).get("column") != column):
            continue
        yield line


def _text_lines(path: Path) -> Iterator[str]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from file


def _kinds(profile: Profile) -> tuple[ProblemCount, ...]:
    counts = {one.kind: one.count for one in profile.problem_kinds}
    opening = profile.problem_count - sum(counts.values())
    for problem in profile.problems[: max(0, opening)]:
        counts[problem.kind] = counts.get(problem.kind, 0) + 1
    made = [ProblemCount(kind=kind, count=count) for kind, count in counts.items()]
    return tuple(sorted(made, key=lambda one: -one.count))


def _lines(path: Path, encoding: str, is_text: bool, first: int, last: int) -> tuple[str, ...]:
    """Read some lines; as text where a line may end in other ways than with a line feed."""
    if is_text:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            found = list(islice(file, first - 1, last))
    else:
        with path.open("rb") as raw:
            found = [line.decode("utf-8", "replace") for line in islice(raw, first - 1, last)]
    return tuple(line.rstrip("\r\n").replace("\0", "\u2400")[:LONGEST_LINE] for line in found)
