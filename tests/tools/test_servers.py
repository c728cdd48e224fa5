"""MCP servers, over both ways, well behaved and not: everything ends in a sentence."""

import asyncio
import contextlib
import json
import os

import pytest
from jobs.notebooks import until

from sponde_server.core.errors import Conflict, Invalid, SpondeError
from sponde_server.tools import servers as servers_module
from sponde_server.tools.records import NewToolServer, ServerSource, ServerStatus

from .conftest import command


def new(name="files", fault="", **more):
    return NewToolServer(name=name, command=tuple(command(fault)), **more)


async def called(tools, name, arguments, seconds=20.0, progress=lambda text: None):
    return await tools.servers.call(name, arguments, progress, seconds)


async def test_a_process_offers_its_tools_and_carries_them_out(tools):
    state = await tools.add_server(new())
    assert state.status is ServerStatus.READY, state
    assert (state.title, state.failure) == ("scripted 7", "")
    first = state.tools[0]
    assert (first.name, first.label, first.source) == ("files__add", "Add numbers", "files")
    assert first.is_read_only
    assert not state.tools[1].is_read_only
    assert (await called(tools, "files__add", {"a": 2, "b": 3})).text == "5"
    failed = await called(tools, "files__fail", {})
    assert (failed.text, failed.is_failure) == ("It cannot be done.", True)
    await until(lambda: "hello from the log" in tools.servers._held[state.server.id].session.log)


async def test_an_address_offers_its_tools_too(tools, address):
    state = await tools.add_server(NewToolServer(name="far", url=address()))
    assert state.status is ServerStatus.READY, state
    assert (await called(tools, "far__add", {"a": 2, "b": 0.5})).text == "2.5"
    heard: list[str] = []
    done = await called(tools, "far__slow", {"seconds": 0.3}, progress=heard.append)
    assert done.text == "done"
    assert "1 of 3: counting" in heard


async def test_a_picture_is_shown_to_the_person_and_nothing_else_is_drawn(tools):
    await tools.add_server(new())
    result = await called(tools, "files__picture", {})
    assert [output.mime for output in result.outputs] == ["image/png"]
    assert "[a picture, shown to the person]" in result.text
    assert result.text.count("[a picture left out]") == 2
    assert "[a sound, left out]" in result.text


async def test_a_process_gets_a_clean_environment_and_what_was_entered_for_it(tools, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-person")
    monkeypatch.setenv("FILES_KEY", "by-name")
    secrets = {"OWN_KEY": "written", "NAMED": "env:FILES_KEY"}
    state = await tools.add_server(new(secrets=secrets))
    names = (await called(tools, "files__surroundings", {})).text.split()
    assert "OPENAI_API_KEY" not in names
    assert {"PATH", "OWN_KEY", "NAMED"} <= set(names)
    assert state.server.secrets == ("OWN_KEY", "NAMED")
    assert "written" not in repr(state)


async def test_what_takes_too_long_is_stopped_and_the_server_is_told(tools):
    state = await tools.add_server(new())
    held = tools.servers._held[state.server.id]
    with pytest.raises(SpondeError, match=r"did not answer to tools/call within 0.3 seconds"):
        await called(tools, "files__slow", {"seconds": 60}, seconds=0.3)
    await until(lambda: any("cancelled" in line for line in held.session.log))
    task = asyncio.ensure_future(called(tools, "files__slow", {"seconds": 60}))
    await asyncio.sleep(0.1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await until(lambda: sum("cancelled" in line for line in held.session.log) == 2)
    assert (await called(tools, "files__add", {"a": 1, "b": 1})).text == "2"


async def test_a_server_that_ends_is_started_again_once(tools):
    state = await tools.add_server(new())
    held = tools.servers._held[state.server.id]
    with pytest.raises(SpondeError, match=r"has ended. Its process ended with code 3"):
        await called(tools, "files__crash", {})
    await until(lambda: held.status is ServerStatus.READY and held.session is not None)
    await until(lambda: "It was started again." in held.failure)
    assert (await called(tools, "files__add", {"a": 1, "b": 1})).text == "2"
    with pytest.raises(SpondeError, match="has ended"):
        await called(tools, "files__crash", {})
    await until(lambda: held.status is ServerStatus.FAILED)
    (shown,) = await tools.list_servers()
    assert "started again once and ended again" in shown.failure
    assert "Segmentation fault, as it were" in shown.log
    with pytest.raises(SpondeError, match="is not there any more"):
        await called(tools, "files__add", {"a": 1, "b": 1})
    assert (await tools.check_server(state.server.id)).status is ServerStatus.READY


async def test_a_server_that_offers_more_later_is_asked_again(tools):
    await tools.add_server(new())
    await called(tools, "files__grow", {})
    await until(lambda: "files__grown" in [tool.name for tool in tools.servers.known()])


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("dies", "ended with code 4"),
        ("endless", "a line of more than 8 MB"),
        ("old", "speaks version 1999-01-01"),
        ("silent", "did not answer to initialize"),
    ],
)
async def test_a_process_that_misbehaves_ends_in_a_sentence(tools, monkeypatch, fault, says):
    if fault == "silent":
        monkeypatch.setattr(servers_module, "BEGIN_SECONDS", 1.0)
    state = await tools.add_server(new(fault=fault))
    assert state.status is ServerStatus.FAILED
    assert says in state.failure
    assert state.tools == ()
    if fault == "dies":
        await until(lambda: True)
        assert "no licence found" in (await tools.list_servers())[0].log


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("html", "text/html that is no JSON"),
        ("moved", "sends to another address"),
        ("locked", "without the right key"),
    ],
)
async def test_an_address_that_misbehaves_ends_in_a_sentence(tools, address, fault, says):
    state = await tools.add_server(NewToolServer(name="far", url=address(fault)))
    assert state.status is ServerStatus.FAILED
    assert says in state.failure


