"""What entries are decided from, and what a decision gives."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from yoyaku.booking.policy import BookingRequest
from yoyaku.facility.policy import Claim, PlacedSpace
from yoyaku.fee.policy import Quote
from yoyaku.kernel.period import Period
from yoyaku.rules.condition import Facts
from yoyaku.rules.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRequest:
    """What somebody wishes for as one entry: a use, or a set of them, in the order in which they chose them."""

    parts: tuple[BookingRequest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPart:
    """A use of an entry that is there already."""

    space_id: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry that is there already, of the same applicant in the same lottery; ``wishes``: it has one on arrival."""

    entry_id: Hashable
    rank: int
    facilities: frozenset[str]
    parts: tuple[HeldPart, ...]
    wishes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPart:
    """A use as it would be entered; ``request`` has the answers as they were understood."""

    request: BookingRequest
    placed: PlacedSpace
    period: Period
    use_on: date
    bands: tuple[str, ...]
    claims: tuple[Claim, ...]
    quote: Quote
    facts: Facts
    trace: Trace

    @property
    def space_id(self) -> str:
        """``<facility>.<space>``."""
        return self.placed.space_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlan:
    """An entry as it would be made now: nothing has been written yet.

    ``rank`` is its place among the wishes, ``wants`` what is drawn for it (see ``policy/wants.py``), ``total_yen`` what
    its uses would cost today. ``facts`` are the user's, by which ``tier`` and ``tickets`` were found.
    """

    rank: int
    parts: tuple[EntryPart, ...]
    wants: str
    total_yen: int
    tier: int
    tickets: int
    facts: Facts
    trace: Trace
