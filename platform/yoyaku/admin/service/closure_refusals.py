"""What closing a place is refused for."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError


class ClosurePast(YoyakuError):
    """What is over is not closed any more."""

    status = 422
    code = "closure_past"
    title = "Choose days and times that are still to come."


class ClosureGroundsMissing(YoyakuError):
    """Bookings are in the way, and it was not said on which grounds they end."""

    status = 422
    code = "closure_grounds_missing"
    title = "Say on which grounds the bookings end."


class ClosureHitsChanged(YoyakuError):
    """Others are in the way by now than were shown."""

    code = "closure_hits_changed"
    title = "The bookings concerned have changed meanwhile. Please look at them again."


class ClosureBlocked(YoyakuError):
    """The rules under which they were made do not let these bookings (``numbers``) end on these grounds."""

    code = "closure_blocked"
    title = "The rules do not let some bookings end on these grounds."


class ClosureWhileDrawn(YoyakuError):
    """A lottery is sealed that draws these days; it is announced at ``until``."""

    code = "closure_while_drawn"
    title = "These days are being drawn by lot."


class ClosureEnded(YoyakuError):
    """It has ended before."""

    code = "closure_ended"
    title = "This closure has ended already."
