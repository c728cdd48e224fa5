"""The chat against its peers inside JupyterLab: the same upstream, the same browser, the same eyes.

Peers: jupyter-ai 3.2 with its assistant, and notebook-intelligence 6.2, each in an environment of
its own (`make peers`; without it only Sponde is measured). In turns, each in a fresh JupyterLab:

- to first token: from Enter until the answer's first token is on the screen. The upstream answers
  at once, so this is what the workbench adds;
- to screen: from the moment at which the upstream sends a token (each token is that moment) until
  a frame that shows it was drawn;
- gap p95: between two frames that show something new;
- frame p95: between two frames of the page while the answer grows; busy: milliseconds of tasks
  longer than 50 ms, as the browser tells them;
- other p95: `GET /api/status` of the same server, asked every 50 ms meanwhile;
- open: from the command until the last of the messages is on the screen, with the DOM nodes and
  the JavaScript heap that this adds; ours with 2,000 messages, too. notebook-intelligence keeps
  no conversations.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.long_conversation import SPONDE_MESSAGES, write_jupyter_ai, write_sponde
from benchmarks.report import percentile, report, waits
from browser.lab import CHROMIUM, FLAGS, REPOSITORY, TOKEN, free_port
from browser.lab import Lab as OwnLab

PEERS = Path(os.environ.get("SPONDE_PEERS", Path.home() / ".cache/sponde/peers"))
ASKED = {"400 tokens": "400 tokens at 50/s stamps", "3,000 tokens": "3000 tokens at 300/s stamps"}
FIRSTS = 5
ROUNDS = 3
FEWER = 2_000
EYES = """root => {
    const eyes = {seen: [], known: new Set(), frames: [], busy: 0, first: null, last: 0,
        on: false, at: 0};
    window.eyes = eyes;
    new PerformanceObserver(list => {
        for (const {duration} of list.getEntries()) {
            eyes.busy += eyes.on ? duration : 0;
        }
    }).observe({type: 'longtask'});
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    let found = [];
    new MutationObserver(() => {
        if (!eyes.on) {
            return;
        }
        const text = document.querySelector(root).textContent;
        const from = eyes.last ? text.lastIndexOf(eyes.last) : 0;
        // A little before the last one, too: what is drawn in pieces may come in another order.
        for (const [stamp] of text.slice(Math.max(0, from - 2000)).matchAll(/1\\d{9}\\.\\d{6}/g)) {
            if (!eyes.known.has(stamp) && Number(stamp) >= eyes.at) {
                eyes.known.add(stamp);
                eyes.last = stamp > eyes.last ? stamp : eyes.last;
                found.push(Number(stamp));
            }
        }
    }).observe(document.querySelector(root), {
        subtree: true, childList: true, characterData: true});
    // A message that is posted in a frame is heard after that frame was drawn, with what other
    // callbacks of the frame changed.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
        const drawn = now();
        eyes.seen.push(...found.map(stamp => [stamp, drawn]));
        eyes.first ??= found.length ? drawn : null;
        found = [];
    };
    let before = 0;
    const look = time => {
        requestAnimationFrame(look);
        if (!eyes.on) {
            before = 0;
            return;
        }
        if (before) {
            eyes.frames.push(time - before);
        }
        before = time;
        channel.port2.postMessage(0);
    };
    requestAnimationFrame(look);
}"""
BEGIN = """() => Object.assign(window.eyes, {
    seen: [], known: new Set(), frames: [], busy: 0, first: null, last: '', on: true,
    at: Date.now() / 1000 - 0.05})"""


@dataclass
class Peer:
    """One chat in its JupyterLab, and how a person uses it."""

    name: str
    python: str
    options: tuple[str, ...]
    root: str
    """Selects the element that holds the answers."""
    box: str
    """Selects where a question is typed."""
    show: str
    """JavaScript that shows the chat."""

    @contextlib.contextmanager
    def lab(self, base: Path, upstream: str) -> Iterator[tuple[str, int]]:
        """Run its JupyterLab; give its address and process."""
        raise NotImplementedError


class Sponde(Peer):
    """Our own."""

    @contextlib.contextmanager
    def lab(self, base: Path, upstream: str) -> Iterator[tuple[str, int]]:
        """Run it with the upstream connected."""
        lab = OwnLab(base, free_port(), [f"--SpondeModels.base_url={upstream}"])
        lab.start()
        assert lab.process is not None
        try:
            yield lab.url, lab.process.pid
        finally:
            lab.stop()


class Other(Peer):
    """One of the others, in its own environment and home."""

    @contextlib.contextmanager
    def lab(self, base: Path, upstream: str) -> Iterator[tuple[str, int]]:
        """Run it with the upstream as its model."""
        home, port = base / "home", free_port()
        settings = home / ".jupyter" / "nbi"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "config.json").write_text(json.dumps(nbi_settings(upstream)))
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON"))}
        env |= {"HOME": str(home), "OPENAI_API_KEY": "sk-bench", "OPENAI_API_BASE": upstream}
        with (base / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    self.python,
                    "-m",
                    "jupyterlab",
                    "--no-browser",
                    "--allow-root",
                    f"--port={port}",
                    f"--IdentityProvider.token={TOKEN}",
                    f"--ServerApp.root_dir={base / 'root'}",
                    "--LabApp.expose_app_in_browser=True",
                    "--LabApp.news_url=None",
                    *self.options,
                ],
                env=env,
                cwd=base / "root",
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url)
            yield url, process.pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait(20)


def peers() -> list[Peer]:
    """Ours, and those whose environments are here."""
    found: list[Peer] = [
        Sponde(
            name="Sponde",
            python=sys.executable,
            options=(),
            root="#sponde-chat",
            box="#sponde-chat textarea",
            show="window.jupyterapp.commands.execute('sponde:chat:new')",
        )
    ]
    ai, nbi = PEERS / "jupyter-ai/bin/python", PEERS / "nbi/bin/python"
    if ai.exists():
        found.append(
            Other(
                name="jupyter-ai",
                python=str(ai),
                options=("--JupyternautExtension.initial_language_model=openai/scripted",),
                root="#jp-left-stack",
                box=".jp-chat-input-container textarea:not([aria-hidden])",
                show="window.jupyterapp.commands.execute('jupyterlab-chat:createAndOpen', "
                "{name: 'bench-' + Date.now(), inSidePanel: true})",
            )
        )
    if nbi.exists():
        found.append(
            Other(
                name="notebook-intelligence",
                python=str(nbi),
                options=(),
                root="#jp-left-stack",
                box="textarea[placeholder*='Ask Notebook']",
                show="window.jupyterapp.commands.execute('notebook-intelligence:focus-chat-input')",
            )
        )
    return found


def nbi_settings(upstream: str) -> dict[str, Any]:
    """What notebook-intelligence keeps of its model, its tour taken."""
    properties = {
        "api_key": "sk-bench",
        "model_id": "scripted",
        "base_url": upstream,
        "context_window": "128000",
    }
    return {
        "chat_model": {
            "provider": "openai-compatible",
            "model": "openai-compatible-chat-model",
            "properties": [{"id": id, "value": value} for id, value in properties.items()],
        },
        "inline_completion_model": {"provider": "none", "model": "none"},
        "default_chat_mode": "ask",
    }


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=10).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} never answered")


class Others(threading.Thread):
    """Asks the server for something else, every 50 ms, until told to end."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = f"{url}/api/status?token={TOKEN}"
        self.took: list[float] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        """Ask."""
        while not self.is_over.wait(0.05):
            began = time.perf_counter()
            urllib.request.urlopen(self.url, timeout=60).read()
            self.took.append(time.perf_counter() - began)


