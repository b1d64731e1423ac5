"""Wrong passwords slow down whoever sends them, never the person whose id they send.

Counted in this process by where they come from: an enemy cannot lock anybody out, and nothing is written to the
database for them.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from yoyaku.registration.policy import TooManyAttempts

WINDOW: Final = timedelta(minutes=15)
AT_MOST_FOR_ONE_ID: Final = 10
AT_MOST_FROM_ONE_ADDRESS: Final = 100
REMEMBERED: Final = 20_000
Source = tuple[str, str]


class Attempts:
    """Failures of the last quarter of an hour by (address, id) and by address."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Source, deque[datetime]] = OrderedDict()

    def check(self, *, address: str, login_key: str, real_now: datetime) -> None:
        """Refuse before the password is looked at.

        Raises:
            TooManyAttempts: ten for one id, or a hundred in all, came from there in 15 minutes.
        """
        for source, at_most in (((address, login_key), AT_MOST_FOR_ONE_ID), ((address, ""), AT_MOST_FROM_ONE_ADDRESS)):
            recent = self._recent(source, real_now)
            if len(recent) >= at_most:
                wait = recent[0] + WINDOW - real_now
                raise TooManyAttempts(retry_after_seconds=max(1, int(wait.total_seconds())))

    def note_failure(self, *, address: str, login_key: str, real_now: datetime) -> None:
        """Count a wrong password."""
        for source in ((address, login_key), (address, "")):
            self._failures.setdefault(source, deque(maxlen=AT_MOST_FROM_ONE_ADDRESS)).append(real_now)
            self._failures.move_to_end(source)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def note_success(self, *, address: str, login_key: str) -> None:
        """Forget the failures for this id from there."""
        self._failures.pop((address, login_key), None)

    def _recent(self, source: Source, real_now: datetime) -> deque[datetime]:
        recent = self._failures.get(source, deque())
        while recent and recent[0] <= real_now - WINDOW:
            recent.popleft()
        return recent
