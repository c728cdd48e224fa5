"""The main of a run's own process: `python -m sponde_server.jobs.child`, the work as JSON on stdin.

Executes one notebook with papermill and writes one JSON line an event to the run's log. The server
may end and begin again meanwhile: nothing here depends on it. Knows nothing of the server but
the shape of the work and of the log.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sponde_server.core.processes import birth

METRIC = "application/vnd.sponde.metric+json"
HEARTBEAT_SECONDS = 5.0
SAVE_SECONDS = 30.0
INTERRUPT_SECONDS = 2.0
EXIT_SECONDS = 10.0
CLOSED_SECONDS = 0.5
LONGEST_MESSAGE = 2000


class Log:
    """The run's log: a line an event, and a bell for whoever follows it."""

    def __init__(self, folder: Path) -> None:
        self._bell = folder / "bell"
        self._file = os.open(folder / "log.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def write(self, kind: str, **fields: Any) -> None:
        """Append an event."""
        line = json.dumps({"kind": kind, "time": time.time(), **fields}) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
        with suppress(OSError):  # nobody follows now, or the bell is ringing already
            bell = os.open(self._bell, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(bell, b".")
            finally:
                os.close(bell)

    def beat(self) -> None:
        """Write a heartbeat now and then, from a thread, for as long as the process lives."""

        def forever() -> None:
            while True:
                time.sleep(HEARTBEAT_SECONDS)
                self.write("heartbeat")

        threading.Thread(target=forever, daemon=True, name="heartbeat").start()


def claim(folder: Path) -> bool:
    """Make this run ours, unless the server has withdrawn it: one of the two makes the file."""
    entry = {"pid": os.getpid(), "birth": birth(os.getpid())}
    draft = folder / f"began.{os.getpid()}"
    try:
        draft.write_text(json.dumps(entry))
        os.link(draft, folder / "began")
    except OSError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def main() -> None:
    """Execute the work that stdin names."""
    try:
        work = json.load(sys.stdin)
    except ValueError:
        return  # the server ended before it had said what to do
    folder = Path(work["folder"])
    if not claim(folder):
        return
    log = Log(folder)
    log.write("began", pid=os.getpid())
    log.beat()
    try:
        ended = execute(work, log)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person must read of it
        import traceback

        traceback.print_exc()
        message = f"The run's process failed: {error}"
        ended = {"status": "failed", "error": {"name": type(error).__name__, "message": message}}
    log.write("ended", **ended)


def execute(work: dict[str, Any], log: Log) -> dict[str, Any]:
    """Execute the notebook and save it, whatever comes of it; say how it ended."""
    _leave_out_what_is_not_needed()
    # Imported here: this process alone may pay for papermill.
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    # The path is absolute, so none of papermill's network handlers takes it.
    notebook = load_notebook_node(work["notebook"])
    kernel, language = work["kernel"], work["language"]
    if work["parameters"]:
        values = _with_dates(work, kernel, language)
        notebook = parameterize_notebook(notebook, values, kernel_name=kernel, language=language)
        # Kept in the notebook as JSON; a date there is its text.
        notebook.metadata.papermill["parameters"] = work["parameters"]
    saver = Saver(Path(work["result"]))
    outcome = _execute_in_kernel(notebook, work, log, saver)
    if outcome["status"] == "failed" and outcome["error"].get("cell"):
        with suppress(PapermillExecutionError):
            raise_for_execution_errors(notebook, None)  # marks the cell that failed
    saver.save(notebook)
    return outcome


def _leave_out_what_is_not_needed() -> None:
    """Spare one to two seconds of imports that a run has no use for.

    papermill loads pyarrow to read from HDFS; jsonschema builds a grammar of international
    addresses. Both do without where the import fails.
    """
    for name in ("pyarrow.fs", "rfc3987_syntax"):
        sys.modules[name] = None  # type: ignore[assignment]


def _with_dates(work: dict[str, Any], kernel: str, language: str) -> dict[str, Any]:
    """Turn the values that are dates in the notebook into code that makes dates."""
    from datetime import date

    from papermill.translators import PythonTranslator, papermill_translators

    class Translator(PythonTranslator):  # type: ignore[misc]
        """Python with dates."""

        @classmethod
        def translate(cls, val: Any) -> Any:
            """Write a value as code."""
            if isinstance(val, date):
                return f'__import__("datetime").date({val.year}, {val.month}, {val.day})'
            return super().translate(val)

    if language == "python":
        papermill_translators.register("python", Translator)
        papermill_translators.register(kernel, Translator)
    values = dict(work["parameters"])
    for name in work["dates"]:
        if values.get(name) is not None:
            values[name] = date.fromisoformat(values[name])
    return values


class Saver:
    """Writes the executed notebook so that there is always a whole one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = time.monotonic()
        self._took = 0.0

    def save(self, notebook: Any) -> None:
        """Write it beside its place, then put it there."""
        import nbformat

        began = time.monotonic()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{self._path.name}.part")
        draft.write_text(nbformat.writes(notebook), "utf-8")
        draft.replace(self._path)
        self._saved = time.monotonic()
        self._took = self._saved - began

    def save_sometimes(self, notebook: Any) -> None:
        """Write it if the last time is long ago; saving takes at most a twentieth of the time."""
        if time.monotonic() - self._saved > max(SAVE_SECONDS, 20 * self._took):
            self.save(notebook)


def _execute_in_kernel(
    notebook: Any, work: dict[str, Any], log: Log, saver: Saver
) -> dict[str, Any]:
    """Hand the notebook to papermill with an engine of our own; say how it ended."""
    from papermill.engines import Engine, papermill_engines

    outcome: dict[str, Any] = {}

    class RunEngine(Engine):  # type: ignore[misc]
        """papermill's engine without a notebook written at every cell's start and end."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
            outcome.update(asyncio.run(Execution(nb_man, kernel_name, work, log, saver).run()))

    papermill_engines.register("sponde", RunEngine)
    papermill_engines.execute_notebook_with_engine(
        "sponde", notebook, work["kernel"], progress_bar=False, autosave_cell_every=0
    )
    return outcome


class Execution:
    """One notebook in one kernel, cell by cell, until its end, an error, a stop or the limit."""

    def __init__(
        self, manager: Any, kernel_name: str, work: dict[str, Any], log: Log, saver: Saver
    ) -> None:
        from papermill.clientwrap import PapermillNotebookClient

        self._manager = manager
        self._notebook = manager.nb
        self._work = work
        self._log = log
        self._saver = saver
        self._stopped = ""
        self._at = 0
        # A folder of its own with a short name: a socket's path may have 107 letters.
        self._sockets = Path(tempfile.mkdtemp(prefix="sponde-run-"))
        self._client = PapermillNotebookClient(
            manager,
            kernel_name=kernel_name,
            resources={"metadata": {"path": work["cwd"]}},
            timeout=None,
            startup_timeout=work["startup_limit"],
        )

    async def run(self) -> dict[str, Any]:
        """Execute; the kernel is gone when this returns."""
        loop = asyncio.get_running_loop()
        cells = asyncio.ensure_future(self._execute_cells())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, "cancelled", cells)
        if self._work["time_limit"]:
            loop.call_later(self._work["time_limit"], self._stop, "timed_out", cells)
        try:
            outcome = await cells
        except asyncio.CancelledError:
            outcome = {"status": self._stopped}
        finally:
            await self._end_kernel()
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._stopped:
            return {"status": self._stopped, "error": self._stop_error()}
        return outcome

    def _stop_error(self) -> dict[str, Any] | None:
        if self._stopped != "timed_out":
            return None
        limit = self._work["time_limit"]
        where = f" in cell [{self._at}]" if self._at else ""
        message = f"The run was ended{where}: it took longer than its limit of {limit:g} seconds."
        return {"message": message, "cell": self._at or None}

    def _stop(self, status: str, cells: "asyncio.Future[Any]") -> None:
        """Interrupt the cell, so that its outputs and its traceback are kept; then insist."""
        if self._stopped:
            return
        self._stopped = status
        loop = asyncio.get_running_loop()
        self._interrupting = loop.create_task(self._interrupt())
        loop.call_later(INTERRUPT_SECONDS, cells.cancel)

    async def _interrupt(self) -> None:
        manager = self._client.km
        if manager is not None and manager.has_kernel:
            with suppress(RuntimeError, OSError):
                await manager.interrupt_kernel()

    # -- the cells --------------------------------------------------------------------------

    async def _execute_cells(self) -> dict[str, Any]:
        try:
            await self._start_kernel()
        except (RuntimeError, OSError) as error:
            return _failed(f"The kernel did not start: {error}", type(error).__name__)
        code = [cell for cell in self._notebook.cells if _is_executed(cell)]
        self._log.write("cells", of=len(code))
        for index, cell in enumerate(self._notebook.cells):
            if self._stopped:
                break
            if _is_executed(cell):
                self._at += 1
                outcome = await self._execute_cell(index, cell, len(code))
                if outcome is not None:
                    return outcome
                self._saver.save_sometimes(self._notebook)
        self._client.set_widgets_metadata()
        return {"status": "succeeded"}

    async def _execute_cell(self, index: int, cell: Any, count: int) -> dict[str, Any] | None:
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        number = self._at
        began = time.monotonic()
        self._log.write("cell_started", cell=number, of=count, text=_first_line(cell.source))
        self._manager.cell_start(cell, index)
        try:
            await self._client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            self._manager.cell_exception(cell, cell_index=index)
            if error.ename == "SystemExit" and error.evalue in ("", "0"):
                return {"status": "succeeded"}
            return _failed(error.evalue, error.ename, cell.get("execution_count") or number)
        except DeadKernelError:
            self._manager.cell_exception(cell, cell_index=index)
            return _failed(await self._how_it_died(), "DeadKernelError", number)
        finally:
            self._manager.cell_complete(cell, cell_index=index)
            self._tell_metrics(cell)
            seconds = round(time.monotonic() - began, 3)
            self._log.write("cell_finished", cell=number, of=count, seconds=seconds)
        return None

    def _tell_metrics(self, cell: Any) -> None:
        for output in cell.outputs:
            given = output.get("data", {}).get(METRIC)
            if isinstance(given, dict) and isinstance(given.get("value"), int | float):
                self._log.write("metric", name=str(given.get("name")), value=given["value"])

    # -- the kernel -------------------------------------------------------------------------

    async def _start_kernel(self) -> None:
        client = self._client
        client.reset_execution_trackers()
        manager = client.create_kernel_manager()
        if sys.platform != "win32":
            # Ports of kernels that start at once would race; files do not.
            manager.transport = "ipc"
            manager.ip = str(self._sockets / "k")
            manager.connection_file = str(self._sockets / "kernel.json")
        # A kernel has a process group of its own, which must not outlive a run that is killed.
        await client.async_start_new_kernel()
        pid = getattr(manager.provisioner, "pid", None)
        if pid:
            self._log.write("kernel", pid=pid, birth=birth(pid), sockets=str(self._sockets))
        await self._connect(manager)

    async def _connect(self, manager: Any) -> None:
        """Wait until the kernel answers and its outputs arrive.

        jupyter_client's own check waits at least 0.2 s after that, for outputs of others.
        """
        from queue import Empty

        channels = manager.client()
        self._client.kc = channels
        channels.start_channels()
        channels.allow_stdin = False
        deadline = time.monotonic() + self._client.startup_timeout
        reply: Any = None
        while True:
            channels.kernel_info()
            # Outputs that were told before we were connected are gone: so ask until one arrives.
            # On a busy machine the answer is to an earlier question, which is as good.
            with suppress(Empty):
                reply = await channels.shell_channel.get_msg(timeout=1)
                await channels.iopub_channel.get_msg(timeout=0.2)
                break
            if not await manager.is_alive():
                raise RuntimeError(await self._how_it_died())
            if time.monotonic() > deadline:
                limit = self._client.startup_timeout
                raise RuntimeError(f"it gave no answer in {limit:g} seconds.")
        info = reply["content"].get("language_info")
        if info:
            self._notebook.metadata["language_info"] = info

    async def _how_it_died(self) -> str:
        provisioner = getattr(self._client.km, "provisioner", None)
        code = await provisioner.poll() if provisioner is not None else None
        if code == -signal.SIGKILL:
            return "The kernel was killed, most often for want of memory."
        return "The kernel ended by itself" + (f" (exit code {code})." if code else ".")

    async def _end_kernel(self) -> None:
        """Ask the kernel to end, wait for it closely, and end it if it does not."""
        manager = self._client.km
        if manager is None or not manager.has_kernel:
            return
        provisioner = manager.provisioner
        if not self._stopped and await provisioner.poll() is None:
            await manager.request_shutdown()
            await self._see_it_end(manager)
        if await provisioner.poll() is None:
            with suppress(RuntimeError, ProcessLookupError):
                await manager.shutdown_kernel(now=True)
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        with suppress(RuntimeError, OSError):
            await manager.cleanup_resources()

    async def _see_it_end(self, manager: Any) -> None:
        """Wait until the kernel has ended, or has nothing left to do but ends not.

        ipykernel 7 sometimes waits 10 s for a thread that it has stopped itself. That is after
        the user's own farewells (atexit), and its heartbeat's socket is gone by then.
        """
        deadline = time.monotonic() + EXIT_SECONDS

        def is_open() -> bool:
            return os.path.exists(f"{manager.ip}-{manager.hb_port}")

        is_known = manager.ipykernel and is_open()
        # jupyter_client itself looks every 0.1 s.
        while await manager.provisioner.poll() is None and time.monotonic() < deadline:
            if is_known and not is_open():
                deadline = min(deadline, time.monotonic() + CLOSED_SECONDS)
                is_known = False
            await asyncio.sleep(0.005)


def _is_executed(cell: Any) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _first_line(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")[:100]


def _failed(message: str, name: str, cell: int | None = None) -> dict[str, Any]:
    short = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"
    return {"status": "failed", "error": {"name": name, "message": short, "cell": cell}}


if __name__ == "__main__":
    main()
