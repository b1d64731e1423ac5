"""What is counted, as it comes out of the database."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class UseCount(NamedTuple):
    """Unit-hours (of nights: unit-nights) in use: of a facility, on a weekday (Monday 0), in an hour (-1: a night)."""

    facility: str
    weekday: int
    hour: int
    used: float


class ChannelCount(NamedTuple):
    """Bookings made in a month by a channel; of these, those that a lottery gave."""

    month: date
    channel: str
    bookings: int
    drawn: int


class LotteryCount(NamedTuple):
    """One lottery: people, entries, wins, and wins that were declined or not accepted in time."""

    month: date
    scheme: str
    applicants: int
    entries: int
    won: int
    unused: int


class IncomeCount(NamedTuple):
    """Money that came in and went back in a month, in yen: for a payee, by a way of payment."""

    month: date
    payee: str
    method: str
    paid: int
    returned: int


class ArrearsCount(NamedTuple):
    """Charges of a payee that are late now, by how late: up to 30, to 90, over 90 days (``30``, ``90``, ``more``)."""

    payee: str
    age: str
    charges: int
    yen: int


class EndCount(NamedTuple):
    """Bookings that ended: by whom (resident, clerk, city, lapsed), in which lead time to the use."""

    actor: str
    lead: str
    bookings: int
    kept: int


class NoShowCount(NamedTuple):
    """Bookings of a facility whose time is over and that were not cancelled; and to which nobody came."""

    facility: str
    bookings: int
    missed: int


class RegistrationCount(NamedTuple):
    """People and groups registered in a month: of a class, at a stage now, by themselves or by a clerk.

    ``proof`` is the step of identity by which they proved first who they are; empty: by none.
    """

    month: date
    user_class: str
    stage: str
    channel: str
    proof: str
    people: int


class RebookCount(NamedTuple):
    """Cancelled times of a facility that another took within minutes; and of these, by somebody close to the first."""

    facility: str
    pairs: int
    close: int


LEADS: tuple[str, ...] = ("after", "0", "1", "4", "8", "15", "31")
"""Lead times by their first day: after the use began, on the day, 1 to 3 days before, 4 to 7, 8 to 14, 15 to 30, more."""
ENDERS: tuple[str, ...] = ("resident", "clerk", "city", "lapsed")
AGES: tuple[str, ...] = ("30", "90", "more")
