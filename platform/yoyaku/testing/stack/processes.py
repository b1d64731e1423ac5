"""Child processes that cannot outlive their starter, and that always end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yoyaku.kernel.errors import YoyakuError

_PR_SET_PDEATHSIG = 1


class ServerNotStarted(YoyakuError):
    """A bundled server did not come up; the sentence says why and what to do."""

    status = 500
    code = "server_not_started"
    title = "A server did not start."


@dataclass(kw_only=True)
class Child:
    """A started process, leader of its own group, so that stopping it reaches all that it started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def last_words(self, lines: int = 8) -> str:
        """The end of its log, for a sentence about its failure."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])

    def ask_to_stop(self) -> None:
        """Send its stop signal; ``wait_until_stopped`` follows."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def wait_until_stopped(self, seconds: float) -> None:
        """Wait, then kill whatever is left of its group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(frozen=True, kw_only=True)
class Account:
    """The system account a child runs as, when not as its starter's."""

    uid: int
    gid: int


def start(
    command: Sequence[str | Path],
    *,
    name: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start ``command`` with its output in ``log``; it gets ``stop_signal`` if this process dies first (Linux)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            start_new_session=True,
            preexec_fn=_dies_with_its_starter(stop_signal),  # noqa: PLW1509  # the starter has one thread
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/" if account else None,
        )
    return Child(name=name, process=process, log=log, stop_signal=stop_signal)


def wait_until_ready(child: Child, is_ready: Callable[[], bool], *, seconds: float) -> None:
    """Poll ``is_ready`` until it is true.

    ServerNotStarted with the log's last words when it dies or takes too long; a child that is not ready is stopped.
    """
    try:
        trouble = _trouble_until_ready(child, is_ready, seconds=seconds)
    except BaseException:
        stop_all([child], seconds=5)
        raise
    if trouble:
        stop_all([child], seconds=5)
        raise ServerNotStarted(_why_not(child, trouble))


def _trouble_until_ready(child: Child, is_ready: Callable[[], bool], *, seconds: float) -> str | None:
    deadline = time.monotonic() + seconds
    while not is_ready():
        if not child.running:
            return f"ended at once (exit code {child.process.returncode})"
        if time.monotonic() > deadline:
            return f"did not answer within {seconds:.0f} seconds"
        time.sleep(0.03)
    return None


def stop_all(children: Sequence[Child], *, seconds: float = 10) -> None:
    """Stop ``children`` in the order given: each is asked, awaited, and at last killed."""
    for child in children:
        child.ask_to_stop()
        child.wait_until_stopped(seconds)


def _why_not(child: Child, happened: str) -> str:
    words = child.last_words()
    hint = ""
    if "No space left on device" in words:
        hint = " The disk is full: free some space and start again."
    return f"{child.name} {happened}.{hint} Its log, {child.log}, ends with:\n{words}"


def _dies_with_its_starter(stop_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    starter = os.getpid()

    def in_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != starter:  # it died between fork and here
            os._exit(1)

    return in_child
