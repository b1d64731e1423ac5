"""Bookings of a demo's invented people, past and to come, so that figures, queues and dry runs have something to show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.seeding import DemoPeopleInProduction, login_terms
from yoyaku.admin.service.seeding_entries import as_resident, request_of, visit_at
from yoyaku.billing.service.beginning import begin_settlement
from yoyaku.billing.service.counter import take_cash
from yoyaku.billing.service.outcomes import settle_at_once
from yoyaku.billing.views import AttemptView
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import cancel_booking, confirm_booking, get_booking, list_bookings, submit_application
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.no_shows import mark_no_show
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.settings import Environment, Settings
from yoyaku.registration.policy import COUNTER_CLERK, login_key
from yoyaku.registration.repository.accounts import find_account
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.rules.refusal import Refusal
from yoyaku.ruleset.policy import NoRuleSetInForce
from yoyaku.tenancy.service import show_clocks
from yoyaku.tenancy.terms import DemoFile, DemoUse

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LEAST_AHEAD: Final = timedelta(minutes=10)
"""What is still to come cannot have been booked later than so long before the demo is made."""

TellCompany = Callable[[AttemptView], Awaitable[None]]
"""Lets the demo's payment company know of a payment that it took, so that it can give it back."""


async def seed_uses(  # whose bookings, as of when, and who hears of what was paid online
    conn: AsyncConnection,
    *,
    settings: Settings,
    service: tuple[str, str],
    demo: DemoFile,
    real_now: datetime,
    tell_company: TellCompany | None = None,
) -> int:
    """Make the bookings of those who have none yet, in the service's transaction; how many.

    What the rules refuse (a closed day, a window, a slot that is taken) is left out. Without ``tell_company`` no company
    knows of what was paid online.

    Raises:
        DemoPeopleInProduction: by the settings.
    """
    if settings.environment is Environment.PRODUCTION:
        raise DemoPeopleInProduction
    clocks = await show_clocks(conn, real_now=real_now)
    now = next(each.stands_at for each in clocks if (each.tenant_id, each.service_id) == service)
    try:
        rules = await RulesProvider().rules_for(
            conn, tenant_id=service[0], service_id=service[1], made_on=now.date(), used_on=now.date()
        )
    except NoRuleSetInForce:
        return 0
    visit = visit_at(service, rules, now=now, real_now=real_now)
    hand = _Hand(
        conn=conn, rules=rules, visit=visit, clerk=await _clerk(conn, visit=visit, demo=demo), tell=tell_company
    )
    return await hand.book_all([one for one in demo.uses if one.service == service[1]])


async def _clerk(conn: AsyncConnection, *, visit: Visit, demo: DemoFile) -> Visit | None:
    """The first invented clerk of the counter, at work."""
    terms = await login_terms(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    for one in demo.clerks:
        if COUNTER_CLERK in one.roles and one.service in {visit.service_id, "*"}:
            account = await find_account(conn, login_key=login_key(one.login_id, terms))
            if account is not None and account.staff_id is not None:
                who = {"account_id": account.account_id, "staff_id": account.staff_id, "staff_name": one.name}
                return replace(visit, channel="counter", actor="clerk", **who)  # type: ignore[arg-type]
    return None


@dataclass(frozen=True, kw_only=True)
class _Hand:
    """Books, pays, cancels and misses what invented people use every week."""

    conn: AsyncConnection
    rules: ServiceRules
    visit: Visit
    clerk: Visit | None
    tell: TellCompany | None

    async def book_all(self, uses: Sequence[DemoUse]) -> int:
        """How many bookings were made; whoever has bookings already is left as they are."""
        people: Mapping[str, Visit | None] = {
            login_id: await self._new_here(login_id) for login_id in dict.fromkeys(one.login_id for one in uses)
        }
        made = 0
        for use in uses:
            who = people[use.login_id]
            if who is not None:
                weeks = range(use.weeks[0], use.weeks[1] + 1)
                made += sum([await self._book(who, use, week, place) for place, week in enumerate(weeks, start=1)])
        return made

    async def _new_here(self, login_id: str) -> Visit | None:
        visit = await as_resident(self.conn, visit=self.visit, login_id=login_id)
        if visit is None or await list_bookings(self.conn, visit=visit):
            return None
        return visit

    async def _book(self, who: Visit, use: DemoUse, week: int, place: int) -> bool:
        """The use of one week, and what became of it; false where the rules refuse it."""
        today = self.rules.civil_date(self.visit.now)
        day = today + timedelta(days=WEEKDAYS.index(use.weekday) - today.weekday(), weeks=week)
        ahead = timedelta(days=(today - day).days + use.made_before)
        then = replace(who, now=self.visit.now - max(ahead, LEAST_AHEAD))
        try:
            async with self.conn.begin_nested():
                done = await submit_application(
                    self.conn,
                    visit=then,
                    rules=self.rules,
                    items=[request_of(use, day)],
                    form={},
                    accepted_terms=[each.code for each in self.rules.booking.terms],
                )
                await self._go_on(then, use, done.bookings[0], place)
        except Refusal:
            return False
        return True

    async def _go_on(self, then: Visit, use: DemoUse, booking: BookingView, place: int) -> None:
        """Cancelled the day after, or paid and perhaps missed."""
        if use.cancelled and place % use.cancelled == 0:
            later = replace(then, now=min(then.now + timedelta(days=1), self.visit.now))
            await cancel_booking(
                self.conn, visit=later, rules=self.rules, booking_id=booking.booking_id, reason="都合により"
            )
            return
        if use.paid and use.paid_by is not None and booking.total_yen > 0:
            await self._pay_online(then, booking.booking_id, use.paid_by)
        if self.clerk is None:
            return
        if use.paid and use.paid_by is None and booking.total_yen > 0:
            await self._pay(booking.booking_id, then.now)
        if use.missed and place % use.missed == 0 and booking.period.ends_at <= self.visit.now:
            clerk = replace(self.clerk, now=max(booking.period.ends_at, then.now))
            await mark_no_show(self.conn, visit=clerk, booking_id=booking.booking_id, missed=True)

    async def _pay(self, booking_id: UUID, at: datetime) -> None:
        """In cash, where the city takes any for it now; what is tentative is confirmed with it, else it would lapse paid."""
        if self.clerk is None:
            return
        clerk = replace(self.clerk, now=at)
        booking = await get_booking(self.conn, visit=clerk, booking_id=booking_id)
        owed_yen = booking.total_yen - booking.paid_yen
        if booking.state == "tentative":
            await confirm_booking(
                self.conn,
                visit=clerk,
                rules=self.rules,
                booking_id=booking_id,
                documents_seen=True,
                fee_taken_yen=owed_yen,
            )
            return
        await take_cash(self.conn, act=money_act(clerk, self.rules), charge_id=booking_id, amount_yen=owed_yen)

    async def _pay_online(self, then: Visit, booking_id: UUID, method: str) -> None:
        """By a method of the rules, as if the company had said so: nobody fills in its page."""
        act = money_act(then, self.rules)
        terms = next(one for one in self.rules.payment.methods if one.code == method)
        choice = terms.choices[0].code if terms.choices else None
        begun = await begin_settlement(self.conn, act=act, charge_id=booking_id, method_code=method, choice=choice)
        for attempt in begun:
            await settle_at_once(self.conn, act=act, attempt=attempt)
            if self.tell is not None:
                await self.tell(attempt)