def open_chat(page: Page, peer: Peer, url: str) -> None:
    """Open JupyterLab on a new chat."""
    page.goto(f"{url}/lab?reset&token={TOKEN}")
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored", timeout=120_000)
    page.evaluate("window.jupyterapp.restored.then(() => true)")
    page.evaluate(f"() => {{ void {peer.show}; }}")
    with contextlib.suppress(Exception):
        page.get_by_text("Skip tour").click(timeout=4000)
    page.locator(peer.box).last.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)


def ask(page: Page, peer: Peer, text: str, count: int) -> dict[str, Any]:
    """Ask by keyboard, wait until every token is on the screen, and give what was seen."""
    box = page.locator(peer.box).last
    box.click()
    box.fill(text)
    page.evaluate(BEGIN)
    pressed = page.evaluate("(performance.timeOrigin + performance.now()) / 1000")
    page.keyboard.press("Enter")
    page.wait_for_function(f"window.eyes.seen.length >= {count}", timeout=120_000)
    seen: dict[str, Any] = page.evaluate(
        "() => { window.eyes.on = false; const {seen, frames, busy, first} = window.eyes; "
        "return {seen, frames, busy, first}; }"
    )
    seen["to_first"] = seen["first"] - pressed
    page.wait_for_timeout(1000)
    return seen


