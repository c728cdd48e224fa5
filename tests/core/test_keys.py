import json
import os
import stat

import pytest

from sponde_server.core.errors import Invalid, Unavailable
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


def test_a_reference_is_kept_and_its_value_taken_out_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SPONDE_TEST_KEY", " sk-from-outside ")
    keys = Keys(tmp_path / "keys.json")
    keys.keep("one", "env:SPONDE_TEST_KEY")
    assert "SPONDE_TEST_KEY" not in os.environ
    assert keys.find("one") == "sk-from-outside"
    assert keys.place("one") == "environment"
    assert "sk-from-outside" not in (tmp_path / "keys.json").read_text()
    assert last_four("env:SPONDE_TEST_KEY") == "env:SPONDE_TEST_KEY"


def test_a_kept_reference_is_taken_out_when_the_server_starts(tmp_path, monkeypatch):
    Keys(tmp_path / "keys.json").keep("one", "env:SPONDE_TEST_KEY")
    monkeypatch.setenv("SPONDE_TEST_KEY", "sk-from-outside")
    keys = Keys(tmp_path / "keys.json")
    keys.take_all()
    assert "SPONDE_TEST_KEY" not in os.environ
    assert keys.find("one") == "sk-from-outside"


def test_a_variable_that_is_not_set_is_named(tmp_path):
    keys = Keys(tmp_path / "keys.json")
    keys.keep("one", "env:SPONDE_TEST_NOWHERE")
    with pytest.raises(Unavailable, match="SPONDE_TEST_NOWHERE"):
        keys.find("one")
    with pytest.raises(Invalid, match="env:"):
        keys.keep("one", "env:rm -rf")


class Ring:
    """A keyring that holds what it is given, and may be locked or forget."""

    def __init__(self):
        self.held = {}
        self.is_locked = False

    def get_password(self, service, username):
        if self.is_locked:
            raise RuntimeError("locked")
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        if self.is_locked:
            raise RuntimeError("locked")
        self.held[service, username] = password

    def delete_password(self, service, username):
        del self.held[service, username]


def test_a_keyring_holds_keys_and_the_file_only_says_so(tmp_path):
    ring = Ring()
    keys = Keys(tmp_path / "keys.json", keyring=ring)
    keys.keep("one", "sk-1234567890")
    assert keys.place("one") == "keyring"
    assert "1234567890" not in (tmp_path / "keys.json").read_text()
    assert Keys(tmp_path / "keys.json", keyring=ring).find("one") == "sk-1234567890"
    keys.forget("one")
    assert keys.find("one") is None
    assert ring.held == {}


def test_without_a_keyring_that_works_the_file_keeps_them(tmp_path):
    ring = Ring()
    ring.is_locked = True
    keys = Keys(tmp_path / "keys.json", keyring=ring)
    keys.keep("one", "sk-1234567890")
    assert keys.place("one") == "file"
    assert keys.find("one") == "sk-1234567890"


def test_a_locked_keyring_is_told_in_a_sentence(tmp_path):
    ring = Ring()
    keys = Keys(tmp_path / "keys.json", keyring=ring)
    keys.keep("one", "sk-1234567890")
    ring.is_locked = True
    with pytest.raises(Unavailable, match="keyring"):
        keys.find("one")
