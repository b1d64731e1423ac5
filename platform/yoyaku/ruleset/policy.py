"""Which published version decides about a booking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from yoyaku.kernel.errors import YoyakuError

AppliesBy = Literal["made", "used", "drawn", "applied"]


class NoRuleSetInForce(YoyakuError):
    """No published version applies to these dates (``made_on``, ``used_on``)."""

    code = "no_rule_set_in_force"
    title = "No rules are in force for this date."


@dataclass(frozen=True, kw_only=True)
class VersionHead:
    """A published version without its document; ``digest`` is the SHA-256 of the document in hexadecimal."""

    version: int
    digest: str
    applies_by: AppliesBy
    applies_from: date
    published_at: datetime
    published_by: str


def choose_version(heads: Iterable[VersionHead], *, made_on: date, used_on: date) -> VersionHead:
    """The latest published version that says it applies to a booking made and used on these dates.

    What applies to bookings ``drawn`` or ``applied`` for goes by the day the booking is made.

    Raises:
        NoRuleSetInForce: none applies yet.
    """
    fitting = [head for head in heads if head.applies_from <= (used_on if head.applies_by == "used" else made_on)]
    if not fitting:
        raise NoRuleSetInForce(made_on=made_on, used_on=used_on)
    return max(fitting, key=lambda head: head.version)
