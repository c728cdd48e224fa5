"""The gate, on a real server with a few routes of the tests' own."""

import asyncio
import json

import pytest
from tornado.httpclient import HTTPClientError

from sponde_server.core.errors import Conflict, Unavailable
from sponde_server.core.http import Download, Events, Person, Reader, Routes, handlers
from sponde_server.core.record import record


@record
class Sum:
    """Two numbers."""

    left: int
    """One."""
    right: int = 0
    """The other."""


class Calculator:
    """A service."""

    def __init__(self):
        self.readers_left = 0

    async def ticks(self):
        try:
            while True:
                yield b"event: tick\ndata: {}\n\n"
                await asyncio.sleep(0.01)
        finally:
            self.readers_left += 1

    async def think(self, asked):
        try:
            if not asked.right:
                await asyncio.Event().wait()
            return Sum(left=asked.left + asked.right)
        finally:
            self.readers_left += 1


routes = Routes("test")


@routes("POST", "/test/sums")
async def add(calculator: Calculator, body: Sum) -> Sum:
    """Add."""
    return Sum(left=body.left + body.right)


@routes("GET", "/test/sums/{number}")
async def show(calculator: Calculator, number: int, scale: int = 1) -> list[Sum]:
    """Show."""
    return [Sum(left=number * scale)]


@routes("GET", "/test/sums/best")
async def best() -> Sum:
    """Answer at a literal address beside one with a name in it."""
    return Sum(left=99)


@routes("DELETE", "/test/sums/{number}")
async def remove(number: int) -> None:
    """Refuse."""
    raise Conflict(f"{number} is in use.", "Wait until it is not.")


@routes("GET", "/test/broken")
async def broken() -> None:
    """Break."""
    raise KeyError("a secret detail")


@routes("GET", "/test/absent")
async def absent() -> None:
    """Say that a part is missing."""
    raise Unavailable("No engine is running.", "Start it.")


@routes("GET", "/test/file")
async def file() -> Download:
    """Give a file."""
    return Download("Größe.txt", "text/plain", b"hello")


@routes("GET", "/test/me")
async def me(person: Person) -> str:
    """Say who asks."""
    return person.name


@routes("POST", "/test/thought")
async def think(calculator: Calculator, reader: Reader, body: Sum) -> Sum:
    """Think for ever where there is nothing to add."""
    return await reader.waits_for(calculator.think(body))


@routes("GET", "/test/ticks")
async def ticks(calculator: Calculator) -> Events:
    """Tick for ever."""
    return Events(calculator.ticks())


@pytest.fixture
def calculator(jp_serverapp):
    made = Calculator()
    base = jp_serverapp.web_app.settings["base_url"].rstrip("/")
    jp_serverapp.web_app.add_handlers(
        ".*$",
        [
            (base + pattern, handler, settings)
            for pattern, handler, settings in handlers([routes], {Calculator: made})
        ],
    )
    return made


@pytest.fixture(autouse=True)
def _served(calculator):
    """Serve the routes in every test here."""


async def test_a_body_becomes_a_record_and_the_answer_json(api):
    assert await api("POST", "/test/sums", {"left": 2, "right": 3}) == {"left": 5, "right": 0}


async def test_parts_of_the_path_and_the_query_are_converted(api):
    assert await api("GET", "/test/sums/7", scale="3") == [{"left": 21, "right": 0}]


async def test_a_literal_address_comes_before_one_with_a_name_in_it(api):
    assert (await api("GET", "/test/sums/best"))["left"] == 99


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "said"),
    [
        ("POST", "/test/sums", {"left": "two"}, 400, "invalid", "'left'"),
        ("POST", "/test/sums", {"left": 1, "middle": 2}, 400, "invalid", "'middle'"),
        ("GET", "/test/sums/seven", None, 400, "invalid", "'seven'"),
        ("DELETE", "/test/sums/7", None, 409, "conflict", "7 is in use"),
        ("GET", "/test/absent", None, 503, "unavailable", "No engine"),
        ("PUT", "/test/sums", {}, 405, "invalid", "PUT"),
        ("GET", "/test/broken", None, 500, "internal", "broke"),
    ],
)
async def test_every_refusal_has_a_sentence_a_code_and_a_way_out(
    api, method, path, body, status, code, said
):
    answer = await api(method, path, body)
    assert (answer["status"], answer["code"]) == (status, code)
    assert said in answer["message"]
    assert answer["hint"]


