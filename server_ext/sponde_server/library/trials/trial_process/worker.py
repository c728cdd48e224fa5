"""Runs one block in IPython and tells what it shows: standard library and IPython only.

Lives in the interpreter of the person's kernel, forked by the keeper. Events are JSON lines on a
pipe of their own. Knows no server and has no address of one.
"""

import ast
import builtins
import io
import json
import os
import sys
import threading
import time
from typing import Any

MOST_DATA = 2_000_000
JOIN_SECONDS = 0.05


class Telling:
    """Writes events, with the texts that are printed joined and bounded."""

    def __init__(self, descriptor: int, most: int) -> None:
        self._descriptor = descriptor
        self._left = most
        self._waiting: list[str] = []
        self._name = "stdout"
        self._size = 0
        self._flushed = time.monotonic()
        self._lock = threading.RLock()
        self.dropped = 0

    def tell(self, kind: str, **fields: Any) -> None:
        """Tell one event, after what was printed before it."""
        with self._lock:
            self.flush()
            self._write({"kind": kind, **fields})

    def print(self, name: str, text: str) -> None:
        """Take printed text."""
        with self._lock:
            kept = text[: max(0, self._left)]
            self._left -= len(text)
            self.dropped += len(text) - len(kept)
            if not kept:
                return
            if name != self._name:
                self.flush()
                self._name = name
            self._waiting.append(kept)
            self._size += len(kept)
            if self._size > 8000 or time.monotonic() - self._flushed > JOIN_SECONDS:
                self.flush()

    def flush(self) -> None:
        """Tell what was printed."""
        with self._lock:
            if self._waiting:
                text = "".join(self._waiting)
                self._waiting, self._size = [], 0
                self._write({"kind": "stream", "name": self._name, "text": text})
            self._flushed = time.monotonic()

    def _write(self, event: dict[str, Any]) -> None:
        data = json.dumps(event).encode() + b"\n"
        while data:
            data = data[os.write(self._descriptor, data) :]


class Printed(io.TextIOBase):
    """Standard output or error as Python's code sees it."""

    encoding = "utf-8"

    def __init__(self, telling: "Telling", name: str, descriptor: int) -> None:
        self._telling = telling
        self._name = name
        self._descriptor = descriptor

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Print."""
        self._telling.print(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Show what is printed."""
        self._telling.flush()

    def fileno(self) -> int:
        """Where programs that are started print."""
        return self._descriptor


def work(descriptor: int, events: int, prepare: list[str], most: int) -> int:
    """Make a shell, wait for the code, run it; the answer is an exit code."""
    telling = Telling(events, most)
    stop = threading.Event()
    try:
        make_shell(telling)
    except ImportError as error:
        telling.tell("error", name="ImportError", message=str(error), traceback="")
        return 3
    for module in prepare:
        try:
            __import__(module)
        except Exception:  # noqa: BLE001 - the block will say it in its own words
            continue
    telling.tell("ready")
    line = os.fdopen(descriptor, "rb").readline()
    if not line:
        return 0
    given = json.loads(line)
    if "file" in given:
        with open(given["file"], "rb") as file:
            given = json.load(file)
    threading.Thread(target=_flush_often, args=(telling, stop), daemon=True).start()
    run(telling, given)
    stop.set()
    telling.flush()
    return 0


