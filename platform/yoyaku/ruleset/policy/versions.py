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


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The civil days by which a version is chosen.

    A booking is applied for on the day it is made, and nothing is drawn: ``applied_on`` and ``drawn_on`` are ``None``, and
    go by ``made_on``; so do registrations, on the day they are applied for. A lottery is ``applied`` for from the day on
    which it takes entries, ``drawn`` on the day of its draw, what it brings is ``made`` when it is announced, and is
    ``used`` from the first day of its month.
    """

    made_on: date
    used_on: date
    drawn_on: date | None = None
    applied_on: date | None = None

    def by(self, basis: AppliesBy) -> date:
        """The day that a version of this basis looks at."""
        days = {"used": self.used_on, "drawn": self.drawn_on, "applied": self.applied_on}
        return days.get(basis) or self.made_on


def choose_version(heads: Iterable[VersionHead], days: Days) -> VersionHead:
    """The latest published version that says it applies to what has these days.

    Raises:
        NoRuleSetInForce: none applies yet.
    """
    fitting = [head for head in heads if head.applies_from <= days.by(head.applies_by)]
    if not fitting:
        raise NoRuleSetInForce(made_on=days.made_on, used_on=days.used_on)
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
                version = choose_version(heads, Days(made_on=made_on, used_on=used_on)).version
            except NoRuleSetInForce:
                continue
            chosen.setdefault(version, "in_force" if (made_on, used_on) == (today, today) else "scheduled")
    return {head.version: chosen.get(head.version, "superseded") for head in heads}
