"""What a use case is refused for that no rule decides: it changed meanwhile, or is not there."""

from __future__ import annotations

from yoyaku.kernel.errors import NotFound, YoyakuError


class BookingNotFound(NotFound):
    """There is no such booking, or it is somebody else's."""

    code = "booking_not_found"
    title = "There is no such booking."


class RefundChanged(YoyakuError):
    """What goes back is no longer what was shown (``expected_yen``, ``refund_yen``): show it again, and ask again."""

    code = "refund_changed"
    title = "What is returned has changed meanwhile. Please look at it again."


class KeyUsedBefore(YoyakuError):
    """The idempotency key (``key``) came with another submission before."""

    code = "key_used_before"
    title = "This key was used for another submission."


class WhyMissing(YoyakuError):
    """A clerk's act at the counter needs its reason."""

    status = 422
    code = "why_missing"
    title = "Please say why."


class ReliefAskedBefore(YoyakuError):
    """A reduction was asked for already, and is not decided or was granted: one booking has one."""

    code = "relief_asked_before"
    title = "A reduction has been asked for already."


class GroundsMissing(YoyakuError):
    """Nobody reduces a fee without grounds."""

    status = 422
    code = "relief_grounds_missing"
    title = "Please say on which grounds you ask for it."


class ReliefNotFound(NotFound):
    """There is no such application for a reduction, or it is somebody else's."""

    code = "relief_not_found"
    title = "There is no such application."


class ReliefDecidedBefore(YoyakuError):
    """The application was decided or withdrawn meanwhile."""

    code = "relief_decided_before"
    title = "This application has been decided already."


class DocumentsNotSeen(YoyakuError):
    """Nothing confirms the booking: neither were documents seen nor was a fee taken."""

    status = 422
    code = "documents_not_seen"
    title = "Please see the documents, or take the fee, first."
