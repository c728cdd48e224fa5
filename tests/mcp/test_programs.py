"""Programs at the MCP server: who may come in, what they find, and what is noted."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp_everything import Everything

from sponde_server.mcp.catalogue import Json, text
from sponde_server.mcp.catalogue import Tool as OfferedTool
from sponde_server.mcp.exchange import Exchange
from sponde_server.tools.records import Tool, ToolResult

Run = Callable[[Awaitable[Any]], Any]
Api = Callable[..., Awaitable[Any]]


@pytest.fixture
def workbench(jp_serverapp: Any) -> Any:
    """Give the workbench with two tools: one reads, one writes."""
    (app,) = jp_serverapp.extension_manager.extension_apps["sponde_server"]

    async def say(given: dict[str, Any], asker: Any) -> ToolResult:
        return ToolResult(text=f"{given.get('word', '')} for {asker.person or 'a program'}")

    schema = {"type": "object", "properties": {"word": {"type": "string"}}}
    for name, is_read_only in (("read_it", True), ("write_it", False)):
        tool = Tool(
            name=name,
            label=name.replace("_", " "),
            description="For a test.",
            parameters=schema,
            is_read_only=is_read_only,
        )
        app.tools.add(tool, say)
    return app


async def _noted(api: Api, method: str) -> list[dict[str, Any]]:
    for _ in range(1500):
        calls = [one for one in await api("GET", "/mcp/calls") if one["method"] == method]
        if calls:
            return calls
        await asyncio.sleep(0.02)
    raise AssertionError(method)


def test_nobody_comes_in_without_a_token_or_with_one_for_something_else(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        let_in = await program()
        asked = let_in.message("initialize", {"protocolVersion": "2025-06-18"})
        for secret, status in (("", 401), ("sponde-wrong", 401), ("wrong", 401)):
            stranger = await program()
            stranger.secret = secret
            refused = await stranger.send(asked)
            assert refused.code in (status, 403), secret
            assert json.loads(refused.body)["error"]["message"]
        for_models = await program(scopes=["chat"])
        refused = await for_models.send(asked)
        assert refused.code == 403
        assert "does not allow 'tools'" in json.loads(refused.body)["error"]["message"]
        assert (await let_in.send(asked)).code == 200

    run(walk())


def test_a_page_of_another_origin_is_refused_even_with_a_token(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        one = await program()
        asked = one.message("initialize", {"protocolVersion": "2025-06-18"})
        assert (await one.send(asked, Origin="https://evil.example")).code == 403
        assert (await one.send(asked, Host="evil.example")).code == 403
        here = one.url.split("/sponde")[0].rsplit("/", 1)[0]
        assert (await one.send(asked, Origin=here)).code == 200

    run(walk())


def test_a_person_who_is_logged_in_by_cookie_needs_the_xsrf_token_too(
    run: Run, program: Any, workbench: Any, jp_serverapp: Any
) -> None:
    async def walk() -> None:
        one = await program()
        one.secret = ""
        asked = one.message("initialize", {"protocolVersion": "2025-06-18"})
        with_token = await one.send(
            asked, Authorization=f"token {jp_serverapp.identity_provider.token}"
        )
        assert with_token.code == 200
        cookies = [line.split(";")[0] for line in with_token.headers.get_list("Set-Cookie")]
        assert cookies
        refused = await one.send(asked, Cookie="; ".join(cookies))
        assert refused.code == 403
        assert b"_xsrf" in refused.body or b"XSRF" in refused.body

    run(walk())


def test_versions_are_agreed_on_and_an_unknown_one_is_refused_afterwards(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        for wanted, agreed in (
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2099-01-01", "2025-11-25"),
            ("2024-11-05", "2025-11-25"),
        ):
            one = await program()
            greeting = await one.connect(wanted)
            assert greeting["protocolVersion"] == agreed
            assert greeting["serverInfo"]["name"] == "sponde"
        refused = await one.send(one.message("ping"), MCP_Protocol_Version="2099-01-01")
        assert refused.code == 400
        assert json.loads(refused.body)["error"]["data"]["supported"]

    run(walk())


def test_what_is_not_a_message_is_refused_in_a_sentence(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        one = await program()
        for body, code in (
            (b"{", -32700),
            (b"\xff\xfe", -32700),
            (b"3", -32600),
            (b"[]", -32600),
            ({"id": 1, "method": "ping"}, -32600),
            ({"jsonrpc": "2.0", "id": [1], "method": "ping"}, -32600),
            ({"jsonrpc": "2.0", "id": 1, "method": 3}, -32600),
            ({"jsonrpc": "2.0", "id": 1}, -32600),
            ({"jsonrpc": "2.0", "id": 1, "method": "ping"}, -32600),
        ):
            refused = await one.send(body)
            assert refused.code == 400, body
            assert json.loads(refused.body)["error"]["code"] == code, body
        await one.connect()
        assert (await one.ask("no/such"))["error"]["code"] == -32601
        assert (await one.ask("tools/call", {"name": "none"}))["error"]["code"] == -32602
        assert (await one.ask("resources/read", {"uri": "x:y"}))["error"]["code"] == -32002
        assert (await one.ask("tools/list", {"cursor": "?"}))["error"]["code"] == -32602
        assert (await one.ask("logging/setLevel", {"level": "loud"}))["error"]["code"] == -32602
        assert (await one.ask("ping"))["result"] == {}

    run(walk())


def test_a_session_is_its_owners_alone_and_ends_when_told(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        one, other = await program(), await program()
        await one.connect()
        other.headers = dict(one.headers)
        stolen = await other.send(other.message("ping"))
        assert stolen.code == 404
        assert (await one.send(None, "DELETE")).code == 204
        assert (await one.send(one.message("ping"))).code == 404

    run(walk())


def test_programs_find_what_reads_and_not_what_writes_until_it_is_allowed(
    run: Run, program: Any, workbench: Any, api: Api
) -> None:
    async def names(one: Any) -> set[str]:
        return {tool["name"] for tool in (await one.ask("tools/list"))["result"]["tools"]}

    async def walk() -> None:
        one = await program()
        await one.connect()
        found = await names(one)
        assert "read_it" in found
        assert "write_it" not in found
        (tool,) = (
            t for t in (await one.ask("tools/list"))["result"]["tools"] if t["name"] == "read_it"
        )
        assert tool["annotations"]["readOnlyHint"] is True
        refused = await one.ask("tools/call", {"name": "write_it", "arguments": {}})
        assert refused["error"]["code"] == -32602

        shown = await api("PUT", "/mcp/tools/write_it", {"is_allowed": True})
        assert shown["is_allowed"]
        assert "write_it" in await names(one)
        said = await one.ask("tools/call", {"name": "write_it", "arguments": {"word": "yes"}})
        assert said["result"]["content"][0]["text"].startswith("yes for ")
        await api("PUT", "/mcp/tools/write_it", {"is_allowed": False})
        assert "write_it" not in await names(one)
        fixed = await api("PUT", "/mcp/tools/read_it", {"is_allowed": False})
        assert fixed["status"] == 403

        workbench.mcp.people_may_allow = False
        assert (await api("PUT", "/mcp/tools/write_it", {"is_allowed": True}))["status"] == 403
        workbench.mcp.allowed_tools = ["write_it"]
        assert "write_it" in await names(one)
        await api("POST", "/tools/permissions", {"tool": "write_it", "allowance": "never"})
        workbench.mcp.is_open = False
        assert (await one.send(one.message("ping"))).code == 403

    run(walk())


def test_wrong_arguments_are_said_to_the_model_and_not_run(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect()
        wrong = await one.ask("tools/call", {"name": "read_it", "arguments": {"word": 3}})
        assert wrong["result"]["isError"] is True
        assert "word" in wrong["result"]["content"][0]["text"]

    run(walk())


def test_a_dataset_is_described_as_far_as_its_policy_lets_through(
    run: Run, program: Any, workbench: Any, api: Api, jp_root_dir: Path
) -> None:
    (jp_root_dir / "people.csv").write_text("name,age\nGertrude,61\nAnselm,44\n")

    async def walk() -> None:
        dataset = await api("POST", "/datasets", {"path": "people.csv"})
        one = await program()
        await one.connect()
        uri = "sponde://dataset/people"
        listed = (await one.ask("resources/list"))["result"]["resources"]
        assert uri in [resource["uri"] for resource in listed]
        read = await one.ask("resources/read", {"uri": uri})
        told = read["result"]["contents"][0]["text"]
        assert "age" in told
        assert "Gertrude" not in told
        await api("PATCH", f"/datasets/{dataset['id']}", {"policy": "everything"})
        read = await one.ask("resources/read", {"uri": uri})
        assert "Gertrude" in read["result"]["contents"][0]["text"]
        asked = {"ref": {"type": "ref/resource", "uri": "sponde://dataset/{name}"}}
        found = await one.ask(
            "completion/complete", {**asked, "argument": {"name": "name", "value": "peo"}}
        )
        assert found["result"]["completion"]["values"] == ["people"]
        prompt = await one.ask(
            "prompts/get", {"name": "about_dataset", "arguments": {"dataset": "people"}}
        )
        assert len(prompt["result"]["messages"]) == 2
        missing = await one.ask("prompts/get", {"name": "about_dataset"})
        assert missing["error"]["code"] == -32602

    run(walk())


def test_every_call_is_noted_with_who_made_it(
    run: Run, program: Any, workbench: Any, api: Api
) -> None:
    async def walk() -> None:
        one = await program(name="my assistant")
        await one.connect()
        await one.ask("tools/call", {"name": "read_it", "arguments": {"word": "hello"}})
        (call,) = await _noted(api, "tools/call")
        assert call["token_name"] == "my assistant"
        assert call["client"] == "tester 1"
        assert (call["name"], call["given"]) == ("read_it", '{"word": "hello"}')
        assert call["outcome"] == "answered"
        assert call["said"].startswith("hello for")
        state = await api("GET", "/mcp")
        assert state["sessions"] == 1
        (entry,) = await _noted(api, "initialize")
        assert entry["said"] == "2025-11-25"

    run(walk())


def test_a_token_may_ask_as_often_as_its_limit_says(
    run: Run, program: Any, workbench: Any, api: Api
) -> None:
    async def walk() -> None:
        one = await program(requests_per_minute=2)
        await one.connect()
        asked = {"name": "read_it", "arguments": {}}
        for _ in range(2):
            assert "result" in await one.ask("tools/call", asked)
        refused = await one.send(one.message("tools/call", asked))
        assert refused.code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert "result" in await one.ask("tools/list")
        for _ in range(1500):
            outcomes = [call["outcome"] for call in await api("GET", "/mcp/calls")]
            if outcomes.count("refused") == 1:
                break
            await asyncio.sleep(0.02)
        assert outcomes.count("refused") == 1

    run(walk())


def test_lists_come_in_pages(run: Run, program: Any, workbench: Any) -> None:
    async def walk() -> None:
        workbench.mcp.more.append(Everything())
        workbench.mcp.page_size = 5
        one = await program()
        await one.connect()
        names: list[str] = []
        params: Json = {}
        while True:
            page = (await one.ask("tools/list", params))["result"]
            assert len(page["tools"]) <= 5
            names += [tool["name"] for tool in page["tools"]]
            if "nextCursor" not in page:
                break
            params = {"cursor": page["nextCursor"]}
        assert len(names) == len(set(names)) > 14

    run(walk())


def test_a_call_that_is_called_off_ends_and_is_noted(
    run: Run, program: Any, workbench: Any, api: Api
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(given: Json, exchange: Exchange) -> Json:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return {"content": [text("never")]}

    class Slow(Everything):
        async def tools(self) -> list[OfferedTool]:
            return [OfferedTool(name="wait", title="w", description="w", schema={}, run=wait)]

    async def walk() -> None:
        workbench.mcp.more.append(Slow())
        one = await program()
        await one.connect()
        asked = one.message("tools/call", {"name": "wait"})
        calling = asyncio.ensure_future(one.send(asked, Accept="text/event-stream"))
        await asyncio.wait_for(begun.wait(), 60)
        called_off = {"requestId": asked["id"], "reason": "no longer needed"}
        await one.send(
            {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": called_off}
        )
        await asyncio.wait_for(ended.wait(), 60)
        response = await calling
        assert b"never" not in response.body
        (call,) = await _noted(api, "tools/call")
        assert call["outcome"] == "cancelled"

    run(walk())


def test_several_messages_at_once_are_taken_in_the_version_that_has_them(
    run: Run, program: Any, workbench: Any
) -> None:
    async def walk() -> None:
        one = await program()
        await one.connect("2025-03-26")
        both = [one.message("ping"), one.message("tools/list")]
        answers = json.loads((await one.send(both)).body)
        assert [answer["id"] for answer in answers] == [both[0]["id"], both[1]["id"]]
        newer = await program()
        await newer.connect("2025-06-18")
        assert (await newer.send([newer.message("ping")])).code == 400

    run(walk())


def test_the_templates_that_people_keep_are_prompts(
    run: Run, program: Any, workbench: Any, api: Api
) -> None:
    async def walk() -> None:
        kept = {"name": "top", "text": "The {{limit=10}} largest of {{what}}, by {{what}}."}
        await api("POST", "/templates", kept)
        one = await program()
        await one.connect()
        listed = (await one.ask("prompts/list"))["result"]["prompts"]
        top = next(prompt for prompt in listed if prompt["name"] == "top")
        needed = {argument["name"]: argument["required"] for argument in top["arguments"]}
        assert needed == {"limit": False, "what": True}
        filled = await one.ask("prompts/get", {"name": "top", "arguments": {"what": "sales"}})
        (message,) = filled["result"]["messages"]
        assert message["content"]["text"] == "The 10 largest of sales, by sales."

    run(walk())