def make_shell(telling: Telling) -> Any:
    """Make IPython show through events."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):  # type: ignore[misc]
        """display(…)."""

        def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
            """Show a value that is displayed."""
            telling.tell("display", data=sendable(data))

        def clear_output(self, wait: bool = False) -> None:
            """Take away what was shown."""
            telling.tell("clear")

    class Hook(DisplayHook):  # type: ignore[misc]
        """The value of the last line."""

        def write_output_prompt(self) -> None:
            """Show no prompt."""

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            """Show the value."""
            telling.tell("display", data=sendable(format_dict))

        def finish_displayhook(self) -> None:
            """Nothing waits."""

    class Shell(InteractiveShell):  # type: ignore[misc]
        """IPython without a terminal."""

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            text = "\n".join(stb) if isinstance(stb, list) else str(stb)
            name = getattr(etype, "__name__", str(etype))
            telling.tell("error", name=name, message=str(evalue)[:4000], traceback=text[-60_000:])

        def enable_gui(self, gui: Any = None) -> None:
            """There are no windows."""

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.display_pub_class = Publisher
    config.InteractiveShell.displayhook_class = Hook
    config.InteractiveShell.cache_size = 0
    sys.stdout = Printed(telling, "stdout", 1)
    sys.stderr = Printed(telling, "stderr", 2)
    builtins.input = _no_input
    return Shell.instance(config=config, display_pub_class=Publisher, displayhook_class=Hook)


def run(telling: Telling, given: dict[str, Any]) -> None:
    """Load the inputs, run the code, tell how it went."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    code = given["code"]
    try:
        for entry in given["inputs"]:
            telling.tell("step", text=f"Reading the sample of {entry['dataset']}") if entry.get(
                "dataset"
            ) else None
            shell.user_ns[entry["name"]] = value_of(entry, code)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person must read of it
        telling.tell("error", name=type(error).__name__, message=str(error), traceback="")
        telling.tell("done", ok=False, seconds=None, peak=None, measured="", packages={})
        return
    if given["language"] == "sql":
        shell.user_ns["_sponde_sql"] = given["sql"]
        shell.user_ns["_sponde_names"] = [entry["name"] for entry in given["inputs"]]
        code = _SQL
    base, is_exact = _begin_measuring()
    telling.tell("began", base=base)
    began = time.perf_counter()
    result = shell.run_cell(code, store_history=False)
    seconds = time.perf_counter() - began
    peak = max(0, _mark("VmHWM") - base) if is_exact else None
    if telling.dropped:
        telling._left = 200
        telling.print(
            "stdout", f"\n… {telling.dropped:,} more letters were printed and not kept.\n"
        )
    telling.tell(
        "done",
        ok=bool(result.success),
        seconds=round(seconds, 4),
        peak=peak,
        measured="peak" if is_exact else "sampled",
        packages=versions(given["code"]),
    )


_SQL = """
import duckdb as _duckdb
_con = _duckdb.connect()
_con.execute("SET enable_progress_bar = false")
for _name in _sponde_names:
    _con.register(_name, globals()[_name])
_con.execute(_sponde_sql).df()
"""


def value_of(entry: dict[str, Any], code: str) -> Any:
    """Make the value that stands for a name."""
    if not entry.get("dataset"):
        return ast.literal_eval(entry["value"])
    if entry["is_file"]:
        return entry["file"]
    path = entry["file"]
    imported = _imports(code)
    if "polars" in imported and "pandas" not in imported:
        import polars  # type: ignore[import-not-found]

        return polars.read_parquet(path)
    try:
        import duckdb
    except ImportError:
        import pandas

        return pandas.read_parquet(path)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")
        return con.execute("SELECT * FROM read_parquet(?)", [path]).df()


def versions(code: str) -> dict[str, str]:
    """Name the packages that code imports, with the versions that are installed."""
    from importlib import metadata

    imported = sorted(_imports(code) - sys.stdlib_module_names)
    known = metadata.packages_distributions() if imported else {}
    found = {}
    for name in imported:
        for package in known.get(name, [])[:1]:
            found[package] = metadata.version(package)
    return found


def _imports(code: str) -> set[str]:
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def sendable(data: dict[str, Any]) -> dict[str, str]:
    """Give a MIME bundle as text, without what is too large to show."""
    import base64

    kept = {}
    for mime, value in data.items():
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        elif not isinstance(value, str):
            value = json.dumps(value, default=str)
        if len(value) <= MOST_DATA:
            kept[mime] = value
    if len(kept) < len(data) and set(kept) <= {"text/plain"}:
        size = max(len(str(value)) for value in data.values())
        note = f"(An output of {size / 1e6:.1f} MB was too large to show here.)"
        kept["text/plain"] = f"{kept.get('text/plain', '')[:2000]}\n{note}".strip()
    if "image/png" in kept and len(kept["image/png"]) > 87_000:
        small = smaller(kept["image/png"])
        if small:
            kept["image/png"] = small
    return kept


def smaller(picture: str) -> str:
    """Shrink a PNG until it may be kept, where Pillow is there (matplotlib brings it)."""
    import base64

    try:
        from PIL import Image
    except ImportError:
        return ""
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        wide = min(image.width, 900)
        while wide >= 200:
            made = image.convert("RGBA").resize(
                (wide, max(1, round(image.height * wide / image.width)))
            )
            for colours in (None, 128):
                out = io.BytesIO()
                kept = made if colours is None else made.quantize(colours, method=2)
                kept.save(out, "PNG", optimize=True)
                if out.tell() <= 65_536:
                    return base64.b64encode(out.getvalue()).decode()
            wide = wide * 3 // 4
    return ""


def _begin_measuring() -> tuple[int, bool]:
    """Set the system's mark of the highest memory back; give what is held, and whether it was."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return _mark("VmRSS"), False
    return _mark("VmRSS"), True


def _mark(name: str) -> int:
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith(f"{name}:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("A trial cannot ask for input: give the value in the code, or insert it.")


def _flush_often(telling: Telling, stop: threading.Event) -> None:
    while not stop.wait(JOIN_SECONDS):
        telling.flush()
