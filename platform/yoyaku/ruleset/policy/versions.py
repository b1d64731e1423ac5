"""Which published version decides about a booking, and where each stands in its life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.ids import Key

AppliesBy = Literal["made", "used", "drawn", "applied"]
BASES: Final[tuple[AppliesBy, ...]] = get_args(AppliesBy)
Life = Literal["scheduled", "in_force", "superseded"]


class NoRuleSetInForce(YoyakuError):
    """No published version applies to these dates (``made_on``, ``used_on``)."""

    code = "no_rule_set_in_force"
    title = "No rules are in force for this date."


@dataclass(frozen=True, kw_only=True)
class VersionHead:
    """A published version without its document; ``digest`` is the SHA-256 of the document in hexadecimal.

    ``draft_id`` is the draft it was published from, where it was; ``summary`` that draft's title, ``transition`` what it
    says becomes of bookings that would break, ``reviewed_by`` who approved it.
    """

    version: int
    digest: str
    applies_by: AppliesBy
    applies_from: date
    published_at: datetime
    published_by: str
    draft_id: Key | None = None
    summary: str = ""
    transition: str = ""
    reviewed_by: str = ""


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


def life_of(heads: Sequence[VersionHead], today: date) -> dict[int, Life]:
    """Where each version stands on a day.

    In force is the version that decides about a booking made and used today; scheduled is what will decide about
    another; a version that a later one overtook before its day came is superseded like any that had its time.
    """
    days = sorted({today, *(head.applies_from for head in heads if head.applies_from > today)})
    chosen: dict[int, Life] = {}
    for made_on in days:
        for used_on in (day for day in days if day >= made_on):
            try:
                version = choose_version(heads, made_on=made_on, used_on=used_on).version
            except NoRuleSetInForce:
                continue
            chosen.setdefault(version, "in_force" if (made_on, used_on) == (today, today) else "scheduled")
    return {head.version: chosen.get(head.version, "superseded") for head in heads}
