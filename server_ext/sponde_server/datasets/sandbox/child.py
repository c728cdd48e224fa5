"""The sandbox's child: one piece of work on files given as JSON on standard input, then the end.

Limits of memory come first, then the work, then one JSON line on standard output. Knows no
server: whatever goes wrong in here, the server lives on.
"""

import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Invalid, SpondeError, TooLarge

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LEAVE_ROOM = 2_500_000_000
"""Address space beyond DuckDB's own limit: Python, threads' stacks, reserved and unused."""
LARGE = 200_000_000
"""Bytes from which a file is profiled compressed, with a quarter of the memory left for reading."""

ASIDE = re.compile(r"\n\n(?:LINE |Stack Trace:|Possible solutions:)|\s+Use SET ")
INNER = re.compile(
    r'\s+Did you mean "(?:pg_|duckdb_|sqlite_|pragma_|system\.|information_schema)\w*"\?'
)
"""Names of DuckDB's own tables, which a query may not read."""


def main() -> None:
    """Read the work, do it, write the answer."""
    asked = json.loads(sys.stdin.buffer.read())
    limit(int(asked["memory"]), int(asked.get("largest", 0)))
    try:
        answer = json.dumps({"answer": json.loads(_work(asked))})
    except SpondeError as error:
        answer = json.dumps({"error": error.body(), "status": error.status})
    except MemoryError:
        answer = json.dumps({"error": too_much(asked).body(), "status": 413})
    sys.stdout.write(answer)
    sys.stdout.flush()


def limit(memory: int, largest: int) -> None:
    """Bound this process's memory, and the files that it writes where a size is given."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; DuckDB's own holds.
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory + LEAVE_ROOM, memory + LEAVE_ROOM))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if largest:
            # Python ignores the signal: who writes more is told "File too large".
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def _work(asked: dict[str, Any]) -> str:
    import duckdb

    con = open_locked(asked)
    try:
        if asked["work"] == "profile":
            from sponde_server.datasets.profile.profile import profile

            path, mended = Path(asked["path"]), Path(asked["copy"])
            return json.dumps(profile(con, path, mended, asked.get("wishes")))
        if asked["work"] == "look":
            from sponde_server.datasets.files.look import look

            return json.dumps(look(con, asked))
        if asked["work"] == "first":
            from sponde_server.datasets.profile.first_view import first_view

            return json.dumps(first_view(con, asked))
        if asked["work"] == "open":
            from sponde_server.datasets.files.open_file import open_file

            return json.dumps(open_file(con, asked))
        if asked["work"] == "readers":
            from sponde_server.datasets.files.other_readers import list_all

            return json.dumps(list_all())
        if asked["work"] == "sample":
            from .sample import sample

            return json.dumps(sample(con, asked))
        if asked["work"] == "copy":
            from sponde_server.datasets.grid.working_child import copy

            return json.dumps(copy(con, asked))
        if asked["work"] in ("keep", "write", "words"):
            from sponde_server.datasets.sql.asked import answer

            return answer(con, asked)
        from sponde_server.datasets.sql.ask import ask

        return ask(con, asked["sql"], int(asked["limit"]))
    except duckdb.OutOfMemoryException as error:
        raise too_much(asked) from error
    except duckdb.PermissionException as error:
        raise Invalid(
            "This SQL reaches for a file or an address outside the datasets.",
            "Queries read datasets only, each by its name.",
        ) from error
    except duckdb.Error as error:
        raise Invalid(sentence(str(error)), "Correct the SQL and run it again.") from error
    finally:
        con.close()


def too_much(asked: dict[str, Any]) -> TooLarge:
    """Say that the memory is not enough."""
    return TooLarge(
        f"This needs more memory than the {int(asked['memory']) // 1_000_000} MB that are allowed.",
        "Ask for less at once, or raise SpondeDatasets.max_query_memory.",
    )


def sentence(text: str) -> str:
    """Make DuckDB's message fit for people: no marks under the SQL, no advice on settings."""
    kind, _, rest = text.partition(": ")
    body = ASIDE.split(rest if kind.endswith("Error") else text, maxsplit=1)[0]
    told = " ".join(INNER.sub("", body).split())[:600]
    return told if told.endswith((".", "!", "?")) else f"{told}."


def open_locked(asked: dict[str, Any]) -> "Connection":
    """Open DuckDB in memory, let it see the given files only, and lock its settings."""
    import duckdb

    con = duckdb.connect(
        config={
            "memory_limit": f"{int(asked['memory']) // 1_000_000}MB",
            "threads": int(asked["threads"]),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
            "temp_directory": asked["scratch"],
            "max_temp_directory_size": "20GB",
        }
    )
    if asked["work"] == "profile" and Path(asked["path"]).stat().st_size > LARGE:
        # Tables are kept compressed: what is profiled stays in memory, and is not written to disk.
        con.execute("ATTACH ':memory:' AS compressed (COMPRESS)")
        con.execute("USE compressed")
        con.execute(f"SET memory_limit = '{int(asked['memory']) * 3 // 4 // 1_000_000}MB'")
    con.execute("SET allowed_paths = ?", [asked["files"]])
    if asked["work"] in ("open", "look"):
        # What a file is made into passes through here; no SQL of a stranger runs.
        con.execute("SET allowed_directories = ?", [[asked["scratch"]]])
    con.execute("SET enable_external_access = false")
    for view in asked.get("views", ()):
        con.execute(view)
    if asked.get("tells_places"):
        con.execute("SET errors_as_json = true")
    con.execute("SET lock_configuration = true")
    return con


if __name__ == "__main__":
    main()