async def test_a_key_goes_along_and_a_lost_session_is_begun_anew(tools, address):
    far = NewToolServer(
        name="far", url=address("locked"), secrets={"Authorization": "Bearer secret"}
    )
    assert (await tools.add_server(far)).status is ServerStatus.READY
    state = await tools.add_server(NewToolServer(name="forgets", url=address("forgetful")))
    held = tools.servers._held[state.server.id]
    assert (await called(tools, "forgets__add", {"a": 1, "b": 1})).text == "2"
    with pytest.raises(SpondeError, match="forgotten this session"):
        await called(tools, "forgets__add", {"a": 1, "b": 1})
    await until(lambda: held.status is ServerStatus.READY and "again" in held.failure)
    assert (await called(tools, "forgets__add", {"a": 1, "b": 2})).text == "3"


async def test_noise_between_the_messages_is_left_out(tools):
    assert (await tools.add_server(new(fault="garbage"))).status is ServerStatus.READY
    assert (await called(tools, "files__add", {"a": 1, "b": 1})).text == "2"
    assert "(no JSON) Starting up... {" in (await tools.list_servers())[0].log


async def test_a_list_without_end_is_cut(tools):
    state = await tools.add_server(new(fault="huge"))
    assert len(state.tools) == 128
    assert "more than 128 tools" in state.failure
    assert len(state.tools[0].description) == 2000


async def test_odd_names_are_made_plain_and_unlike_each_other(tools):
    state = await tools.add_server(new(fault="odd"))
    names = [tool.name for tool in state.tools]
    assert names[:2] == ["files__a_b_c", "files__a_b_c_2"]
    assert all(name.isascii() and len(name) <= 64 for name in names)
    assert len(set(names)) == len(names)
    assert state.tools[0].description == "With odd letters"
    assert "cannot be offered" in state.failure


