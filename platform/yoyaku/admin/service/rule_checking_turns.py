"""Checking texts beside all that goes on in this process: no one city takes all of its time and connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Final

from yoyaku.db.engine import Busy
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.ruleset.policy import Texts

LARGE: Final = 200_000
"""Letters; the longest rule set there is has half of it."""
_LARGE_CHECKS: Final = BoundedSemaphore(2)


async def check_beside(texts: Texts, check: Callable[[Texts], DraftChecked]) -> DraftChecked:
    """What a check of texts finds, in a thread; of large texts two are checked at a time.

    Raises:
        Busy: there are two already.
    """
    is_large = sum(map(len, texts.values())) > LARGE
    if is_large and not _LARGE_CHECKS.acquire(blocking=False):
        raise Busy
    try:
        return await asyncio.to_thread(check, texts)
    finally:
        if is_large:
            _LARGE_CHECKS.release()
