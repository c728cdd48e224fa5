"""Rows of requests, of the sums that old ones become, of prices and of budgets.

Sums come from single requests and from `usage_day` together: a request is in one of them, never
in both.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sponde_server.core.rows import columns, insert, many, one, replace, stamp

from .budgets import Line, caller_of
from .records import Budget, Grouping, ModelRequest, Price, RequestOutcome, Sums, UsageGroup

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

ROWS_A_STATEMENT = 2000
KEYS = {
    Grouping.MODEL: "model_id",
    Grouping.PERSON: "person",
    Grouping.KIND: "kind",
    Grouping.TOKEN: "token",
    Grouping.CONVERSATION: "conversation_id",
    Grouping.DAY: "day",
}
_WHO = "model_id, person, kind, token, conversation_id"
_TYPES = {
    "id": "VARCHAR",
    "asked_at": "TIMESTAMP",
    "day": "DATE",
    "model_id": "VARCHAR",
    "person": "VARCHAR",
    "kind": "VARCHAR",
    "token": "VARCHAR",
    "conversation_id": "VARCHAR",
    "operation": "VARCHAR",
    "outcome": "VARCHAR",
    "prompt_tokens": "BIGINT",
    "completion_tokens": "BIGINT",
    "is_counted": "BOOLEAN",
    "cost": "DOUBLE",
    "is_priced": "BOOLEAN",
    "first_token_ms": "DOUBLE",
    "duration_ms": "DOUBLE",
}
_REQUEST = ", ".join(_TYPES)
_SUMMED = (
    "requests, answered, stopped, failed, refused, prompt_tokens, completion_tokens, "
    "estimated_tokens, cost, unpriced"
)
_ROW_SUMS = """
    1 AS requests,
    (outcome = 'answered')::BIGINT AS answered,
    (outcome = 'stopped')::BIGINT AS stopped,
    (outcome IN ('failed', 'cut'))::BIGINT AS failed,
    (outcome = 'refused')::BIGINT AS refused,
    prompt_tokens,
    completion_tokens,
    CASE WHEN is_counted THEN 0 ELSE prompt_tokens + completion_tokens END AS estimated_tokens,
    cost,
    (NOT is_priced AND outcome <> 'refused')::BIGINT AS unpriced
"""


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which requests: those of some days that have these things in common."""

    since: date
    until: date
    equal: dict[str, str] = field(default_factory=dict)
    """Columns and what they must be; nothing: anything."""

    def where(self, *also: str) -> tuple[str, list[Any]]:
        """Give the condition, and its values."""
        known = {name: value for name, value in self.equal.items() if value}
        parts = ["day BETWEEN ? AND ?", *(f"{name} = ?" for name in known), *also]
        return " AND ".join(parts), [self.since, self.until, *known.values()]


# -- requests ---------------------------------------------------------------------------------


def add_requests(con: "Connection", requests: Sequence[tuple[date, ModelRequest]]) -> None:
    """Add requests, each with its day; one that is there already stays as it is.

    As one JSON text: binding each value by itself costs ten times as much.
    """
    for start in range(0, len(requests), ROWS_A_STATEMENT):
        part = requests[start : start + ROWS_A_STATEMENT]
        con.execute(
            f"INSERT OR IGNORE INTO model_request ({_REQUEST}) "
            "SELECT unnest(found) FROM (SELECT unnest(from_json(?, ?)) AS found)",
            [json.dumps([_row(day, request) for day, request in part]), json.dumps([_TYPES])],
        )


def list_requests(
    con: "Connection", which: Which, before: str, outcome: str, limit: int
) -> list[ModelRequest]:
    """Give single requests, the newest first; those before one where it is named."""
    earlier = "(asked_at, id) < (SELECT (asked_at, id) FROM model_request WHERE id = ?)"
    also = ([earlier] if before else []) + (["outcome = ?"] if outcome else [])
    where, values = which.where(*also)
    values += [value for value in (before, outcome) if value]
    found = con.execute(
        f"SELECT {_REQUEST} FROM model_request WHERE {where} "
        "ORDER BY asked_at DESC, id DESC LIMIT ?",
        [*values, limit],
    ).fetchall()
    return [_request(row) for row in found]


