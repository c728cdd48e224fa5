import pytest

from sponde_server.core.errors import Invalid
from sponde_server.datasets.files.scan import kind_of, sample_lines, scan


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("navn,by\nKåre,Bodø\n".encode("cp1252"), "cp1252"),
        ("navn,by\nKåre,Bodø\n".encode("utf-16"), "utf-16"),
        ("navn,by\nKare,Bodo\n".encode("utf-16-le"), "utf-16-le"),
        ("navn,by\nKåre,Bodø\n".encode("utf-8-sig"), "utf-8-sig"),
        ("navn,by\nKåre,Bodø\n".encode(), "utf-8"),
        (
            "miasto,kraj\nŁódź,Polska\nKraków,Polska\nŻółć,Świętokrzyskie\n".encode("cp1250"),
            "cp1250",
        ),
        ("имя,город\nАнна,Москва\nИван,Самара, Россия\n".encode("cp1251") * 20, "cp1251"),
        ("名前,町\n太郎,東京\n花子,大阪\n".encode("shift_jis") * 20, "cp932"),
    ],
)
def test_the_encoding_is_found(tmp_path, content, encoding):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    found = scan(path).encoding
    same = {"shift-jis": "cp932", "shift_jis": "cp932"}
    assert same.get(found, found) == encoding
    assert "�" not in "".join(sample_lines(path, found))


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xlsx", b"PK\x03\x04rest", "Excel"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.csv.gz", b"\x1f\x8b\x08", "gzip"),
        ("a.parquet", b"not parquet", "Parquet"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid, match=word) as refused:
        kind_of(path)
    assert refused.value.hint


def test_bytes_that_no_text_has_are_refused(tmp_path):
    path = tmp_path / "noise.csv"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(Invalid, match="not text"):
        scan(path)
