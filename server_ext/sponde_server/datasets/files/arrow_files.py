"""Arrow files, Arrow streams and Feather of both versions, written as Parquet batch by batch.

Runs in the sandbox's child. Every batch is checked before it is used: a damaged file must end in
a sentence.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Invalid

FILE = b"ARROW1"
FEATHER_1 = b"FEA1"
STREAM = b"\xff\xff\xff\xff"
"""How messages of a stream begin; said by text in no encoding."""


def is_arrow(head: bytes) -> bool:
    """Say whether a file that begins like this is one of Arrow's."""
    is_stream = head.startswith(STREAM) and len(head) > 8 and head[8:9] != b"\xff"
    return head.startswith((FILE, FEATHER_1)) or is_stream


def to_parquet(source: Path, target: Path, name: str) -> list[str]:
    """Write an Arrow or Feather file as Parquet; give what one should know."""
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    try:
        with pa.OSFile(str(source)) as file:
            return _write(*_batches(source, file), target)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise Invalid(
            f"'{name}' cannot be read as Arrow: it is cut or damaged ({_first(error)}).",
            "Make the file again.",
        ) from error


def _first(error: BaseException) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:160]


def _batches(source: Path, file: Any) -> tuple[Any, Iterable[Any]]:
    import pyarrow as pa

    head = file.read(8)
    file.seek(0)
    if head.startswith(FEATHER_1):
        from pyarrow import feather

        table = feather.read_table(str(source), memory_map=False)
        return table.schema, table.to_batches(max_chunksize=100_000)
    if head.startswith(FILE):
        reader = pa.ipc.open_file(file)
        return reader.schema, (
            reader.get_batch(number) for number in range(reader.num_record_batches)
        )
    reader = pa.ipc.open_stream(file)
    return reader.schema, reader


def _write(schema: Any, batches: Iterable[Any], target: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    as_text = [place for place, one in enumerate(schema) if not _is_writable(one)]
    fields = [pa.field(one.name, pa.string()) if place in as_text else one
              for place, one in enumerate(schema)]  # fmt: skip
    made = pa.schema(fields)
    with pq.ParquetWriter(str(target), made, compression="zstd") as writer:
        for batch in _checked(batches):
            columns = [
                _texts(column) if place in as_text else column
                for place, column in enumerate(batch.columns)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=made), row_group_size=122_880)
    if not as_text:
        return []
    shown = ", ".join(f"'{schema.field(place).name}'" for place in as_text[:4])
    return [
        f"{shown}{', …' if len(as_text) > 4 else ''}: values of a type that only Arrow has "
        "are read as text."
    ]


def _checked(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        batch.validate(full=True)
        yield batch


def _is_writable(field: Any) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetWriter(pa.BufferOutputStream(), pa.schema([field])) as writer:
            writer.write_table(pa.schema([field]).empty_table())
    except (pa.ArrowException, NotImplementedError):
        return False
    return not pa.types.is_duration(field.type)


def _texts(column: Any) -> Any:
    import pyarrow as pa

    return pa.array(
        [None if value is None else str(value) for value in column.to_pylist()], pa.string()
    )
