"""Answers that are told while they are made: progress, questions back, and lost streams."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp_everything import Everything
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def everything(jp_serverapp: Any) -> Any:
    """Offer the conformance suite's tools too."""
    (app,) = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    app.mcp.more.append(Everything())
    return app


def read(body: bytes) -> list[dict[str, str]]:
    """Read the events of a stream as they are written."""
    blocks = body.decode().strip().split("\n\n")
    return [
        dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines)
        for lines in (block.splitlines() for block in blocks)
        if lines and not lines[0].startswith(":")
    ]


class Listener:
    """A GET that stays open."""

    def __init__(self, program: Any, **headers: str) -> None:
        given = {**program.headers, "Accept": "text/event-stream", **headers}
        given["Authorization"] = f"Bearer {program.secret}"
        self.body = b""
        request = HTTPRequest(
            program.url, headers=given, streaming_callback=self._take, request_timeout=120
        )
        self.done = asyncio.ensure_future(AsyncHTTPClient().fetch(request, raise_error=False))

    def _take(self, piece: bytes) -> None:
        self.body += piece

    async def heard(self, text: str) -> None:
        """Wait until a text has come."""
        for _ in range(1500):
            if text.encode() in self.body:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(self.body)


def test_progress_and_lines_of_the_log_come_before_the_answer(
    run: Run, program: Any, everything: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect()
        params = {"name": "test_tool_with_progress", "_meta": {"progressToken": "p"}}
        asked = one.message("tools/call", params)
        events = read((await one.send(asked, Accept="text/event-stream")).body)
        assert events[0]["data"] == ""
        assert "retry" in events[0]
        said = [json.loads(event["data"]) for event in events[1:]]
        assert [one["params"]["progress"] for one in said[:-1]] == [0, 50, 100]
        assert said[-1]["id"] == asked["id"]

        await one.ask("logging/setLevel", {"level": "warning"})
        quiet = one.message("tools/call", {"name": "test_tool_with_logging"})
        events = read((await one.send(quiet, Accept="text/event-stream")).body)
        assert len(events) == 2

    run(walk())


def test_a_program_that_lost_its_stream_gets_the_rest_and_nothing_twice(
    run: Run, program: Any, everything: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect()
        asked = one.message("tools/call", {"name": "test_reconnection"})
        lost = read((await one.send(asked, Accept="text/event-stream")).body)
        assert len(lost) == 1
        again = Listener(one, **{"Last-Event-ID": lost[-1]["id"]})
        await again.heard('"result"')
        await asyncio.wait_for(again.done, 60)
        (rest,) = read(again.body)
        assert json.loads(rest["data"])["id"] == asked["id"]
        late = Listener(one, **{"Last-Event-ID": rest["id"]})
        await asyncio.wait_for(late.done, 60)
        assert read(late.body) == []
        unknown = await one.send(None, "GET", Last_Event_ID="99-1", Accept="text/event-stream")
        assert unknown.code == 404

    run(walk())


def test_a_tool_asks_the_program_back_and_goes_on_with_what_it_says(
    run: Run, program: Any, everything: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect(capabilities={"sampling": {}})
        asked = one.message("tools/call", {"name": "test_sampling", "arguments": {"prompt": "Hi"}})
        given = {
            **one.headers,
            "Accept": "text/event-stream",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {one.secret}",
        }
        body = b""

        def take(piece: bytes) -> None:
            nonlocal body
            body += piece

        calling = asyncio.ensure_future(
            AsyncHTTPClient().fetch(
                HTTPRequest(
                    one.url,
                    "POST",
                    given,
                    json.dumps(asked),
                    streaming_callback=take,
                    request_timeout=120,
                )
            )
        )
        for _ in range(1500):
            if b"sampling/createMessage" in body:
                break
            await asyncio.sleep(0.02)
        question = json.loads(read(body)[-1]["data"])
        content = {"type": "text", "text": "Hello back"}
        said = {"role": "assistant", "model": "m", "content": content}
        answered = await one.send({"jsonrpc": "2.0", "id": question["id"], "result": said})
        assert answered.code == 202
        await asyncio.wait_for(calling, 60)
        told = json.loads(read(body)[-1]["data"])
        assert told["result"]["content"][0]["text"] == "LLM response: Hello back"
        unable = await program()
        await unable.connect()
        refused = await unable.ask(
            "tools/call", {"name": "test_sampling", "arguments": {"prompt": "Hi"}}
        )
        assert refused["result"]["isError"] is True

    run(walk())


def test_programs_hear_when_what_they_may_call_has_changed(
    run: Run, program: Any, everything: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect()
        await one.ask("resources/subscribe", {"uri": "sponde://dataset/sales"})
        listening = Listener(one)
        await listening.heard("retry")
        everything.mcp.changed("tools")
        await listening.heard("notifications/tools/list_changed")
        everything.mcp.changed("resources", "sponde://dataset/sales")
        await listening.heard("notifications/resources/updated")
        assert (await one.send(None, "DELETE")).code == 204
        await asyncio.wait_for(listening.done, 60)

    run(walk())
