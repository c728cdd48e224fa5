"""What is said of trials: why one is refused, how one ended, and what of it is worth keeping."""

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from sponde_server.core.errors import Invalid
from sponde_server.library.records import CodeBlock

from .records import TrialInput, TrialOutput, TrialStatus

if TYPE_CHECKING:
    from .hearing import Heard
    from .service import SpondeTrials

MAGICS = {"bash", "html", "javascript", "latex", "perl", "ruby"}
"""Languages that IPython runs by a magic."""
SHOWN_IN_PROOF = ("image/png", "image/svg+xml", "text/html", "text/plain")


def how_it_ended(heard: "Heard", limits: "SpondeTrials") -> tuple[TrialStatus, str, str, str]:
    """Say how a trial ended: status, the error's name, what it said, and the way out."""
    stopped = {
        "time": (
            f"It was ended: it ran longer than the {limits.max_seconds:g} seconds that a trial "
            "may take.",
            "Try it on less data, or raise SpondeTrials.max_seconds.",
        ),
        "memory": (
            f"It was ended: it held more than the {size_in_words(limits.max_memory)} of memory "
            "that a trial may have.",
            "Try it on less data, or raise SpondeTrials.max_memory.",
        ),
        "cpu": (
            f"It was ended: it used more than the {limits.max_cpu_seconds:g} seconds of "
            "processor time that a trial may use.",
            "Let it use fewer cores, or raise SpondeTrials.max_cpu_seconds.",
        ),
        "processes": (
            f"It was ended: it had more than the {limits.max_processes} processes at once that "
            "a trial may have.",
            "Start fewer, or raise SpondeTrials.max_processes.",
        ),
    }
    if heard.why in stopped:
        return (TrialStatus.STOPPED, "Limit", *stopped[heard.why])
    if heard.done.get("ok"):
        return (TrialStatus.OK, "", "", "")
    if heard.error:
        hint = ""
        if heard.error["name"] == "MemoryError":
            hint = f"A trial may have {size_in_words(limits.max_memory)} (SpondeTrials.max_memory)."
        return (TrialStatus.FAILED, heard.error["name"], heard.error["message"], hint)
    if heard.why != "ended":
        return (
            TrialStatus.FAILED,
            "Trial",
            "The interpreter of the kernel could not be started.",
            "Look whether a notebook can start its kernel.",
        )
    return (
        TrialStatus.FAILED,
        "KernelDied",
        f"The block ended its own process{_by(heard.status)}.",
        "Look for sys.exit, os._exit, a signal, or an extension that crashes.",
    )


def refusal_of(block: CodeBlock) -> str:
    """Say why a block cannot be tried; empty where it can."""
    if block.language in ("python", "sql", *MAGICS):
        return ""
    return f"The block '{block.name}' is {block.language}, which cannot be tried here."


def check_literal(one: TrialInput) -> None:
    """Refuse what is no Python value."""
    import ast

    try:
        ast.literal_eval(one.value)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise Invalid(
            f"'{one.value[:60]}' is no value for '{one.name}'.",
            "Write a Python value, such as 10, 'north' or ['a', 'b'].",
        ) from error


def size_in_words(count: int) -> str:
    """Write bytes as people say them."""
    if count >= 1_000_000_000:
        return f"{count / 1_000_000_000:g} GB"
    return f"{count // 1_000_000} MB"


def _by(status: int | None) -> str:
    if status is None or status == 0:
        return ""
    number = -status if status < 0 else status - 128
    with suppress(ValueError):
        return f" ({signal.Signals(number).name})"
    return f" (exit code {status})"


def to_keep(outputs: tuple[TrialOutput, ...]) -> dict[str, str]:
    """Choose of what was shown what is worth keeping: the last picture or table, else the text."""
    from sponde_server.library.proof.outputs import small_table

    last = ""
    for output in reversed(outputs):
        data = output.data
        if "image/png" in data or "image/svg+xml" in data or small_table(data.get("text/html", "")):
            return {mime: data[mime] for mime in SHOWN_IN_PROOF if mime in data}
        text = data.get("text/plain") or data.get("application/vnd.jupyter.stdout", "")
        last = last or text
    return {"text/plain": last} if last.strip() else {}