def find_request(con: "Connection", request_id: str) -> ModelRequest | None:
    """Find a request by its id."""
    sql = f"SELECT {_REQUEST} FROM model_request WHERE id = ?"
    row = con.execute(sql, [request_id]).fetchone()
    return None if row is None else _request(row)


def fold(con: "Connection", before: date) -> int:
    """Turn the single requests of the days before one into daily sums; give how many."""
    sums = ", ".join(f"sum({name.strip()})" for name in _SUMMED.split(","))
    con.execute(
        f"INSERT INTO usage_day (day, {_WHO}, {_SUMMED}) SELECT day, {_WHO}, {sums} "
        f"FROM (SELECT day, {_WHO}, {_ROW_SUMS} FROM model_request WHERE day < ?) "
        f"GROUP BY day, {_WHO}",
        [before],
    )
    gone = con.execute("DELETE FROM model_request WHERE day < ?", [before]).fetchone()
    return int(gone[0]) if gone else 0


# -- sums -------------------------------------------------------------------------------------


def summed(con: "Connection", which: Which, by: Grouping) -> tuple[Sums, list[UsageGroup]]:
    """Sum the requests of some days, all together and by one thing."""
    key = KEYS[by]
    where, values = which.where()
    adding = ", ".join(f"coalesce(sum({name.strip()}), 0)" for name in _SUMMED.split(","))
    found = con.execute(
        f"""
        WITH line AS (
            SELECT {key} AS key, {_ROW_SUMS},
                first_token_ms AS first,
                CASE WHEN outcome = 'answered' THEN duration_ms END AS duration
            FROM model_request WHERE {where}
            UNION ALL
            SELECT {key} AS key, {_SUMMED}, NULL, NULL FROM usage_day WHERE {where}
        )
        SELECT grouping(key), key, {adding},
            quantile_cont(first, [0.5, 0.95]), quantile_cont(duration, [0.5, 0.95])
        FROM line GROUP BY GROUPING SETS ((key), ())
        """,
        [*values, *values],
    ).fetchall()
    total = next((_sums(row) for row in found if row[0]), Sums())
    groups = [UsageGroup(key=str(row[1]), sums=_sums(row)) for row in found if not row[0]]
    groups.sort(key=lambda group: group.key)
    if by is not Grouping.DAY:
        groups.sort(key=lambda group: _weight(group.sums), reverse=True)
    return total, groups


def days(con: "Connection", which: Which) -> list[tuple[Any, ...]]:
    """Give what each asker took from each model on each day: the rows of a table to download."""
    where, values = which.where()
    sums = ", ".join(f"sum({name.strip()})" for name in _SUMMED.split(","))
    return con.execute(
        f"""
        WITH line AS (
            SELECT day, {_WHO}, {_ROW_SUMS} FROM model_request WHERE {where}
            UNION ALL SELECT day, {_WHO}, {_SUMMED} FROM usage_day WHERE {where}
        )
        SELECT day, {_WHO}, {sums} FROM line GROUP BY day, {_WHO} ORDER BY day, {_WHO}
        """,
        [*values, *values],
    ).fetchall()


def lines(con: "Connection", since: date) -> list[Line]:
    """Give what was taken since a day, for the budgets; refused requests took nothing."""
    found = con.execute(
        f"""
        SELECT day, {_WHO}, sum(requests)::BIGINT, sum(tokens)::BIGINT, sum(cost) FROM (
            SELECT day, {_WHO}, 1 AS requests, prompt_tokens + completion_tokens AS tokens, cost
            FROM model_request WHERE day >= ? AND outcome <> 'refused'
            UNION ALL
            SELECT day, {_WHO}, requests - refused, prompt_tokens + completion_tokens, cost
            FROM usage_day WHERE day >= ?
        ) GROUP BY day, {_WHO}
        """,
        [since, since],
    ).fetchall()
    return [
        Line(day, model_id, caller_of(*who), requests, tokens, cost)
        for day, model_id, *who, requests, tokens, cost in found
    ]


# -- prices -----------------------------------------------------------------------------------


