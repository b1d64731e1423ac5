"""Answers that are worked out once. They follow from frozen rules, so that keeping them changes nothing but time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

MOST_KEPT: Final = 50_000

T = TypeVar("T")


class Memo:
    """Kept answers by key; when there are too many, all are dropped and worked out again."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def get(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The kept answer, or the one that ``work_out`` gives now."""
        kept = self._kept
        if key in kept:
            answer: T = kept[key]
            return answer
        answer = work_out()
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = answer
        return answer
