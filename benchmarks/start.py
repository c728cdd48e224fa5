"""How long JupyterLab takes to be ready with and without Sponde, and the memory of its server.

Ready: from starting the process until Chromium has restored JupyterLab (`app.restored`). Memory:
the server process's resident set, idle after JupyterLab is open; with Sponde also with its Chat,
Data and Library panels open. Medians of STARTS starts, alternating.
"""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import report
from browser.lab import CHROMIUM, FLAGS, TOKEN, Lab, command, free_port
from sponde_server.cli import place_welcome

STARTS = 5
PANELS = ("sponde:chat:open", "sponde:datasets:open", "sponde:library:open")
WITHOUT = [
    "--ServerApp.jpserver_extensions={'sponde_server': False}",
    "--LabServerApp.labextensions_path=[]",
]


def measure(browser: Browser, options: list[str], panels: tuple[str, ...]) -> tuple[float, float]:
    """Start once; give seconds until ready and megabytes of the server."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "root").mkdir()
        place_welcome(base / "root")
        lab = Lab(base, free_port(), options)
        began = time.perf_counter()
        lab.start()
        page = browser.new_page()
        page.goto(f"{lab.url}/lab?reset&token={TOKEN}")
        page.wait_for_function("window.jupyterapp && window.jupyterapp.restored", timeout=60_000)
        page.evaluate("window.jupyterapp.restored.then(() => true)")
        ready = time.perf_counter() - began
        for name in panels:
            command(page, name)
        page.wait_for_timeout(3000)
        assert lab.process is not None
        megabytes = resident(lab.process.pid)
        page.close()
        lab.stop()
    return ready, megabytes


def resident(pid: int) -> float:
    """Give the resident memory of a process in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise ValueError(f"process {pid} has no memory")


def main() -> None:
    """Measure and report."""
    cases = {
        "without Sponde": (WITHOUT, ()),
        "with Sponde": ([], ()),
        "with Sponde, panels open": ([], PANELS),
    }
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(STARTS):
            for name, (options, panels) in cases.items():
                seen[name].append(measure(browser, options, panels))
        browser.close()
    rows: list[dict[str, object]] = [
        {
            "case": name,
            "ready s": statistics.median(ready for ready, _ in values),
            "server MB": statistics.median(megabytes for _, megabytes in values),
        }
        for name, values in seen.items()
    ]
    report("start", rows)


if __name__ == "__main__":
    main()
