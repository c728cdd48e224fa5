"""A real Voilà behind a real Jupyter Server: who reaches it, and what they see."""

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jobs.notebooks import until
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.websocket import websocket_connect

from sponde_server.core.processes import birth
from sponde_server.publish.voila import DashboardServer


@pytest.fixture
def publisher(jp_serverapp):
    return jp_serverapp.extension_manager.extension_apps["sponde_server"].pop().publisher


async def test_a_published_notebook_is_shown_without_its_code(api, visit, write_notebook):
    write_notebook("report.ipynb", "# Sales", "answer = 6 * 7\nprint('the answer is', answer)")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    page = (await visit(made["id"])).body.decode()
    assert "the answer is 42" in page
    assert "Sales" in page
    assert "6 * 7" not in page
    assert "<title>report</title>" in page


async def test_a_busy_page_is_shown_while_voila_starts(api, jp_fetch, write_notebook):
    write_notebook("report.ipynb", "1")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    answer = await jp_fetch("sponde", "dashboards", made["id"])
    assert answer.code == 202
    assert "Starting the dashboards" in answer.body.decode()


async def test_the_copy_stays_until_it_is_updated(api, visit, write_notebook):
    write_notebook("report.ipynb", "print('first')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    write_notebook("report.ipynb", "print('second')")
    [listed] = await api("GET", "/publications")
    assert listed["standing"] == "changed"
    assert "first" in (await visit(made["id"])).body.decode()
    await api("POST", f"/publications/{made['id']}/update")
    assert "second" in (await visit(made["id"])).body.decode()
    [listed] = await api("GET", "/publications")
    assert listed["standing"] == "same"


async def test_relative_paths_of_the_original_work(api, visit, write_notebook):
    path = write_notebook("deep/er/report.ipynb", "print(open('data.txt').read())")
    (path.parent / "data.txt").write_text("from beside the notebook")
    made = await api("POST", "/publications", {"source": "deep/er/report.ipynb"})
    assert "from beside the notebook" in (await visit(made["id"])).body.decode()


async def test_the_kernel_knows_the_way_to_the_server(
    api, visit, write_notebook, jp_serverapp, monkeypatch
):
    monkeypatch.setenv("SPONDE_SERVER", "")  # restored afterwards
    await jp_serverapp.extension_manager.start_all_extensions()
    write_notebook("report.ipynb", "import sponde.client as c\nprint(c.call('GET', '/activity'))")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    assert "was published as a dashboard" in (await visit(made["id"])).body.decode()


async def test_a_failing_notebook_says_so_without_a_traceback(api, visit, write_notebook):
    write_notebook("report.ipynb", "print('before')", "secret = 'hush'\n1 / 0", "print('after')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    page = (await visit(made["id"])).body.decode()
    assert "Cell 2 of 3 failed, so this page ends here." in page
    assert "before" in page
    assert "after" not in page
    assert "ZeroDivisionError" not in page
    assert "hush" not in page


async def test_the_page_runs_no_script_but_the_templates(api, visit, write_notebook):
    write_notebook("report.ipynb", "# Title\n<script>steal()</script>", "print(1)")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    answer = await visit(made["id"])
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)' 'self'", policy)
    assert nonce
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    page = answer.body.decode()
    assert f'<script nonce="{nonce[1]}">' in page
    assert "<script>steal()</script>" in page
    assert "https://" not in page
    again = (await visit(made["id"])).headers["Content-Security-Policy"]
    assert nonce[1] not in again


async def test_nobody_reaches_a_dashboard_without_login(
    api, visit, write_notebook, jp_base_url, http_server_port
):
    write_notebook("report.ipynb", "print('private')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    top = f"127.0.0.1:{http_server_port[-1]}{jp_base_url}sponde/dashboards/"
    for path in (made["id"], "voila/static/voila.js"):
        with pytest.raises(HTTPClientError) as refused:
            await AsyncHTTPClient().fetch(f"http://{top}{path}", follow_redirects=False)
        assert refused.value.code == 302
        assert "/login" in refused.value.response.headers["Location"]
    with pytest.raises(HTTPClientError) as refused:
        await websocket_connect(f"ws://{top}api/kernels/{made['id']}/channels")
    assert refused.value.code == 403
    with pytest.raises(HTTPClientError) as refused:
        await AsyncHTTPClient().fetch(
            f"http://{top}voila/api/shutdown/{made['id']}", method="POST", body=""
        )
    assert refused.value.code == 403


async def test_nothing_but_published_notebooks_is_reachable(api, visit, write_notebook):
    write_notebook("other.ipynb", "print('not published')")
    write_notebook("report.ipynb", "print('published')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    for path in [
        "voila/render/other.ipynb",
        f"voila/render/{made['id']}/dashboard.ipynb",
        "voila/tree",
        "voila/files/other.ipynb",
        f"voila/files/{made['id']}/place.json",
        "voila/api/contents/other.ipynb",
        "voila/static/../../etc/passwd",
        "voila/static/%2e%2e/x",
        "api/kernels",
        "api/kernelspecs",
        "00000000-0000-7000-8000-000000000000",
    ]:
        answer = await visit(*path.split("/"))
        assert answer.code in (403, 404), path
        assert b"published'" not in answer.body


async def test_a_visitor_can_move_widgets_but_not_run_code(api, visit, write_notebook, jp_ws_fetch):
    write_notebook("report.ipynb", "import os\nprint('pid', os.getpid())")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    page = (await visit(made["id"])).body.decode()
    kernel = re.search(r'"kernelId": "([0-9a-f-]{36})"', page)[1]
    wire = await jp_ws_fetch("sponde", "dashboards", "api", "kernels", kernel, "channels")

    def message(kind, content):
        header = {"msg_id": kind, "msg_type": kind, "username": "", "session": "s", "date": ""}
        header["version"] = "5.3"
        body = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        return json.dumps({**body, "channel": "shell", "buffers": []})

    code = {"code": "open('run','w')", "silent": False, "store_history": False}
    await wire.write_message(message("execute_request", code))
    await wire.write_message(message("kernel_info_request", {}))
    heard = []
    while "kernel_info_reply" not in heard:
        heard.append(json.loads(await asyncio.wait_for(wire.read_message(), 120))["msg_type"])
    await asyncio.sleep(0.5)
    assert "execute_reply" not in heard
    assert "run" not in os.listdir(made["workspace"])
    wire.close()


async def test_only_so_many_pages_are_open_at_once(api, visit, write_notebook, publisher):
    write_notebook("report.ipynb", "1")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    publisher.dashboards._most_pages = 1
    publisher.most_pages = 1
    first = await visit(made["id"])
    assert first.code == 200
    second = await visit(made["id"])
    assert second.code == 503
    assert "All 1 places for dashboards are taken." in second.body.decode()
    kernel = re.search(r'"kernelId": "([0-9a-f-]{36})"', first.body.decode())[1]
    farewell = await visit("voila", "api", "shutdown", kernel, method="POST", body="")
    assert farewell.code == 204
    assert (await visit(made["id"])).code == 200


async def test_a_withdrawn_dashboard_says_so_and_can_be_restored(api, visit, write_notebook):
    write_notebook("report.ipynb", "print('here')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    assert await api("DELETE", f"/publications/{made['id']}") is None
    answer = await visit(made["id"])
    assert answer.code == 404
    assert "This dashboard was withdrawn." in answer.body.decode()
    assert await api("GET", "/publications") == []
    await api("POST", f"/publications/{made['id']}/restore")
    assert "here" in (await visit(made["id"])).body.decode()


async def test_voila_is_started_again_after_a_crash(api, visit, write_notebook, publisher):
    write_notebook("report.ipynb", "print('again')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    before = publisher.dashboards.pid
    os.kill(before, signal.SIGKILL)
    await until(lambda: publisher.dashboards.pid != before)
    assert "again" in (await visit(made["id"])).body.decode()
    assert publisher.dashboards.pid != before


async def test_the_socket_is_closed_to_others_and_asks_for_the_token(
    api, visit, write_notebook, publisher
):
    write_notebook("report.ipynb", "print('here')")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    path = publisher.dashboards.endpoint().socket
    assert _mode(os.path.dirname(path)) == 0o700
    assert _mode(path) == 0o600
    reader, writer = await asyncio.open_unix_connection(path)
    page = publisher.page_path(made["id"])
    writer.write(f"GET {page} HTTP/1.1\r\nHost: dashboards\r\n\r\n".encode())
    assert b"302" in await reader.readline()  # to a login
    writer.close()
    assert not _listening_ports(publisher.dashboards.pid)


def _mode(path):
    return os.stat(path).st_mode & 0o777


def _mode_or_none(path):
    return _mode(path) if os.path.exists(path) else None


def _listening_ports(pid):
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {f"socket:[{fields[9]}]" for fields in lines if fields[3] == "0A"}
    return listening & {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}


async def test_voila_ends_with_the_server_and_leaves_nothing(api, visit, write_notebook, publisher):
    write_notebook("report.ipynb", "import time; time.sleep(0)")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    pid = publisher.dashboards.pid
    place = os.path.dirname(publisher.dashboards.endpoint().socket)
    await publisher.stop()
    assert birth(pid) is None
    assert os.path.basename(place) not in os.listdir(os.path.dirname(place))


async def test_a_server_that_ends_while_voila_starts_leaves_nothing(
    api, jp_fetch, publisher, write_notebook
):
    write_notebook("report.ipynb", "1")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await jp_fetch("sponde", "dashboards", made["id"])
    while publisher.dashboards.pid is None:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    pid, place = publisher.dashboards.pid, str(publisher.dashboards._place)
    await publisher.stop()
    await until(lambda: not _alive(pid))
    assert _mode_or_none(place) is None


async def test_voila_that_nobody_looks_at_ends_by_itself(api, visit, write_notebook, publisher):
    publisher.dashboards._idle_seconds = 1
    write_notebook("report.ipynb", "1")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    await visit(made["id"])
    for _ in range(2000):
        if publisher.dashboards.pid is None:
            break
        await asyncio.sleep(0.1)
    assert publisher.dashboards.pid is None
    assert (await visit(made["id"])).code == 200


def _alive(pid):
    return birth(pid) is not None


OWNER = """
import asyncio, json, logging, sys
from pathlib import Path
from sponde_server.publish.voila import DashboardServer
async def main():
    server = DashboardServer(Path(sys.argv[1]), "/", logging.getLogger(), most_pages=1,
                             idle_seconds=600, start_seconds=60)
    while server.endpoint() is None:
        await asyncio.sleep(0.1)
    print(json.dumps([server.pid, server.endpoint().socket]), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.parametrize("deaf", [False, True])
async def test_kill_9_of_the_server_leaves_no_orphan(tmp_path, deaf):
    """Voilà ends by itself when the server is gone; a deaf one at the next start."""
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), stdout=subprocess.PIPE
    )
    pid, socket = json.loads(await owner.stdout.readline())
    if deaf:
        os.kill(pid, signal.SIGSTOP)
    owner.kill()
    await owner.wait()
    for _ in range(10 if deaf else 2000):
        if not _alive(pid):
            break
        await asyncio.sleep(0.1)
    assert _alive(pid) == deaf
    logger = logging.getLogger("test")
    later = DashboardServer(tmp_path, "/", logger, most_pages=1, idle_seconds=600, start_seconds=60)
    await later.sweep()
    await until(lambda: not _alive(pid))
    assert _mode_or_none(socket) is None
    assert "voila-" not in str(os.listdir(tmp_path))


async def test_another_jupyterlabs_dashboards_are_left_alone(tmp_path):
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), stdout=subprocess.PIPE
    )
    pid, _ = json.loads(await owner.stdout.readline())
    logger = logging.getLogger("test")
    other = DashboardServer(tmp_path, "/", logger, most_pages=1, idle_seconds=600, start_seconds=60)
    await other.sweep()
    assert _alive(pid)
    owner.kill()
    await owner.wait()
    for _ in range(2000):
        if not _alive(pid):
            break
        await asyncio.sleep(0.1)
    assert not _alive(pid)
