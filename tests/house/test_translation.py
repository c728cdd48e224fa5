"""A translation that is laid beside the server part reaches the browser through JupyterLab.

What the browser makes of it: extension/src/ui/words.spec.ts, with the same German.
"""

import json
from pathlib import Path

import pytest

import sponde_server
from house import messages

GERMAN = Path(__file__).with_name("german.json")


@pytest.fixture
def jp_server_config(jp_server_config):
    jp_server_config["ServerApp"]["jpserver_extensions"]["jupyterlab"] = True
    return jp_server_config


def lay(folder: Path) -> None:
    """Lay our translation into a folder as into the package, and install a German language pack."""
    ours = folder / "sponde_server" / "locale" / "de_DE" / "LC_MESSAGES"
    ours.mkdir(parents=True)
    (ours / "sponde.json").write_bytes(GERMAN.read_bytes())
    pack = folder / "german_pack"
    pack.mkdir()
    (pack / "__init__.py").write_text('"""JupyterLab in German, as far as this test needs it."""\n')
    told = folder / "german_pack-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: german-pack\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[jupyterlab.languagepack]\nde_DE = german_pack\n")


async def test_jupyterlab_hands_our_translation_to_the_browser(jp_fetch, tmp_path, monkeypatch):
    lay(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sponde_server, "__file__", str(tmp_path / "sponde_server/__init__.py"))

    response = await jp_fetch("lab", "api", "translations", "de_DE")

    given = json.loads(response.body)
    assert given["message"] == ""
    assert given["data"]["sponde"] == json.loads(GERMAN.read_text("utf-8"))


def test_what_the_german_translates_is_in_the_catalogue():
    known = {message[0] for message in messages.messages()}
    assert set(json.loads(GERMAN.read_text("utf-8"))) - {""} <= known
