"""A win that could not become a booking by itself: why, kept so that it can be said later, in any language."""

from __future__ import annotations

from typing import Any

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import keep_error
from yoyaku.kernel.kept import read_error as told

__all__ = ["WinNotBooked", "kept", "told"]


class WinNotBooked(YoyakuError):
    """What kept a win from becoming a booking was no rule but a failure (``error``: its kind; never what it said)."""

    code = "win_not_booked"
    title = "The booking could not be written. Ask whoever runs the system."


def kept(error: Exception) -> dict[str, Any]:
    """An error as it is stored: its code (with its variant) and facts. Of one that is no sentence, its kind only."""
    return keep_error(error if isinstance(error, YoyakuError) else WinNotBooked(error=type(error).__name__))
