"""Some rows of a dataset as a file: its first ones, and random ones of the rest.

Runs in the sandbox's child only. The same file gives the same rows.
"""

import random
from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.forms import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FORMATS = {
    "parquet": "FORMAT parquet",
    "csv": "FORMAT csv, HEADER",
    "json": "FORMAT json",
}


def sample(con: "Connection", asked: dict[str, Any]) -> dict[str, int]:
    """Write the sample of the view `shown` to the target; give how many rows it has."""
    first, rest, rows = int(asked["first"]), int(asked["rest"]), int(asked["rows"])
    wanted = "SELECT * FROM shown"
    if rows > first + rest:
        drawn = random.Random(asked["seed"]).sample(range(first + 1, rows + 1), rest)
        numbers = ", ".join(map(str, sorted(drawn)))
        among = f" OR _sponde_row IN ({numbers})" if numbers else ""
        wanted = (
            "SELECT * EXCLUDE (_sponde_row) FROM "
            "(SELECT *, row_number() OVER () AS _sponde_row FROM shown) "
            f"WHERE _sponde_row <= {first}{among} ORDER BY _sponde_row"
        )
    target = literal(asked["target"])
    made = con.execute(f"COPY ({wanted}) TO {target} ({FORMATS[asked['format']]})").fetchone()
    return {"rows": int(made[0]) if made else 0}
