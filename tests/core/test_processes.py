import os
import signal
import subprocess
import sys
import time

from sponde_server.core.processes import birth, is_alive, kill_group, signal_group


def sleeper():
    return subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )


def test_a_process_is_known_by_its_birth():
    child = sleeper()
    born = birth(child.pid)
    assert born is not None
    assert is_alive(child.pid, born)
    assert not is_alive(os.getpid(), born)
    assert not is_alive(child.pid, born + "0")
    child.kill()
    child.wait(10)


def test_a_process_that_ended_is_gone_also_before_it_is_reaped():
    child = sleeper()
    born = birth(child.pid)
    child.kill()
    for _ in range(3000):
        if birth(child.pid) is None:
            break
        time.sleep(0.02)
    assert birth(child.pid) is None
    assert not is_alive(child.pid, born)
    child.wait(10)


def test_a_group_is_signalled_only_while_it_is_that_group():
    child = sleeper()
    born = birth(child.pid)
    signal_group(child.pid, "another birth", signal.SIGKILL)
    assert child.poll() is None
    signal_group(child.pid, born, signal.SIGTERM)
    assert child.wait(10) == -signal.SIGTERM


def test_killing_a_group_ends_what_its_first_process_left_behind():
    code = (
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert first.stdout is not None
    left = int(first.stdout.readline())
    first.stdout.close()
    born = birth(left)
    first.wait(10)
    kill_group(first.pid)
    for _ in range(3000):
        if not is_alive(left, born):
            break
        time.sleep(0.02)
    assert not is_alive(left, born)
    kill_group(first.pid)
