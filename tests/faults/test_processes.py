"""Whatever starts a child process, ends it: in order, by force, or by dying itself."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yoyaku.testing.stack.processes import ServerNotStarted, start, stop_all, wait_until_ready

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    ),
]


def is_alive(process_id):
    try:
        return "(zombie)" not in Path(f"/proc/{process_id}/status").read_text(encoding="ascii").lower()
    except FileNotFoundError:
        return False


def wait_for(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return result


def test_a_child_that_will_not_stop_is_killed_with_all_it_started(tmp_path):
    child = start(STUBBORN, name="Stubborn", log=tmp_path / "log")
    grandchild = int(wait_for(lambda: (tmp_path / "log").read_text(encoding="ascii").strip()))

    stop_all([child], seconds=0.2)

    assert child.process.returncode == -signal.SIGKILL
    assert wait_for(lambda: not is_alive(grandchild))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their starter's death")
def test_a_child_does_not_outlive_a_starter_that_was_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from yoyaku.testing.stack.processes import start;"
        f"print(start({SLEEPER!r}, name='Sleeper', log=Path(sys.argv[1])).process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "log")], stdout=subprocess.PIPE) as starter:
        sleeper = int(starter.stdout.readline())
        assert is_alive(sleeper)
        starter.kill()

    assert wait_for(lambda: not is_alive(sleeper))


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path):
    words = "import sys; sys.exit('the address is taken')"
    child = start([sys.executable, "-c", words], name="The web server", log=tmp_path / "log")

    with pytest.raises(ServerNotStarted, match=r"(?s)The web server ended at once.*the address is taken"):
        wait_until_ready(child, lambda: False, seconds=10)


def test_a_full_disk_is_called_by_its_name(tmp_path):
    words = "import sys; sys.exit('could not write: No space left on device')"
    child = start([sys.executable, "-c", words], name="PostgreSQL", log=tmp_path / "log")

    with pytest.raises(ServerNotStarted, match="The disk is full"):
        wait_until_ready(child, lambda: False, seconds=10)


def test_a_server_that_never_answers_is_stopped_before_it_is_told(tmp_path):
    child = start(SLEEPER, name="The broker", log=tmp_path / "log")

    with pytest.raises(ServerNotStarted, match="did not answer within 0 seconds"):
        wait_until_ready(child, lambda: False, seconds=0.2)

    assert not child.running