async def test_an_unknown_failure_tells_no_detail_but_a_name_to_look_up(api, caplog):
    answer = await api("GET", "/test/broken")
    assert "secret" not in json.dumps(answer)
    name = answer["message"].partition("(")[2].partition(")")[0]
    assert any(name in entry.getMessage() for entry in caplog.records)


async def test_a_body_that_is_not_utf8_is_the_senders_mistake(jp_fetch):
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("sponde", "api", "test", "sums", method="POST", body=b'{"left": "\xff"}')
    assert caught.value.code == 400


async def test_a_download_keeps_its_name(jp_fetch):
    answer = await jp_fetch("sponde", "api", "test", "file")
    assert answer.body == b"hello"
    assert "Gr%C3%B6%C3%9Fe.txt" in answer.headers["Content-Disposition"]


async def test_a_route_may_ask_who_is_there(api):
    assert await api("GET", "/test/me")


async def test_a_stream_ends_when_its_reader_leaves(
    http_server, jp_http_port, jp_base_url, jp_auth_header, calculator
):
    reader, writer = await asyncio.open_connection("localhost", jp_http_port)
    head = [f"GET {jp_base_url}sponde/api/test/ticks HTTP/1.1", "Host: localhost"]
    head += [f"{name}: {value}" for name, value in jp_auth_header.items()]
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
    for _ in range(4):
        await reader.readuntil(b"event: tick")
    assert calculator.readers_left == 0
    writer.close()
    for _ in range(3000):
        if calculator.readers_left:
            break
        await asyncio.sleep(0.02)
    assert calculator.readers_left == 1


async def test_nobody_gets_in_without_a_login(http_server_client, jp_base_url):
    for path in ("test/sums/1", "activity", "stream"):
        with pytest.raises(HTTPClientError) as caught:
            await http_server_client.fetch(
                f"{jp_base_url}sponde/api/{path}", follow_redirects=False
            )
        assert caught.value.code in (302, 403)


async def test_the_authorizer_is_asked_for_each_slice_by_name(api, jp_serverapp, monkeypatch):
    asked = []

    class ReadersOnly(type(jp_serverapp.authorizer)):
        def is_authorized(self, handler, user, action, resource):
            asked.append((action, resource))
            return action == "read"

    monkeypatch.setitem(
        jp_serverapp.web_app.settings, "authorizer", ReadersOnly(parent=jp_serverapp)
    )
    assert isinstance(await api("GET", "/activity"), list)
    answer = await api("POST", "/test/sums", {"left": 1})
    assert answer["status"] == 403
    assert "sponde:test" in answer["message"]
    assert asked == [("read", "sponde:activity"), ("write", "sponde:test")]


async def test_every_page_carries_the_strict_policy(jp_fetch):
    for path in (("sponde", "api", "activity"), ("api", "contents")):
        policy = (await jp_fetch(*path)).headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy


async def test_no_secret_of_an_address_reaches_the_log(jp_fetch, caplog):
    with pytest.raises(HTTPClientError):
        await jp_fetch("sponde", "api", "nowhere", params={"token": "sesame", "api_key": "sesame"})
    assert any("nowhere" in entry.getMessage() for entry in caplog.records)
    assert not any("sesame" in entry.getMessage() for entry in caplog.records)


async def test_work_that_a_reader_waits_for_ends_when_they_leave(
    http_server, jp_http_port, jp_base_url, jp_auth_header, calculator, api
):
    assert (await api("POST", "/test/thought", {"left": 1, "right": 2}))["left"] == 3
    _, writer = await asyncio.open_connection("localhost", jp_http_port)
    head = [f"POST {jp_base_url}sponde/api/test/thought HTTP/1.1", "Host: localhost"]
    head += ["Content-Length: 10", *(f"{name}: {value}" for name, value in jp_auth_header.items())]
    writer.write(("\r\n".join(head) + '\r\n\r\n{"left":1}').encode())
    await writer.drain()
    await asyncio.sleep(0.2)
    assert calculator.readers_left == 1
    writer.close()
    for _ in range(3000):
        if calculator.readers_left == 2:
            break
        await asyncio.sleep(0.02)
    assert calculator.readers_left == 2