async def test_a_server_is_kept_turned_off_removed_and_brought_back(make_tools):
    tools = make_tools()
    server_id = (await tools.add_server(new(secrets={"K": "v"}))).server.id
    with pytest.raises(Conflict, match="called 'files' already"):
        await tools.add_server(new())
    off = await tools.switch_server(server_id, is_on=False)
    assert (off.status, off.tools) == (ServerStatus.OFF, ())
    with pytest.raises(Conflict, match="is off"):
        await tools.check_server(server_id)
    await tools.remove_server(server_id)
    assert await tools.list_servers() == []
    await tools.restore_server(server_id)
    await tools.switch_server(server_id, is_on=True)
    await tools.stop()
    again = make_tools()
    assert [state.server.name for state in await again.list_servers()] == ["files"]
    # Nothing runs until a model is asked.
    assert (await again.list_servers())[0].status is ServerStatus.WAITING
    names = [tool.name for tool in await again.offered()]
    await until(lambda: "files__add" in [tool.name for tool in again.servers.known()])
    assert names == [] or "files__add" in names


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (NewToolServer(name="a b", command=("x",)), "cannot be the name"),
        (NewToolServer(name="x"), "either a program or an address"),
        (NewToolServer(name="x", command=("y",), url="http://h"), "either a program"),
        (NewToolServer(name="x", url="ftp://h"), "not the address"),
        (NewToolServer(name="x", url="http://a:b@h/mcp"), "user name or password"),
        (NewToolServer(name="x", command=("y",), secrets={"a": "1\n2"}), "cannot be sent"),
    ],
)
async def test_what_cannot_be_a_server_is_refused(tools, server, says):
    with pytest.raises(Invalid, match=says):
        await tools.add_server(server)


async def test_no_stranger_passes_for_the_workbench_or_for_another_server(make_tools, tmp_path):
    program, *rest = command()
    given = {"command": program, "args": rest}
    tools = make_tools(mcp_servers={"Sponde": given})
    assert await tools.list_servers() == []
    with pytest.raises(Conflict, match="called 'sponde' already"):
        await tools.add_server(new(name="sponde"))
    await tools.add_server(new(name="files"))
    folder = tmp_path / "root" / ".sponde"
    folder.mkdir()
    proposed = {"FILES": {**given, "args": [*rest, "dies"]}, "sponde": given}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": proposed}))
    assert [state.server.name for state in await tools.list_servers()] == ["files"]


async def test_a_program_that_is_not_there_is_said(tools):
    state = await tools.add_server(NewToolServer(name="x", command=("no-such-program-here",)))
    assert "There is no program 'no-such-program-here' here." in state.failure


async def test_the_operators_servers_are_there_and_cannot_be_removed(make_tools):
    program, *rest = command()
    tools = make_tools(
        mcp_servers={
            "mcpServers": {
                "given": {"command": program, "args": rest},
                "bad name!": {"command": "x"},
                "neither": {},
            }
        }
    )
    (state,) = await tools.list_servers()
    assert (state.server.source, state.status) == (
        ServerSource.CONFIGURATION,
        ServerStatus.WAITING,
    )
    with pytest.raises(Conflict, match="set in jupyter_config"):
        await tools.remove_server(state.server.id)
    await tools.switch_server(state.server.id, is_on=False)
    again = make_tools(mcp_servers={"given": {"command": program, "args": rest}})
    assert (await again.list_servers())[0].status is ServerStatus.OFF


async def test_a_projects_file_starts_nothing_before_a_person_turns_it_on(make_tools, tmp_path):
    tools = make_tools()
    witness = tmp_path / "started"
    folder = tmp_path / "root" / ".sponde"
    folder.mkdir()

    def propose(*args: str) -> None:
        script = f"import pathlib; pathlib.Path({str(witness)!r}).touch()"
        given = {"command": command()[0], "args": ["-c", script, *args]}
        (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"sly": given}}))

    propose()
    (state,) = await tools.list_servers()
    assert (state.server.source, state.status) == (ServerSource.PROJECT, ServerStatus.OFF)
    await tools.offered()
    await asyncio.sleep(0.3)
    assert not witness.exists()
    await tools.switch_server(state.server.id, is_on=True)
    await until(witness.exists)
    # A file that says something else now is another server: it is off again.
    propose("more")
    (state,) = await tools.list_servers()
    assert state.status is ServerStatus.OFF
    (folder / "mcp.json").write_text("{not json")
    assert await tools.list_servers() == []


async def test_nothing_is_left_running(make_tools):
    tools = make_tools()
    state = await tools.add_server(new())
    process = tools.servers._held[state.server.id].session._wire._process
    await tools.stop()
    assert process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
