"""What every booking page is given: the page, the transaction, who asks, and the rules for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import Person
from yoyaku.booking.rules import ServiceRules, is_within_reach
from yoyaku.booking.visit import Visit
from yoyaku.extension.profiles import Installation
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.service import SessionView, Throttle
from yoyaku.ui.page import Page
from yoyaku.ui.words import Words


class RulesFor(Protocol):
    """Finds the rules that decide: those in force for a use on a day, or those that a booking keeps."""

    async def used_on(self, day: date) -> ServiceRules:
        """Return the rules for a booking made today and used on ``day``."""
        ...

    async def pinned(self, *, version: int, inventory_version: int) -> ServiceRules:
        """Return the rules that a booking was decided under."""
        ...

    def forget(self) -> None:
        """Look at once for what is published."""
        ...


class Here:
    """One request of the booking pages.

    No dataclass: Litestar would look into its fields and stumble over the sets among a person's facts.
    """

    def __init__(  # noqa: PLR0913  # what a request of these pages is
        self,
        *,
        page: Page,
        conn: AsyncConnection,
        visit: Visit,
        rules_for: RulesFor,
        today: date,
        session: SessionView | None = None,
        throttle: Throttle | None = None,
        address: str = "",
        installation: Installation | None = None,
    ) -> None:
        """Gather what was opened for the request; attempts are counted by ``address``."""
        self.page = page
        self.conn = conn
        self.visit = visit
        self.rules_for = rules_for
        self.today = today
        self.session = session
        self._throttle = throttle
        self.address = address
        self.installation = installation

    @property
    def throttle(self) -> Throttle:
        """What slows down whoever tries things out; for pages that ask for ``slowed``."""
        if self._throttle is None:
            raise LookupError("attempts are not counted on this page")
        return self._throttle

    @property
    def words(self) -> Words:
        """The language and wording of the page."""
        return self.page.words

    async def rules(self, day: date | None = None) -> ServiceRules:
        """Return the rules for a use on ``day`` (today where none is named)."""
        return await self.rules_for.used_on(day or self.today)


def looking(here: Here, rules: ServiceRules) -> Visit:
    """The visit by which this page looks at what is free."""
    return looking_visit(here.visit, rules)


def looking_visit(visit: Visit, rules: ServiceRules) -> Visit:
    """The visit by which one looks: who is not known yet sees what somebody fully registered could book.

    Somebody whom a clerk serves without a registration is known: to have none.
    """
    if visit.person is not None or visit.registrant_id is not None:
        return visit
    stages = [stage.code for stage in rules.registration.stages if stage.may_book]
    kind = rules.registration.classes[0]
    facts = {
        "registration": stages[-1] if stages else None,
        "user_class": kind.code,
        "account_kind": kind.account_kind,
        "residency": kind.residency,
    }
    return replace(visit, person=Person(facts=facts))


def read_date(text: str | None) -> date | None:
    """Read ``2027-02-20``; ``None`` for anything else, a day beyond all bookings too, which the page then says."""
    try:
        day = date.fromisoformat(text) if text and len(text) == len("2027-02-20") else None
    except ValueError:
        return None
    return day if day is not None and is_within_reach(day) else None


def need_date(text: str) -> date:
    """Read a date that stands in an address.

    :raises NotFound: it is none, so there is no such page.
    """
    found = read_date(text)
    if found is None:
        raise NotFound(what="date")
    return found


def read_month(text: str | None, *, fallback: date) -> date:
    """Read ``2027-02`` as the first of that month; anything else is the fallback's month."""
    found = read_date(f"{text}-01")
    return found or fallback.replace(day=1)


def add_months(first: date, months: int) -> date:
    """Return the first of the month so many months on (or, negative, back)."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def read_number(text: str | None) -> int | None:
    """Read a whole number as people type it, in full width too; ``None`` for anything else."""
    digits = (text or "").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 9 else None  # noqa: PLR2004 (fits an integer column)


__all__ = [
    "Here",
    "RulesFor",
    "add_months",
    "looking",
    "looking_visit",
    "need_date",
    "read_date",
    "read_month",
    "read_number",
]