def stream(page: Page, peer: Peer, url: str, text: str) -> dict[str, float]:
    """Measure one answer."""
    others = Others(url)
    others.start()
    seen = ask(page, peer, text, int(text.split()[0]))
    others.is_over.set()
    others.join()
    late = [drawn - sent for sent, drawn in seen["seen"]]
    moments = sorted({drawn for _, drawn in seen["seen"]})
    gaps = [after - before for before, after in pairwise(moments)]
    return {
        "to screen p50 ms": 1000 * percentile(late, 0.5),
        "to screen p95 ms": 1000 * percentile(late, 0.95),
        "gap p95 ms": 1000 * percentile(gaps, 0.95),
        "frame p95 ms": percentile(seen["frames"], 0.95),
        "busy ms": seen["busy"],
        "other p95 ms": 1000 * percentile(waits(others.took, 0.05), 0.95),
    }


def medians(rows: list[dict[str, float]]) -> dict[str, object]:
    """Give the median of each figure."""
    return {name: percentile([row[name] for row in rows], 0.5) for name in rows[0]}


def resident(pid: int) -> float:
    """Give the resident memory of a process in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def measure(page: Page, peer: Peer, base: Path, upstream: str) -> list[dict[str, object]]:
    """Measure one chat: its first tokens, then answers of both lengths."""
    rows: list[dict[str, object]] = []
    with peer.lab(base, upstream) as (url, pid):
        open_chat(page, peer, url)
        page.evaluate(EYES, peer.root)
        firsts = []
        for number in range(FIRSTS + 1):
            firsts.append(ask(page, peer, "20 tokens at 100/s stamps", 20)["to_first"])
            if not number:
                firsts.clear()
        for name, text in ASKED.items():
            found = medians([stream(page, peer, url, text) for _ in range(ROUNDS)])
            rows.append(
                {
                    "chat": peer.name,
                    "answer": name,
                    "to first token ms": 1000 * percentile(firsts, 0.5),
                    **found,
                    "server MB": resident(pid),
                }
            )
    return rows


def figures(session: CDPSession) -> dict[str, float]:
    """Give the page's counts after its garbage was collected."""
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    return {entry["name"]: entry["value"] for entry in found}


def opened_short(page: Page, peer: Peer, base: Path, upstream: str) -> dict[str, object] | None:
    """Measure how one of ours with FEWER messages is opened."""
    return opened(page, peer, base, upstream, FEWER) if isinstance(peer, Sponde) else None


def opened(
    page: Page, peer: Peer, base: Path, upstream: str, count: int = SPONDE_MESSAGES
) -> dict[str, object] | None:
    """Measure how a conversation of so many messages is opened."""
    if peer.name == "notebook-intelligence":
        return None
    if isinstance(peer, Sponde):
        conversation, last = write_sponde(base / "data_dir" / "sponde" / "history.duckdb", count)
        show = f"'sponde:chat:page', {{conversation: '{conversation}'}}"
    else:
        last = write_jupyter_ai(base / "root" / "long.chat")
        show = "'jupyterlab-chat:open', {filepath: 'long.chat'}"
    with peer.lab(base, upstream) as (url, _):
        open_chat(page, peer, url)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        before = figures(session)
        took = page.evaluate(
            f"""async last => {{
                const began = performance.now();
                void window.jupyterapp.commands.execute({show});
                while (!document.body.textContent.includes(last)) {{
                    await new Promise(resolve => requestAnimationFrame(resolve));
                    if (performance.now() - began > 240000) {{ return null; }}
                }}
                await new Promise(resolve => requestAnimationFrame(resolve));
                return performance.now() - began;
            }}""",
            last,
        )
        page.wait_for_timeout(1000)
        after = figures(session)
        if os.environ.get("SPONDE_SHOTS"):
            page.screenshot(path=Path(os.environ["SPONDE_SHOTS"]) / f"peer-{peer.name}-long.png")
    return {
        "chat": peer.name,
        "messages": count,
        "open ms": took if took is not None else "more than 240,000",
        "nodes": after["Nodes"] - before["Nodes"],
        "heap MB": (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1e6,
    }


def main() -> None:
    """Measure one after another, and report."""
    upstream = subprocess.Popen(
        [sys.executable, str(REPOSITORY / "tests/upstream.py"), "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert upstream.stdout is not None
    address = upstream.stdout.readline().strip()
    streams: list[dict[str, object]] = []
    opens: list[dict[str, object]] = []
    try:
        with sync_playwright() as playwright:
            for peer in peers():
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for work in (measure, opened_short, opened):
                    base = Path(tempfile.mkdtemp())
                    (base / "root").mkdir()
                    page = browser.new_page(viewport={"width": 1400, "height": 900})
                    found = work(page, peer, base, address)
                    streams += found if isinstance(found, list) else []
                    opens += [found] if isinstance(found, dict) else []
                    page.close()
                    shutil.rmtree(base, ignore_errors=True)
                browser.close()
    finally:
        upstream.kill()
        upstream.wait(10)
    report("peers-streams", streams)
    report("peers-open", opens)


if __name__ == "__main__":
    main()
