"""Rows of where blocks were used, added up by DuckDB."""

from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import many, stamp

from .records import UsageWeek, UsedPlace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

MOST_PLACES = 300


def list_places(con: "Connection", block_id: str) -> list[UsedPlace]:
    """List the cells and kernels in which a block was used, the latest first; no trials."""
    return many(
        con,
        UsedPlace,
        "SELECT CASE WHEN notebook = '' OR place = 'call' THEN 'kernel' ELSE 'notebook' END "
        "AS kind, '' AS label, notebook AS path, cell_id, "
        "count(*) FILTER (outcome = 'ok') AS ok, count(*) FILTER (outcome = 'failed') AS failed, "
        "arg_max(outcome, ended_at) FILTER (outcome <> 'waiting') AS last_outcome, "
        "max(coalesce(ended_at, used_at)) AS last_at "
        "FROM use WHERE block_id = ? AND place <> 'try' "
        "GROUP BY kind, notebook, cell_id ORDER BY last_at DESC, path, cell_id LIMIT ?",
        [block_id, MOST_PLACES],
    )


def list_weeks(con: "Connection", block_id: str, weeks: int, moment: datetime) -> list[UsageWeek]:
    """Count a block's uses by week, up to the week of this moment."""
    return many(
        con,
        UsageWeek,
        "WITH span AS (SELECT unnest(generate_series("
        "date_trunc('week', ?::TIMESTAMP) - to_weeks(? - 1), "
        "date_trunc('week', ?::TIMESTAMP), INTERVAL 1 WEEK)) AS begins_at), "
        "uses AS (SELECT date_trunc('week', used_at) AS week, outcome FROM use "
        "WHERE block_id = ?) "
        "SELECT begins_at, count(*) FILTER (outcome = 'ok') AS ok, "
        "count(*) FILTER (outcome = 'failed') AS failed, "
        "count(*) FILTER (outcome = 'waiting') AS waiting "
        "FROM span LEFT JOIN uses ON week = begins_at GROUP BY begins_at ORDER BY begins_at",
        [stamp(moment), weeks, stamp(moment), block_id],
    )
