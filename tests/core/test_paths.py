import pytest

from sponde_server.core.errors import Forbidden, Invalid
from sponde_server.core.outbound import base_address
from sponde_server.core.paths import inside, relative


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    (made / "data").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    return made


@pytest.mark.parametrize("path", ["data/a.csv", "/data/a.csv", "data/../data/a.csv", "data"])
def test_a_path_inside_the_root_is_found(root, path):
    assert root in inside(root, path).parents


@pytest.mark.parametrize("path", ["../secret.txt", "data/../../secret.txt", "/../secret.txt"])
def test_a_path_that_climbs_out_is_refused(root, path):
    with pytest.raises(Forbidden, match=r"secret\.txt"):
        inside(root, path)


def test_a_link_that_leads_out_is_refused(root):
    (root / "link").symlink_to(root.parent)
    with pytest.raises(Forbidden):
        inside(root, "link/secret.txt")


def test_a_nul_character_is_refused(root):
    with pytest.raises(Invalid):
        inside(root, "a\0b")


def test_a_path_is_written_from_the_root(root):
    assert relative(root, root / "data" / "a.csv") == "data/a.csv"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/v1/", " https://api.example.org/v1"])
def test_an_address_is_kept_without_its_last_slash(address):
    assert base_address(address) == address.strip().rstrip("/")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("ftp://host/v1", "ftp://host"),
        ("file:///etc/passwd", "file:"),
        ("http://user:word@host/v1", "user name"),
        ("http://host/v1?key=1", "key=1"),
        ("http://", "http://"),
    ],
)
def test_what_is_no_base_address_is_refused_in_a_sentence(address, said):
    with pytest.raises(Invalid) as caught:
        base_address(address)
    assert said in caught.value.message
    assert caught.value.hint
