"""Other processes, told apart even when their number is used again: standard library only.

A process is known by its pid and its birth (boot and start time). Does not know what they do.
"""

import os
import signal
import subprocess
from pathlib import Path


def birth(pid: int) -> str | None:
    """Say when a process was born, in words that no other process shares; None where it is gone.

    A process that has ended and was not yet reaped counts as gone.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return _birth_without_proc(pid) if not Path("/proc/self/stat").exists() else None
    except (ProcessLookupError, PermissionError):
        return None
    # The name in parentheses may hold spaces and parentheses itself: count from the last one.
    fields = stat[stat.rindex(")") + 2 :].split()
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def _birth_without_proc(pid: int) -> str | None:
    """Ask `ps`, where there is no /proc (macOS)."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return started.strip() or None if state and not state.startswith("Z") else None


def is_alive(pid: int, born: str) -> bool:
    """Whether this very process still runs."""
    return birth(pid) == born


def signal_group(pid: int, born: str, number: signal.Signals) -> None:
    """Send a signal to a process's group, if it is still that process."""
    if is_alive(pid, born):
        _send(pid, number)


def kill_group(pid: int) -> None:
    """End what is left of a group of our own, whose first process may be gone already."""
    _send(pid, signal.SIGKILL)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return
