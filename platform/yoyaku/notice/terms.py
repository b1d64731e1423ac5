"""Which event tells whom, in which words."""

from __future__ import annotations

from typing import Final, Literal

from yoyaku.rules.values import Clause, Code, When

Event = Literal[
    "booking_made", "booking_confirmed", "booking_cancelled", "booking_lapsed", "booking_revoked", "booking_changed",
    "booking_reopened", "booking_restored",
    "registration_applied", "registration_advanced", "registration_rejected", "registration_expiring",
    "registration_expired", "registration_renewed", "registration_ended", "mail_to_verify", "mail_changed",
    "password_to_set", "password_changed", "login_changed", "documents_asked", "group_invited",
    "lottery_entered", "lottery_withdrawn", "lottery_reminder", "lottery_won", "lottery_lost", "lottery_win_reminder",
    "lottery_accepted", "lottery_declined", "lottery_lapsed", "lottery_restored", "lottery_delayed", "lottery_undone",
    "lottery_revoked",
    "relief_decided",
    "payment_succeeded", "payment_failed", "payment_reversed", "payment_received_late",
    "mandate_decided", "debit_announced", "debit_failed",
    "payment_due_soon", "payment_overdue", "arrears_demanded", "arrears_reminded", "arrears_suspended", "arrears_reinstated",
    "arrears_revoked",
]  # fmt: skip
ALWAYS_TOLD: Final = frozenset({
    "mail_to_verify", "mail_changed", "password_to_set", "password_changed", "login_changed", "group_invited"
})  # fmt: skip
"""Events of which people are told whatever the rules say: a link they asked for, or a change they must know of."""

TOLD_BY_DEFAULT: Final = frozenset({
    "relief_decided", "payment_succeeded", "payment_reversed", "payment_received_late", "booking_reopened",
    "booking_restored",
})  # fmt: skip
"""Events of bookings of which the registrant is told where no entry speaks of them: what they asked for was decided,
their money moved at a provider, or what displaced them has ended."""


class Notice(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On ``event``, where ``when`` holds, a mail to ``to``; words under ``mail.<template>`` in the wording.

    Events of bookings are told where an entry says so (that a win became a booking, the registrant reads in the event of
    the lottery). Events of a registration or a lottery are told in any case, in the template that an entry names, else in
    the one of the event's own name, and to the registrant only; where there are entries for an event and none holds,
    nobody is told (but for links that were asked for, and changes of password, id or mail). Their ``when`` looks at the
    facts of the user, ``registration`` being the stage that was reached.
    """

    event: Event
    to: Literal["registrant", "facility_staff"]
    when: When = {}
    template: Code
