"""What may be written next in a command: from its grammar, real columns, notebooks, key candidates.

Places are counted in UTF-16 code units, as browsers count.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence

from sponde_server.chat.records import Argument, ArgumentKind, Command, Suggestion, Suggestions
from sponde_server.core.errors import SpondeError
from sponde_server.datasets.records import Column, Dataset

from .desk import Desk
from .quoting import identifier
from .table import COMMANDS
from .which import NAMED, notebooks

MOST = 50
KEYWORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "LEFT JOIN", "ON",
    "USING", "AS", "AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "IS NULL", "IS NOT NULL",
    "HAVING", "DISTINCT", "CASE", "WHEN", "THEN", "ELSE", "END", "UNION ALL", "WITH", "QUALIFY",
    "OVER", "PARTITION BY", "DESC", "ASC", "NULLS LAST", "EXCLUDE",
)  # fmt: skip
FUNCTIONS = {
    "count": "how many rows", "sum": "the sum", "avg": "the mean", "median": "the middle value",
    "min": "the smallest", "max": "the largest", "stddev": "the standard deviation",
    "quantile_cont": "a quantile", "mode": "the most frequent", "count_if": "how many hold",
    "arg_max": "a value where another is largest", "date_trunc": "cut a date to a period",
    "date_diff": "time between two dates", "strftime": "write a date", "strptime": "read a date",
    "year": "a date's year", "month": "a date's month", "dayofweek": "a date's weekday",
    "round": "round a number", "floor": "round down", "abs": "without its sign",
    "coalesce": "the first that is there", "nullif": "nothing where two are the same",
    "lower": "in small letters", "upper": "in capitals", "trim": "without spaces around it",
    "replace": "replace a part", "regexp_matches": "whether a pattern fits",
    "regexp_extract": "the part that fits a pattern", "split_part": "one part of a text",
    "length": "how many characters", "concat": "join texts", "cast": "as another type",
    "try_cast": "as another type, or nothing", "row_number": "number the rows",
    "lag": "the row before", "lead": "the row after", "rank": "the place in an order",
}  # fmt: skip
_SHAPE = re.compile(r"/([A-Za-z]+)\s")
_WORD = re.compile(r"[^\s,=@(]*$")


async def complete(text: str, caret: int, desk: Desk) -> Suggestions:
    """Give what may stand at the caret."""
    before = text.encode("utf-16-le")[: caret * 2].decode("utf-16-le", "ignore")
    nothing = Suggestions(start=caret, end=caret)
    shape = _SHAPE.match(before)
    command = next((one for one in COMMANDS if shape and one.name == shape[1].lower()), None)
    if shape is None or command is None:
        return nothing
    try:
        place = _Place(command, before[shape.end() :], await desk.datasets.list_all(), desk)
        offers = await place.offers()
    except SpondeError:
        return nothing
    found = _ranked(offers, place.typed)
    if len(found) == 1 and found[0].insert.strip() == place.typed_whole:
        return nothing
    start = caret - len(place.typed_whole.encode("utf-16-le")) // 2
    return Suggestions(start=start, end=caret, offers=tuple(found[:MOST]))


class _Place:
    """The end of what is written of a command."""

    def __init__(self, command: Command, rest: str, known: Sequence[Dataset], desk: Desk) -> None:
        self.command = command
        self.rest = rest
        self.known = known
        self.desk = desk
        self.quote = ""
        at = _open_quote(rest)
        if at is not None and not _is_sql(command, rest):
            self.typed_whole, self.quote = rest[at:], rest[at]
        elif at is not None and rest[at] == '"':
            self.typed_whole, self.quote = rest[at:], '"'
        else:
            self.typed_whole = (_WORD.search(rest) or [""])[0]
            if rest[: len(rest) - len(self.typed_whole)].endswith("@"):
                self.typed_whole = "@" + self.typed_whole
        self.typed = self.typed_whole.lstrip("@\"'`")
        self.done = rest[: len(rest) - len(self.typed_whole)]
        by_name = {one.name.casefold(): one for one in known}
        written = [found[1].casefold() for found in NAMED.finditer(self.done)]
        self.named = [by_name[name] for name in written if name in by_name]

    async def offers(self) -> list[Suggestion]:
        """Give everything that fits the grammar here."""
        kinds = {one.kind: one for one in self.command.arguments}
        datasets = [one for one in self.command.arguments if one.kind is ArgumentKind.DATASET]
        if self.command.name == "export":
            return await self._export(kinds)
        if self.command.name == "compare" and ".ipynb" in self.rest:
            return await self._notebooks()
        if self.typed_whole.startswith("@"):
            return self._datasets()
        if ArgumentKind.SQL in kinds and (self.named or self.done.strip()):
            return await self._sql()
        if ArgumentKind.NOTEBOOK in kinds:
            if ".ipynb" not in self.done:
                return await self._notebooks()
            return self._said(next(one for one in self.command.arguments if one.name == "when"))
        if len(self.named) < len(datasets):
            offers = self._datasets()
            if self.command.name == "compare" and not self.named:
                offers += await self._notebooks()
            return offers
        if ArgumentKind.COLUMN in kinds:
            return await self._columns()
        word = kinds.get(ArgumentKind.WORD)
        if word is not None and not self.done.strip():
            return _words(word)
        return []

    async def _export(self, kinds: dict[ArgumentKind, Argument]) -> list[Suggestion]:
        if self.typed_whole.startswith("@"):
            return self._datasets()
        if not self.done.strip():
            return _words(kinds[ArgumentKind.WORD])
        if self.done.split()[0].lower() != "csv":
            return []
        return await self._sql() if self.named else self._datasets()

    # -- what there is --------------------------------------------------------------------------

    def _datasets(self) -> list[Suggestion]:
        named = {one.id for one in self.named}
        return [
            Suggestion(
                kind="dataset",
                label=f"@{one.name}",
                detail="dataset" if one.rows is None else f"{one.rows:,} rows",
                insert=f"@{one.name} ",
            )
            for one in self.known
            if one.id not in named
        ]

    async def _notebooks(self) -> list[Suggestion]:
        if self.desk.root is None:
            return []
        found = await asyncio.to_thread(notebooks, self.desk.root)
        return [
            Suggestion(
                kind="notebook",
                label=path.rpartition("/")[2],
                detail=path.rpartition("/")[0] or "notebook",
                insert=(f'"{path}" ' if " " in path else f"{path} "),
            )
            for path in found
        ]

    async def _columns(self) -> list[Suggestion]:
        """Offer columns where the grammar has one, and the words that lead to others."""
        leads = [one for one in self.command.arguments if one.lead]
        said = re.sub(r"\"[^\"]*\"|'[^']*'|@\w+", " \x00 ", self.done)
        used = [one for one in leads if re.search(rf"(?:^|\s){one.lead}\s", said, re.IGNORECASE)]
        tail = said.rstrip()
        is_open = not tail.endswith("\x00") and not re.search(r"\w$", tail)
        is_led = any(tail.lower().endswith(f" {one.lead}") for one in used)
        is_first = said.replace("\x00", "").strip() == "" and tail.count("\x00") == len(self.named)
        plain = next(
            (one for one in self.command.arguments
             if one.kind is ArgumentKind.COLUMN and not one.lead),
            None,
        )  # fmt: skip
        offers: list[Suggestion] = []
        last = used[-1] if used else None
        if last is not None and (is_led or (last.repeats and is_open)):
            if last.kind is ArgumentKind.WORD:
                return _words(last)
            side = self.named[1:] if "=" in self.done.rpartition(",")[2] else self.named[:1]
            if self.command.name == "plot":
                side = self.named[:1]
            if self.command.name in ("join", "compare") and is_led:
                offers += await self._keys()
            taken = {offer.insert for offer in offers}
            return offers + [one for one in await self._of(side) if one.insert not in taken]
        if is_first and plain is not None:
            offers += await self._of(self.named[:1])
        elif len(self.named) > 1 and last is not None and last.repeats and "=" not in self.done:
            offers.append(_word("=", "the column of the other dataset"))
        if not self.quote and not (is_first and plain is not None):
            offers += [_word(one.lead, one.summary) for one in leads if one not in used]
        return offers

    async def _of(self, datasets: Iterable[Dataset]) -> list[Suggestion]:
        offers: list[Suggestion] = []
        for dataset in datasets:
            profile = await self.desk.datasets.profile(dataset.id)
            offers += [
                Suggestion(
                    kind="column",
                    label=column.name,
                    detail=_about(column),
                    insert=f"{_written(column.name)} ",
                )
                for column in profile.columns
            ]
        return offers

    async def _keys(self) -> list[Suggestion]:
        """Offer the pairs of columns whose values fit best."""
        from . import keys

        if len(self.named) < 2:
            return []
        left, right = [
            keys.Side(one, await self.desk.datasets.profile(one.id)) for one in self.named[:2]
        ]
        offers: list[Suggestion] = []
        for key in (await keys.find(left, right, self.desk.datasets))[:3]:
            one, other = _written(key.left[0]), _written(key.right[0])
            pair = one if key.left == key.right else f"{one} = {other}"
            offers.append(
                Suggestion(
                    kind="key",
                    label=pair,
                    detail=f"{key.share:.0%} in common",
                    insert=f"{pair} ",
                )
            )
        return offers

    async def _sql(self) -> list[Suggestion]:
        if self.rest.count("'") % 2:
            return []
        said = {word.casefold() for word in re.findall(r"\w+", self.rest)}
        tables = [one for one in self.known if one.name.casefold() in said] or list(self.known[:1])
        offers: list[Suggestion] = []
        for dataset in tables[:4]:
            profile = await self.desk.datasets.profile(dataset.id)
            offers += [
                Suggestion(
                    kind="column",
                    label=column.name,
                    detail=_about(column),
                    insert=column.name + " "
                    if re.fullmatch(r"[A-Za-z_]\w*", column.name)
                    and column.name.upper() not in KEYWORDS
                    else f"{identifier(column.name)} ",
                )
                for column in profile.columns
            ]
        if self.quote:
            return offers
        is_source = re.search(r"\b(?:from|join)\s+$", self.done, re.IGNORECASE)
        names = [
            Suggestion(kind="table", label=one.name, detail="table", insert=f"{one.name} ")
            for one in self.known
        ]
        if is_source:
            return names
        keywords = [
            Suggestion(kind="word", label=one, detail="", insert=f"{one} ") for one in KEYWORDS
        ]
        if not self.typed:
            starts = not re.search(r"\w", re.sub(r"@\w+", "", self.done))
            few = ("SELECT", "WHERE", "GROUP BY", "ORDER BY", "LIMIT")
            return [one for one in keywords if one.label in few] if starts else offers
        functions = [
            Suggestion(kind="function", label=f"{name}()", detail=about, insert=f"{name}(")
            for name, about in FUNCTIONS.items()
        ]
        return [*offers, *keywords, *functions, *names]

    def _said(self, argument: Argument) -> list[Suggestion]:
        """Offer whole phrases, as long as they go on with what was typed."""
        behind = self.done.partition(".ipynb")[2].strip("\"' ")
        begun = f"{behind} {self.typed}".strip().lower()
        offers = [
            Suggestion(kind="word", label=phrase, detail="", insert=f"{phrase} ")
            for phrase in argument.words
            if phrase.startswith(begun)
        ]
        if offers and behind:
            # The phrase replaces all that was typed of it.
            self.typed_whole = self.rest[self.rest.index(behind, self.rest.index(".ipynb")) :]
            self.typed = self.typed_whole
        return offers


def _words(argument: Argument) -> list[Suggestion]:
    return [
        Suggestion(kind="word", label=word, detail="" if place else argument.summary,
                   insert=f"{word} ")
        for place, word in enumerate(argument.words)
    ]  # fmt: skip


def _word(word: str, summary: str) -> Suggestion:
    return Suggestion(kind="word", label=word, detail=summary, insert=f"{word} ")


def _about(column: Column) -> str:
    text = column.kind.value
    if column.nulls:
        text += ", with gaps"
    return text


def _written(name: str) -> str:
    if re.fullmatch(r"\w+", name):
        return name
    quote = next((sign for sign in "\"'`" if sign not in name), '"')
    return f"{quote}{name}{quote}"


def _open_quote(text: str) -> int | None:
    """Give where the quote begins that is still open, if one is."""
    quote, at = "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in '"`' or (sign == "'" and (place == 0 or text[place - 1] in " =,(")):
            quote, at = sign, place
    return at if quote else None


def _is_sql(command: Command, rest: str) -> bool:
    return any(one.kind is ArgumentKind.SQL for one in command.arguments) and bool(rest.strip())


def _ranked(offers: Sequence[Suggestion], typed: str) -> list[Suggestion]:
    """Give those that begin with what was typed, then those that hold it."""
    low = typed.lower()
    begin = [one for one in offers if one.label.lstrip("@").lower().startswith(low)]
    hold = [one for one in offers if one not in begin and low in one.label.lower()]
    return [*begin, *hold]
