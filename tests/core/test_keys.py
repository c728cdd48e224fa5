import json
import os
import stat

from sponde_server.core.keys import Keys, last_four
from sponde_server.core.owner import Owner


def test_a_key_is_kept_for_its_owner_alone(tmp_path):
    keys = Keys(tmp_path / "keys.json")
    keys.keep("one", "sk-1234567890")
    keys.keep("two", "sk-0987654321")
    assert keys.find("one") == "sk-1234567890"
    keys.forget("one")
    assert keys.find("one") is None
    assert keys.find("two") == "sk-0987654321"


def test_the_file_of_keys_is_readable_by_its_owner_only(tmp_path):
    Keys(tmp_path / "deep" / "keys.json").keep("one", "sk-1234567890")
    assert stat.S_IMODE((tmp_path / "deep" / "keys.json").stat().st_mode) == 0o600


def test_a_key_is_shown_by_its_end_only():
    assert last_four("sk-1234567890") == "…7890"
    assert last_four("short") == "…"
    assert last_four("") == ""


def test_the_server_says_where_it_answers_to_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("SPONDE_SERVER", raising=False)
    path = tmp_path / "server.json"
    owner = Owner(path)
    owner.enter("http://127.0.0.1:1/", "t", tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["url"] == "http://127.0.0.1:1/"
    assert os.environ["SPONDE_SERVER"] == str(path)
    owner.leave()
    assert not path.exists()


def test_a_server_leaves_the_entry_of_another_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SPONDE_SERVER", "")
    path = tmp_path / "server.json"
    owner = Owner(path)
    owner.enter("http://127.0.0.1:1/", "t", tmp_path)
    path.write_text(json.dumps({"pid": 1}))
    owner.leave()
    assert path.exists()
