"""Which event tells whom, in which words."""

from __future__ import annotations

from typing import Literal

from yoyaku.rules.values import Clause, Code, When

Event = Literal[
    "booking_made", "booking_confirmed", "booking_cancelled", "booking_lapsed", "booking_revoked", "booking_changed"
]


class Notice(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On ``event``, where ``when`` holds, a mail to ``to``; words under ``mail.<template>`` in the wording."""

    event: Event
    to: Literal["registrant", "facility_staff"]
    when: When = {}
    template: Code
