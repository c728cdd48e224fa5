"""Hostile and broken files end in a sentence: memory bounded, nothing left, the file unchanged."""

import contextlib
import gzip
import io
import json
import os
import resource
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from made_workbook import workbook

from sponde_server.core.errors import Conflict
from sponde_server.datasets.files.opening import Opener
from sponde_server.datasets.records import Dataset
from sponde_server.datasets.sandbox.sandbox import Sandbox

MEGABYTE = 1_000_000


@pytest.fixture
def datasets(make, run):
    """Give a service with bounds that a test can reach."""
    made = make(max_unpacked_bytes=300 * MEGABYTE, max_query_memory=300)
    yield made
    run(made.stop())


@pytest.fixture
def refused(take, datasets, root, tmp_path):
    """Add a file, and give the sentence that refuses it; nothing may be left of it."""

    async def tried(content, name):
        lay = _left(tmp_path / "datasets")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(Conflict) as said:
            await take(content, name)
        assert (root / name).read_bytes() == content
        assert _left(tmp_path / "datasets") == lay
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000
        assert said.value.message.endswith((".", ")", "'"))
        assert "Traceback" not in said.value.message
        assert said.value.hint
        return said.value.message

    return tried


def _left(folder: Path):
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size
    ]


def bomb(size, unit=bytes(MEGABYTE)):
    """Pack so many megabytes of nothing, quickly: one block is packed once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    body = once * size + b"\x03\x00"
    return body, size * len(unit)


def gzipped(size, unit=bytes(MEGABYTE)):
    body, length = bomb(size, unit)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
    return head + body + struct.pack("<II", 0, length & 0xFFFFFFFF)


def zip_of(name, body, length, said=None):
    """Write an archive by hand: a body that is packed already, and what it says of its length."""
    said = length if said is None else said
    raw = name.encode()
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, 0, len(body), said)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", len(raw), 0) + raw
    central = (
        b"PK\x01\x02" + struct.pack("<H", 20) + fields
        + struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, 0) + raw
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(body), 0)
    return local + body + central + b"PK\x05\x06" + end


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


async def test_a_gzip_bomb_is_stopped(refused):
    said = await refused(gzipped(1000), "bomb.csv.gz")
    assert "unpacks to more than the 0.3 GB" in said


async def test_a_large_packed_table_over_the_limit_names_the_setting(take, datasets, tmp_path):
    line = os.urandom(2000).hex().encode() + b",1\n"
    with pytest.raises(Conflict, match=r"more than the 0.3 GB that are allowed") as said:
        await take(gzipped(101, line * 750), "large.csv.gz")
    assert "SpondeDatasets.max_unpacked_bytes" in said.value.hint
    assert _left(tmp_path / "datasets") == []


async def test_a_zip_bomb_is_stopped_whatever_it_says_of_its_size(refused):
    body, length = bomb(1000)
    said = await refused(zip_of("a.csv", body, length), "bomb.zip")
    assert "unpacks to more than 500 times its size" in said
    said = await refused(zip_of("a.csv", body, length, said=1000), "liar.zip")
    assert "cut or damaged" in said


async def test_archives_in_archives_are_not_followed(refused):
    inner = zipped({"a.csv": "a\n1\n"})
    said = await refused(zipped({"b.zip": inner, "c.zip": inner}), "nest.zip")
    assert "holds other archives only ('b.zip', 'c.zip')" in said
    packed = zipped({"a.csv.gz": gzip.compress(gzip.compress(gzip.compress(b"a\n1\n")))})
    assert "packed more than 3 times over" in await refused(packed, "deep.zip")
    assert "archive in an archive" in await refused(zipped({"x.csv": inner}), "hidden.zip")


async def test_cut_files_are_refused_in_a_sentence(refused):
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = os.urandom(200_000).hex().encode()
    rows = b"a,b\n" + b"".join(text[n : n + 50] + b",1\n" for n in range(0, len(text), 50))
    table = pa.table({"a": list(range(50_000))})
    parquet, arrow = pa.BufferOutputStream(), pa.BufferOutputStream()
    pq.write_table(table, parquet)
    with pa.ipc.new_file(arrow, table.schema) as writer:
        writer.write_table(table)
    cut = {
        "cut.csv.gz": gzip.compress(rows),
        "cut.csv.zst": pa.compress(rows, codec="zstd", asbytes=True),
        "cut.zip": zipped({"a.csv": rows}),
        "cut.xlsx": workbook({"A": [[n, str(n)] for n in range(2000)]}),
        "cut.parquet": parquet.getvalue().to_pybytes(),
        "cut.arrow": arrow.getvalue().to_pybytes(),
    }
    for name, content in cut.items():
        said = await refused(content[: len(content) // 2], name)
        assert "cut" in said or "cannot be read as Parquet" in said, said


async def test_damaged_files_are_refused_and_never_end_the_server(take, datasets):
    import random

    import pyarrow as pa

    table = pa.table({"a": list(range(1000)), "b": ["x" * (n % 7) for n in range(1000)]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    wholes = {
        "a.arrow": sink.getvalue().to_pybytes(),
        "a.xlsx": workbook({"A": [[n, str(n)] for n in range(100)]}),
    }
    chance = random.Random(7)
    for name, content in wholes.items():
        for number in range(3):
            broken = bytearray(content)
            for _ in range(20):
                broken[chance.randrange(8, len(broken))] = chance.randrange(256)
            # Some damage does no harm; what does is told.
            with contextlib.suppress(Conflict):
                await take(bytes(broken), f"{number}_{name}")
    failed = [one for one in await datasets.list_all() if one.failure]
    assert failed
    assert all(one.failure.hint and "Traceback" not in one.failure.message for one in failed)
    assert (await datasets.query("SELECT 1")).rows == ((1,),)


async def test_a_workbook_that_is_a_bomb_is_stopped(refused):
    body, length = bomb(1000, b"<row/>" * 166_000)
    book = zipfile.ZipFile(io.BytesIO(workbook({"A": [[1]]})))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in book.namelist():
            if "sheet1" not in name:
                made.writestr(name, book.read(name))
    content = _with(out.getvalue(), "xl/worksheets/sheet1.xml", body, length)
    said = await refused(content, "bomb.xlsx")
    assert "unpacks to more than" in said


def _with(archive, name, body, length):
    """Add a packed body to an archive that was written before."""
    only = zip_of(name, body, length)
    begin = archive.index(b"PK\x01\x02")
    end = archive.rindex(b"PK\x05\x06")
    files = archive.count(b"PK\x01\x02", begin, end) + 1
    local = only[: only.index(b"PK\x01\x02", len(body))]
    central = bytearray(only[len(local) : only.rindex(b"PK\x05\x06")])
    central[42:46] = struct.pack("<I", begin)
    listed = archive[begin:end] + bytes(central)
    tail = struct.pack("<HHHHIIH", 0, 0, files, files, len(listed), begin + len(local), 0)
    return archive[:begin] + local + listed + b"PK\x05\x06" + tail


async def test_a_sheet_with_a_cell_in_the_last_corner_ends_in_a_sentence(refused):
    content = workbook({"A": [["a", "b"], [1, 2]]})
    book = zipfile.ZipFile(io.BytesIO(content))
    files = {name: book.read(name) for name in book.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"].decode()
    files["xl/worksheets/sheet1.xml"] = sheet.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert "memory" in await refused(zipped(files), "corner.xlsx")


async def test_a_workbook_with_a_password_says_so(refused):
    # What Excel writes: an old workbook's file with the new one encrypted in it.
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
    content += "EncryptedPackage".encode("utf-16-le") + bytes(3000)
    assert "protected by a password" in await refused(content, "secret.xlsx")


async def test_a_zip_with_a_password_says_so(refused):
    content = bytearray(zipped({"a.csv": "a\n1\n"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "protected by a password" in await refused(bytes(content), "secret.zip")


async def test_ten_thousand_columns_in_a_sheet_and_in_json_are_opened(root, tmp_path):
    import pyarrow.parquet as pq

    names = [f"c{n}" for n in range(10_000)]
    (root / "wide.xlsx").write_bytes(workbook({"A": [names, list(range(10_000))]}))
    (root / "wide.json").write_text(json.dumps([dict.fromkeys(names, 1)]))
    opener = Opener(Sandbox(tmp_path / "scratch", 1), tmp_path / "made")
    bounds = {"memory": 1000 * MEGABYTE, "most": 1000 * MEGABYTE}
    for name in ("wide.xlsx", "wide.json"):
        dataset = Dataset(name="wide", path=name, bytes=1)
        opened = await opener.open(dataset, root / name, bounds=bounds, seconds=250)
        if name == "wide.xlsx":
            assert opened.path.read_text().split("\n")[0].split(",") == names
        else:
            assert pq.read_schema(opened.path).names == names


async def test_a_line_of_a_hundred_megabytes_ends_in_a_sentence(refused):
    assert "MB long" in await refused(b"a,b\n" + b"x" * 100 * MEGABYTE, "long.csv")
    packed = gzip.compress(os.urandom(2000).hex().encode() * 25_000, 1)
    assert "MB long" in await refused(packed, "long.csv.gz")
    broken = b'{"a": "' + b"x" * 100 * MEGABYTE
    said = await refused(broken, "long.ndjson")
    assert "MB" in said or "not JSON" in said


async def test_nuls_quotes_and_nesting_without_end_are_survived(take, refused):
    _, profile = await take(gzip.compress(b"a,b\n1,\0x\n2,y\n"), "nul.csv.gz")
    assert profile.rows == 2
    _, profile = await take(b'a,b\n"1,2\n' + b"3,4\n" * 50_000, "quote.csv")
    assert profile.rows + profile.rows_left_out == 50_001
    assert "NUL" not in await refused(bytes(5000), "nuls.csv")
    assert "not JSON" in await refused(b"[" * 200_000, "deep.json")
    assert "not JSON" in await refused(b'{"a":' * 200_000, "deeper.json")
    assert "blank" in await refused(b"   \n \n", "blank.json")


async def test_what_is_no_table_is_refused_by_its_name(refused):
    tar = bytearray(1024)
    tar[257:262] = b"ustar"
    document = {"[Content_Types].xml": "x", "word/document.xml": "x"}
    cases = {
        "a.tar.gz": (gzip.compress(bytes(tar)), "is a tar archive"),
        "a.docx": (zipped(document), "is a document"),
        "a.zip": (
            zipped({"a.png": "x", "b.pdf": "y"}),
            "no file that is a table: 'a.png', 'b.pdf'",
        ),
        "b.zip": (zipped({}), "an archive without a file"),
        "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "cut or damaged"),
        "empty.xlsx": (workbook({"A": [], "B": []}), "Every sheet of the workbook"),
    }
    for name, (content, words) in cases.items():
        assert words in await refused(content, name), name
