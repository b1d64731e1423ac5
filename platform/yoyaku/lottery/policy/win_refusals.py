"""Why a win cannot be accepted, declined or restored, each with what is possible instead."""

from __future__ import annotations

from yoyaku.rules.refusal import Refusal


class NotWon(Refusal):
    """The entry did not win, or the result is not announced yet."""

    code = "not_won"
    title = "This entry has not won."


class WinDeclined(Refusal):
    """It was declined, which cannot be taken back (``declined_at``)."""

    code = "win_declined"
    title = "This win was declined, which cannot be taken back."


class WinRevoked(Refusal):
    """The city took it back, since it closed the place (``revoked_at``)."""

    code = "win_revoked"
    title = "The city has taken this win back."


class WinLapsed(Refusal):
    """It was not accepted in time (``accept_until``; ``releases_at``: from then what is free is first come)."""

    code = "win_lapsed"
    title = "This win was not accepted in time."


class WinAccepted(Refusal):
    """It is a booking already, which is cancelled as any booking is."""

    code = "win_accepted"
    title = "This win is a booking already."


class WinStands(Refusal):
    """Wins of this lottery are not declined (``name``): they are bookings, which can be cancelled."""

    code = "win_stands"
    title = "Wins of this lottery are bookings at once."


class RestoreTooEarly(Refusal):
    """The new moment until which a win may be accepted is over already (``accept_until``)."""

    status = 422
    code = "restore_too_early"
    title = "Please choose a later time."


class NothingLapsed(Refusal):
    """This batch is no lapse, or was taken back before."""

    code = "nothing_lapsed"
    title = "There is nothing to restore."
