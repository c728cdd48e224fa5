"""Uploads over HTTP: a real server, killed in the middle, its memory while 300 MB go in."""

import hashlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from browser.lab import TOKEN, Lab, free_port

TABLE = b"town,litres\nOslo,1\nBergen,2\n"
MEGABYTE = 1_000_000


@pytest.fixture
def send(jp_fetch):
    """Send bytes to an upload of the test's server."""

    async def sent(upload, data, offset=0, **query):
        params = {"offset": str(offset), **query}
        answer = await jp_fetch(
            "sponde", "api", "dataset-uploads", upload["id"], "bytes",
            method="PATCH", params=params, body=data, raise_error=False,
        )  # fmt: skip
        return {"status": answer.code, **json.loads(answer.body)}

    return sent


async def test_a_file_goes_in_by_pieces_and_becomes_a_dataset(api, send, jp_root_dir):
    upload = await api("POST", "/dataset-uploads", {"name": "sales.csv", "bytes": len(TABLE)})
    right = hashlib.sha256(TABLE[:9]).hexdigest()
    assert (await send(upload, TABLE[:9], sha256=right))["received"] == 9
    wrong = await send(upload, TABLE[9:], offset=12)
    assert (wrong["status"], wrong["code"]) == (409, "conflict")
    damaged = await send(upload, TABLE[9:], offset=9, sha256=right)
    assert (damaged["status"], damaged["message"]) == (
        409,
        "A piece of 'sales.csv' was damaged on its way.",
    )
    many = await send(upload, TABLE, offset=9)
    assert (many["status"], many["code"]) == (413, "too_large")
    assert (await api("GET", f"/dataset-uploads/{upload['id']}"))["received"] == 9
    assert [one["id"] for one in await api("GET", "/dataset-uploads")] == [upload["id"]]
    assert (await send(upload, TABLE[9:], offset=9))["received"] == len(TABLE)
    assert not list(jp_root_dir.glob("*.csv"))
    done = await api("POST", f"/dataset-uploads/{upload['id']}/finish", {})
    assert (done["dataset"]["name"], done["upload"]["path"]) == ("sales", "sales.csv")
    assert (jp_root_dir / "sales.csv").read_bytes() == TABLE


async def test_a_file_over_the_limit_gets_413_with_the_setting_and_the_way_out(api):
    refused = await api("POST", "/dataset-uploads", {"name": "big.csv", "bytes": 5_000_000_001})
    assert (refused["status"], refused["code"]) == (413, "too_large")
    assert "SpondeUploads.max_upload_bytes" in refused["message"]
    assert "Add from folder" in refused["hint"]


async def test_who_is_not_logged_in_sends_nothing(api, jp_fetch, jp_base_url, http_server_client):
    upload = await api("POST", "/dataset-uploads", {"name": "sales.csv", "bytes": len(TABLE)})
    path = f"{jp_base_url}sponde/api/dataset-uploads/{upload['id']}/bytes?offset=0"
    answer = await http_server_client.fetch(path, method="PATCH", body=TABLE, raise_error=False)
    assert answer.code == 403
    assert (await api("GET", f"/dataset-uploads/{upload['id']}"))["received"] == 0
    other = await jp_fetch(
        "sponde", "api", "dataset-uploads", upload["id"], "bytes", method="GET", raise_error=False
    )
    assert other.code == 405


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Give a JupyterLab in a process of its own."""
    made = Lab(tmp_path, free_port(), [])
    made.root.mkdir()
    made.start()
    yield made
    made.stop()


class Sender:
    """Speaks HTTP to a server by hand, so that it can stop in the middle."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Ask something small."""
        connection = http.client.HTTPConnection("127.0.0.1", self.lab.port, timeout=120)
        data = None if body is None else json.dumps(body)
        connection.request(method, f"/sponde/api{path}", data, {"Authorization": f"token {TOKEN}"})
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer) if answer else {}

    def begin_body(self, upload: str, offset: int, length: int, sha256: str = ""):
        """Open a connection that will carry so many bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.lab.port, timeout=120)
        query = f"offset={offset}&sha256={quote(sha256)}"
        connection.putrequest("PATCH", f"/sponde/api/dataset-uploads/{upload}/bytes?{query}")
        connection.putheader("Authorization", f"token {TOKEN}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection


def memory(pid: int) -> int:
    """Give the resident memory of a process, in bytes; files that it maps are not counted."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(pid)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_300_mb_go_in_with_the_server_killed_in_the_middle_and_its_memory_hardly_grows(lab):
    sender = Sender(lab)
    block = (b"1234567890,abcdefgh\n" * 50_000)[:MEGABYTE]
    size = 300 * MEGABYTE
    new = {"name": "big.csv", "bytes": size, "modified": 1, "head": "ab"}
    # A first small upload: what is loaded on use is loaded.
    first = sender.call("POST", "/dataset-uploads", {"name": "first.csv", "bytes": 10})
    connection = sender.begin_body(first["id"], 0, 10)
    connection.send(b"a,b\n1,2\n\n\n")
    assert connection.getresponse().read()
    before = memory(lab.process.pid)
    most = before
    upload = sender.call("POST", "/dataset-uploads", new)["id"]
    connection = sender.begin_body(upload, 0, size)
    for _ in range(100):
        connection.send(block)
        most = max(most, memory(lab.process.pid))
    lab.kill()
    connection.close()
    assert not list(lab.root.glob("*"))
    most -= before
    lab.start()
    sender.call("GET", "/dataset-uploads")
    resumed = sender.call("POST", "/dataset-uploads", new)
    assert resumed["id"] == upload
    assert 80 * MEGABYTE < resumed["received"] <= 100 * MEGABYTE
    at = resumed["received"]
    before = memory(lab.process.pid)
    connection = sender.begin_body(upload, at, size - at)
    while at < size:
        piece = block[at % MEGABYTE :]
        connection.send(piece)
        at += len(piece)
        most = max(most, memory(lab.process.pid) - before)
    assert json.loads(connection.getresponse().read())["received"] == size
    done = sender.call("POST", f"/dataset-uploads/{upload}/finish", {})
    most = max(most, memory(lab.process.pid) - before)
    print(f"grown by {most / MEGABYTE:.1f} MB")
    assert done["upload"]["path"] == "big.csv"
    wanted = hashlib.sha256(block * 300).hexdigest()
    with (lab.root / "big.csv").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == wanted
    assert most < 30 * MEGABYTE
