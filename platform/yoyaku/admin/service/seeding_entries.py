"""Entries of a demo's invented people to the lotteries that are open, so that odds are not all nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.counter import person_of
from yoyaku.admin.service.seeding import DemoPeopleInProduction, login_terms
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.kernel.settings import Environment, Settings
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.repository.entries import read_applicant
from yoyaku.lottery.repository.lotteries import LotteryRow, list_lotteries
from yoyaku.lottery.service.beacons import LotteryMeans
from yoyaku.lottery.service.entering import enter
from yoyaku.lottery.service.opening import open_lottery
from yoyaku.lottery.service.planning import plan_lotteries
from yoyaku.registration.policy import login_key
from yoyaku.registration.repository.accounts import find_account
from yoyaku.registration.service import get_registrant
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.rules.refusal import Refusal
from yoyaku.ruleset.policy import Days, NoRuleSetInForce
from yoyaku.tenancy.service import show_clocks
from yoyaku.tenancy.terms import DemoEntry, DemoFile, DemoWish

DAYS_TRIED: Final = 7


async def seed_entries(
    conn: AsyncConnection, *, settings: Settings, service: tuple[str, str], demo: DemoFile, real_now: datetime
) -> int:
    """Make the entries of those who have none yet, in the service's transaction; how many.

    Raises:
        DemoPeopleInProduction: by the settings.
        ProfileMissing: the beacon that the rules name is not set up here.
    """
    if settings.environment is Environment.PRODUCTION:
        raise DemoPeopleInProduction
    clocks = await show_clocks(conn, real_now=real_now)
    now = next(each.stands_at for each in clocks if (each.tenant_id, each.service_id) == service)
    provider = RulesProvider()

    async def rules_for(days: Days) -> ServiceRules:
        return await provider.rules_on(conn, tenant_id=service[0], service_id=service[1], days=days)

    try:
        rules = await rules_for(Days(made_on=now.date(), used_on=now.date()))
    except NoRuleSetInForce:
        return 0
    means = LotteryMeans(seal=settings.seal, plugin_profiles=settings.plugin_profiles)
    await plan_lotteries(conn, means=means, rules_for=rules_for, site_zone=rules.zone, now=now)
    made = 0
    for row in await list_lotteries(conn, states={"planned", "open"}):
        if row.opens_at <= now < row.closes_at:
            by_rules = await provider.rules_of(
                conn,
                tenant_id=service[0],
                service_id=service[1],
                version=row.rule_set_version,
                inventory_version=row.inventory_version,
            )
            await open_lottery(conn, rules=by_rules, lottery_id=row.lottery_id, now=now)
            hand = _Hand(conn=conn, service=service, rules=by_rules, row=row, now=now, real_now=real_now)
            made += await hand.enter_all([one for one in demo.entries if one.service == service[1]])
    return made


@dataclass(frozen=True, kw_only=True)
class _Hand:
    """Enters the wishes of invented people into one lottery."""

    conn: AsyncConnection
    service: tuple[str, str]
    rules: ServiceRules
    row: LotteryRow
    now: datetime
    real_now: datetime

    async def enter_all(self, entries: Sequence[DemoEntry]) -> int:
        """How many were entered, each person's in their order; those who have entries already are left as they are."""
        made = 0
        for login_id in dict.fromkeys(one.login_id for one in entries):
            visit = await self._visit(login_id)
            if visit is None or visit.registrant_id is None:
                continue
            there = await read_applicant(self.conn, lottery_id=self.row.lottery_id, registrant_id=visit.registrant_id)
            if there is None:
                mine = [one for one in entries if one.login_id == login_id]
                made += sum([await self._enter(visit, one) for one in mine])
        return made

    async def _visit(self, login_id: str) -> Visit | None:
        """Somebody at their own screen; ``None`` where no such account is there."""
        visit = visit_at(self.service, self.rules, now=self.now, real_now=self.real_now)
        return await as_resident(self.conn, visit=visit, login_id=login_id)

    async def _enter(self, visit: Visit, entry: DemoEntry) -> bool:
        """On the day wished for or the next that can be had; false where none can."""
        terms = [each.code for each in self.rules.booking.terms]
        first = self.row.period_starts.replace(day=entry.day)
        for day in (first + timedelta(days=count) for count in range(DAYS_TRIED)):
            try:
                async with self.conn.begin_nested():
                    await enter(
                        self.conn,
                        visit=visit,
                        rules=self.rules,
                        request=EntryRequest(parts=(request_of(entry, day),)),
                        form={},
                        accepted_terms=terms,
                    )
            except Refusal:
                continue
            return True
        return False


def visit_at(service: tuple[str, str], rules: ServiceRules, *, now: datetime, real_now: datetime) -> Visit:
    """Somebody at a screen of a service, nobody knows who."""
    return Visit(
        tenant_id=service[0],
        service_id=service[1],
        now=now,
        real_now=real_now,
        channel=next(each.code for each in rules.booking.channels if each.entered_by == "resident"),
        actor="resident",
    )


async def as_resident(conn: AsyncConnection, *, visit: Visit, login_id: str) -> Visit | None:
    """The visit as that of an invented resident; ``None`` where no such account is there."""
    terms = await login_terms(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    account = await find_account(conn, login_key=login_key(login_id, terms))
    if account is None or account.registrant_id is None:
        return None
    found = await get_registrant(conn, registrant_id=account.registrant_id)
    return replace(visit, account_id=account.account_id, registrant_id=account.registrant_id, person=person_of(found))


def request_of(entry: DemoWish, day: date) -> BookingRequest:
    """A wish, on a day."""
    return BookingRequest(
        facility=entry.facility,
        space=entry.space,
        use_on=day,
        starts=entry.starts,
        ends=entry.ends,
        bands=tuple(entry.bands),
        nights=entry.nights,
        surfaces=entry.surfaces,
        guests=tuple(entry.guests),
        preferences=entry.preference,
        form=entry.form,
    )
