"""A file gives one profile, whether it is kept whole, counted in the file, or read row by row."""

import duckdb
import pytest

from sponde_server.datasets.files import words
from sponde_server.datasets.profile.profile import profile

FILES = {
    "numbers": "id,price,day,word,gap\n"
    + "".join(
        f"{at},{at * 7 % 13}.{at % 10}0,2024-0{1 + at % 9}-1{at % 10},w{at % 5},{at % 3 or ''}\n"
        for at in range(300)
    ),
    "repeated rows": "a,b\n" + "1,x\n1.0,x\n2,\n2,\n" * 40,
    "words for nothing": "a,b,c\n" + "NA,1,x\n3,NA,y\n,2,-\n" * 50,
    "a value that does not fit": "a,b\n" + "1,2024-01-31\n2,2024-02-01\n" * 60 + "x,2024-02-30\n",
    "two orders of dates": "d\n" + "13/01/2024\n01/14/2024\n02/15/2024\n" * 30,
    "quoted ends of lines": 'a,b\n"x\ny",1\n"z",2\n' * 1 + '"u\nv",3\n' * 50,
    "rows of nothing": "a,b,c\n" + "1,2,3\n,,\n" * 30,
    "short rows": "a,b,c\n" + "1,2,3\n1,2\n" * 30,
    "names alone": "a,b,c\n",
    "one column": "a\n" + "x\n\ny\n" * 20,
}


def told_of(path, folder, monkeypatch, in_tables, tried):
    """Profile a file, read in one of the ways."""
    monkeypatch.setattr(words, "IN_TABLES", in_tables)
    monkeypatch.setattr(words, "TRIED_SOON", tried)
    monkeypatch.setattr("sponde_server.datasets.files.as_table.LOOKED_AT_BESIDE", in_tables)
    with duckdb.connect() as con:
        made = profile(con, path, folder / "copy.csv")
    for column in made["columns"]:
        # The same to the last digits: a mean of counts adds up in another order.
        for name in ("mean", "deviation"):
            column[name] = column.get(name) and float(f"{column[name]:.12g}")
        # Which values were seen first and which by chance.
        del column["examples"][1:]
    del made["seconds"]
    return made


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_alike_in_whichever_way_it_is_read(tmp_path, monkeypatch, name):
    path = tmp_path / "file.csv"
    path.write_text(FILES[name])
    whole = told_of(path, tmp_path, monkeypatch, 10**9, 20_000)
    assert told_of(path, tmp_path, monkeypatch, 0, 20_000) == whole
    # By its first rows nothing repeats: everything is kept, row by row.
    assert told_of(path, tmp_path, monkeypatch, 0, 3) == whole
