"""Rows of the folder that holds the library as files."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one
from sponde_server.library.records import CodeBlock

from .records import FolderFile, LibraryFolder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def find_folder(con: "Connection") -> LibraryFolder | None:
    """Find the folder that is set."""
    return one(con, LibraryFolder, f"SELECT {columns(LibraryFolder)} FROM library_folder")


def put_folder(con: "Connection", folder: LibraryFolder | None) -> None:
    """Set the folder, or with None none; the files of another one are forgotten."""
    con.execute("DELETE FROM library_folder")
    con.execute("DELETE FROM folder_file")
    if folder:
        insert(con, "library_folder", folder)


def note_seen(con: "Connection", change: int) -> None:
    """Note up to which change of the library the files are written."""
    con.execute("UPDATE library_folder SET seen_change = ?", [change])


def last_change(con: "Connection") -> int:
    """Give the number of the library's last change."""
    row = con.execute("SELECT max(change) FROM code_block").fetchone()
    return int(row[0] or 0) if row else 0


def list_changed(con: "Connection", after: int) -> list[tuple[str, bool]]:
    """List the blocks that were written after a change, and whether each is deleted."""
    rows = con.execute(
        "SELECT id, removed_at IS NOT NULL FROM code_block WHERE coalesce(change, 0) > ? "
        "ORDER BY id",
        [after],
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def list_files(con: "Connection") -> list[FolderFile]:
    """List the files of blocks."""
    return many(con, FolderFile, f"SELECT {columns(FolderFile)} FROM folder_file")


def put_file(con: "Connection", file: FolderFile) -> None:
    """Note a block's file in place of what was noted."""
    con.execute("DELETE FROM folder_file WHERE block_id = ?", [file.block_id])
    insert(con, "folder_file", file)


def remove_file(con: "Connection", block_id: str) -> None:
    """Forget a block's file."""
    con.execute("DELETE FROM folder_file WHERE block_id = ?", [block_id])


def find_any(con: "Connection", block_id: str) -> CodeBlock | None:
    """Find a block, deleted or not."""
    return one(
        con, CodeBlock, f"SELECT {columns(CodeBlock)} FROM code_block WHERE id = ?", [block_id]
    )
