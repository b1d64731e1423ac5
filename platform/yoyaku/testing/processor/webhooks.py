"""What the processor tells by itself: signed, again and again until it is taken, and as badly as a test wishes."""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

from yoyaku.testing.processor.signing import WEBHOOK_HEADER, sign_webhook

LONGEST_PAUSE: Final = 60.0
TIMEOUT_SECONDS: Final = 5.0


class Told(msgspec.Struct, kw_only=True):
    """One event on its way: to whom, signed with what, how often it was tried."""

    event_id: str
    url: str
    secret: str
    body: bytes
    tries: int = 0

    def __repr__(self) -> str:
        return f"Told({self.event_id!r})"


class Deliverer:
    """Brings events to the merchants' addresses, from a thread of its own.

    ``delay_seconds`` before the first try, ``copies`` of each event, the next ``drop`` events lost for ever, ``held``:
    kept back until ``release``. ``answers`` are the statuses that were met (0: nobody answered), by event.
    """

    def __init__(self, *, first_pause: float = 1.0) -> None:
        """Begin."""
        self.delay_seconds, self.copies, self.drop, self.held = 0.0, 1, 0, False
        self.answers: list[tuple[str, int]] = []
        self._first_pause = first_pause
        self._queue: list[tuple[float, int, Told]] = []
        self._kept_back: list[Told] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._sending = self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Deliver from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver no more; what is under way ends."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def tell(self, url: str, *, secret: str, event: Mapping[str, Any]) -> None:
        """Bring an event; it gets an id."""
        event_id = f"evt_{secrets.token_hex(10)}"
        body = msgspec.json.encode({"event_id": event_id, **event})
        told = Told(event_id=event_id, url=url, secret=secret, body=body)
        with self._changed:
            if self.drop > 0:
                self.drop -= 1
            elif self.held:
                self._kept_back.append(told)
            else:
                self._enqueue(told)

    def release(self, *, reverse: bool = False) -> None:
        """Bring what was kept back, the last first if asked for; from now on nothing is."""
        with self._changed:
            waiting, self._kept_back, self.held = self._kept_back, [], False
            for told in reversed(waiting) if reverse else waiting:
                self._enqueue(told)

    def settle(self, seconds: float = 5.0) -> bool:
        """Wait until nothing is under way; whether that came about."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._sending, timeout=seconds)

    def _enqueue(self, told: Told) -> None:
        for _ in range(self.copies):
            copy = msgspec.structs.replace(told)
            heapq.heappush(self._queue, (time.monotonic() + self.delay_seconds, next(self._order), copy))
        self._changed.notify_all()

    def _run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while (told := self._next()) is not None:
                self._sent(told, send(told, client))

    def _sent(self, told: Told, status: int) -> None:
        """Note how it went, and try again later what was not taken."""
        with self._changed:
            self.answers.append((told.event_id, status))
            if not httpx.codes.is_success(status):
                told.tries += 1
                pause = min(self._first_pause * 2 ** min(told.tries - 1, 20), LONGEST_PAUSE)
                heapq.heappush(self._queue, (time.monotonic() + pause, next(self._order), told))
            self._sending = False
            self._changed.notify_all()

    def _next(self) -> Told | None:
        """Wait for the next that is due; ``None`` when stopped."""
        with self._changed:
            while not self._stopped:
                pause = self._queue[0][0] - time.monotonic() if self._queue else None
                if pause is not None and pause <= 0:
                    self._sending = True
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(timeout=pause)
            return None


def send(told: Told, client: httpx.Client) -> int:
    """Bring an event once; the status that was met, 0 if there was none.

    Names below ``localhost`` are this machine, whatever its resolver says.
    """
    parts = urlsplit(told.url)
    url, headers = told.url, {"content-type": "application/json"}
    if parts.hostname is not None and parts.hostname.endswith(".localhost"):
        headers["host"] = parts.netloc
        url = parts._replace(netloc=f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1").geturl()
    headers[WEBHOOK_HEADER] = sign_webhook(told.secret, timestamp=int(time.time()), body=told.body)
    try:
        return client.post(url, content=told.body, headers=headers).status_code
    except httpx.HTTPError:
        return 0