def list_prices(con: "Connection") -> list[Price]:
    """Give every price there ever was, the newest first."""
    return many(con, Price, f"SELECT {columns(Price)} FROM price ORDER BY since DESC, id DESC")


def add_price(con: "Connection", price: Price) -> None:
    """Add a price."""
    insert(con, "price", price)


def set_price_removed(con: "Connection", price_id: str, removed_at: datetime | None) -> bool:
    """Remove a price, or bring it back; false where there is none."""
    found = one(con, Price, f"SELECT {columns(Price)} FROM price WHERE id = ?", [price_id])
    if found is None:
        return False
    con.execute(
        "UPDATE price SET removed_at = ? WHERE id = ?",
        [None if removed_at is None else stamp(removed_at), price_id],
    )
    return True


# -- budgets ----------------------------------------------------------------------------------


def list_budgets(con: "Connection") -> list[Budget]:
    """Give the budgets that are not removed, the oldest first."""
    sql = f"SELECT {columns(Budget)} FROM budget WHERE removed_at IS NULL ORDER BY id"
    return many(con, Budget, sql)


def find_budget(con: "Connection", budget_id: str) -> Budget | None:
    """Find a budget by its id, removed or not."""
    return one(con, Budget, f"SELECT {columns(Budget)} FROM budget WHERE id = ?", [budget_id])


def add_budget(con: "Connection", budget: Budget) -> None:
    """Add a budget."""
    insert(con, "budget", budget)


def update_budgets(con: "Connection", budgets: Iterable[Budget]) -> None:
    """Write budgets over their rows."""
    for budget in budgets:
        replace(con, "budget", budget)


# -- rows and records -------------------------------------------------------------------------


def _row(day: date, request: ModelRequest) -> dict[str, Any]:
    who = request.caller
    return {
        "id": _text(request.id),
        "asked_at": stamp(request.at).isoformat(),
        "day": day.isoformat(),
        "model_id": _text(request.model_id),
        "person": _text(who.person),
        "kind": who.kind.value,
        "token": _text(who.token),
        "conversation_id": _text(who.conversation_id),
        "operation": _text(request.operation),
        "outcome": request.outcome.value,
        "prompt_tokens": request.prompt_tokens,
        "completion_tokens": request.completion_tokens,
        "is_counted": request.is_counted,
        "cost": request.cost,
        "is_priced": request.is_priced,
        "first_token_ms": request.first_token_ms,
        "duration_ms": request.duration_ms,
    }


def _text(text: str) -> str:
    """Replace what no history can hold, so that one odd name does not keep others from it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _request(row: Sequence[Any]) -> ModelRequest:
    request_id, at, _, model_id, person, kind, token, conversation_id, operation, outcome = row[:10]
    prompt, completion, is_counted, cost, is_priced, first, duration = row[10:]
    return ModelRequest(
        id=request_id,
        at=at.replace(tzinfo=UTC),
        caller=caller_of(person, kind, token, conversation_id),
        model_id=model_id,
        operation=operation,
        outcome=RequestOutcome(outcome),
        prompt_tokens=prompt,
        completion_tokens=completion,
        is_counted=is_counted,
        cost=cost,
        is_priced=is_priced,
        first_token_ms=first,
        duration_ms=duration,
    )


def _weight(sums: Sums) -> tuple[float, int, int]:
    """Say what makes a group stand before another."""
    return sums.cost, sums.prompt_tokens + sums.completion_tokens, sums.requests


def _sums(row: Sequence[Any]) -> Sums:
    counts = [int(value) for value in row[2:10]]
    first, duration = row[12] or (None, None), row[13] or (None, None)
    return Sums(
        requests=counts[0],
        answered=counts[1],
        stopped=counts[2],
        failed=counts[3],
        refused=counts[4],
        prompt_tokens=counts[5],
        completion_tokens=counts[6],
        estimated_tokens=counts[7],
        cost=float(row[10]),
        unpriced=int(row[11]),
        first_token_p50_ms=first[0],
        first_token_p95_ms=first[1],
        duration_p50_ms=duration[0],
        duration_p95_ms=duration[1],
    )
