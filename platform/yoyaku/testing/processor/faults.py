"""How the processor's API goes wrong, for a number of requests or until told otherwise."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Literal, get_args

from yoyaku.testing.serving import Answer

Fault = Literal["outage", "slow", "lost", "late", "text", "endless", "redirect", "other", "none"]
FAULTS: Final[tuple[str, ...]] = get_args(Fault)
BEFORE: Final = frozenset({"outage", "slow", "text", "endless", "redirect"})
"""Nothing is done; with the others it is done, and the answer is lost, comes too late, or is about something else."""


@dataclass(kw_only=True)
class Faults:
    """What goes wrong: ``kind``, on paths that begin with ``path``, for ``left`` requests (``None``: until told)."""

    kind: Fault = "none"
    path: str = ""
    left: int | None = None
    slow_seconds: float = 3.0
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the processor stops: who is slow stops waiting."""

    def set(self, kind: Fault, *, path: str = "", times: int | None = None) -> None:
        """From now on."""
        self.kind, self.path, self.left = kind, path, times

    def take(self, path: str) -> Fault:
        """What is to go wrong with this request."""
        if self.kind == "none" or not path.startswith(self.path) or self.left == 0:
            return "none"
        if self.left is not None:
            self.left -= 1
        return self.kind

    def instead(self, kind: Fault) -> Answer:
        """What is answered without anything being done."""
        if kind == "slow":
            self.over.wait(self.slow_seconds)
        if kind == "text":
            return Answer(body="<html>ただいまメンテナンス中です</html>".encode(), media_type="text/html")
        if kind == "endless":
            return Answer(body=b" " * 5_000_000)
        if kind == "redirect":
            return Answer(status=HTTPStatus.FOUND, location="http://elsewhere.localhost/")
        return Answer(status=HTTPStatus.SERVICE_UNAVAILABLE, body=b'{"error": "unavailable"}')

    def after(self, kind: Fault, answer: Answer) -> Answer:
        """What is answered once it has been done."""
        if kind == "lost":
            return Answer(status=HTTPStatus.BAD_GATEWAY, body=b"", media_type="text/plain")
        if kind == "late":
            self.over.wait(self.slow_seconds)
        if kind == "other":
            return Answer(status=answer.status, body=b'{"order_id": "another", "state": "paid", "amount": 1}')
        return answer
