"""A real JupyterLab with the workbench in it, and a Chromium that looks at it."""

import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from browser.lab import (
    CHROMIUM,
    FLAGS,
    PATIENCE,
    SHOTS,
    TOKEN,
    Lab,
    call,
    free_port,
    shoot,
    splash_is_gone,
)
from sponde_server.cli import place_welcome


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


FAILED = pytest.StashKey[bool]()
# A page lives for seconds here: what the optimising compilers cost (a quarter of all that a test
# takes) never comes back. Benchmarks measure with them.
WITHOUT_COMPILERS = "--js-flags=--no-turbofan --no-maglev"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test failed, also in a try that is followed by another."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    if report.failed:
        # A second try that goes well leaves no word of the first one elsewhere.
        SHOTS.mkdir(parents=True, exist_ok=True)
        (SHOTS / f"failed-{item.name}.txt").write_text(report.longreprtext)
    return report


expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """Keep pytest-jupyter's event loop away: Playwright runs one of its own in this thread."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """Keep pytest-jupyter's in-process server away: these tests start real ones."""


@pytest.fixture(scope="module")
def make_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Lab]]:
    """Start a JupyterLab with extra options; it is stopped after the module's tests."""
    made: list[Lab] = []

    def make(*options: str, welcome: bool = True) -> Lab:
        base = tmp_path_factory.mktemp("lab")
        (base / "root").mkdir()
        lab = Lab(base, free_port(), list(options))
        if welcome:
            place_welcome(lab.root)
        lab.start()
        made.append(lab)
        return lab

    yield make
    for lab in made:
        lab.end()  # all at once: each takes a while
    for lab in made:
        lab.stop()


@pytest.fixture(autouse=True)
def begins_again(request: pytest.FixtureRequest) -> None:
    """Let a second try (--reruns) find the module's lab as the first one did."""
    if "lab" in request.fixturenames:
        lab: Lab = request.getfixturevalue("lab")
        lab.keep()
        if getattr(request.node, "execution_count", 1) > 1:
            lab.renew()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    assert CHROMIUM, "No Chromium found: run 'make chromium', or set CHROMIUM to its path."
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, WITHOUT_COMPILERS]
        )
        yield found
        found.close()


HARMLESS = re.compile(
    r"favicon|ResizeObserver|net::ERR_(CONNECTION|INCOMPLETE|EMPTY_RESPONSE|SOCKET)"
    r"|status of 404 .*/(me|workspaces)"
)


# JupyterLab's own: a second splash within 0.2 s of the first (a theme that is chosen while the page
# opens) is removed twice, by a timer in its core. Whatever React removes has a long stack.
SPLASH = re.compile(
    r"NotFoundError: Failed to execute 'removeChild' on 'Node': .*\n"
    r" +at http\S+/static/lab/jlab_core\.\w+\.js\S*"
)


# JupyterLab's own, too: it draws on when idle, and asks a cell that was replaced meanwhile.
IDLE = re.compile(
    r"TypeError: Cannot read properties of null \(reading 'id'\)\n"
    r" +at \w+\._runOnIdleTime \(http\S+/static/lab/jlab_core\.\w+\.js\S*\)"
)


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open an address of a lab; the test fails if the page reports an error in its console."""
    opened: list[Page] = []
    problems: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not HARMLESS.search(message.text):
            problems.append(f"{message.text} {message.location.get('url', '')}")

    def broke(error: Error) -> None:
        if not any(known.fullmatch(error.stack or "") for known in (SPLASH, IDLE)):
            problems.append(str(error))

    def open_at(lab: Lab, path: str = "/lab?reset", width: int = 1400, height: int = 850) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", broke)
        page.on("console", heard)
        page.goto(f"{lab.url}{path}{'&' if '?' in path else '?'}token={TOKEN}")
        opened.append(page)
        page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
        page.evaluate("window.jupyterapp.restored.then(() => true)")
        # The launcher or a notebook opens after that, and takes the keyboard then.
        page.wait_for_function("window.jupyterapp.shell.currentWidget")
        splash_is_gone(page)
        return page

    open_at.problems = problems  # type: ignore[attr-defined]
    yield open_at
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(opened):
            shoot(page, f"failed-{request.node.name}-{number}")
    for page in opened:
        page.context.close()
    assert problems == []


@pytest.fixture
def api(lab: Lab) -> Callable[..., Any]:
    """Ask the routes of the module's lab as a program does; give what they answer."""
    return partial(call, lab)
