"""The deadlines of lotteries: planned, opened, reminded of, sealed, drawn, announced, lapsed, released.

What is slow or asks outside is prepared before the deadline's own transaction, in transactions of its own, each of which
may be the last thing a killed worker does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.db import work
from yoyaku.db.engine import tenant_transaction
from yoyaku.lottery.policy.life import require_state
from yoyaku.lottery.repository.lotteries import LotteryRow, get_lottery
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service import planning
from yoyaku.lottery.service.accepting import book_automatic
from yoyaku.lottery.service.announcing import announce_lottery, tell_delay, tell_lottery
from yoyaku.lottery.service.beacons import LotteryMeans
from yoyaku.lottery.service.drawing import draw_lottery, obtain_value, store_value
from yoyaku.lottery.service.lapsing import lapse_due, remind_winners
from yoyaku.lottery.service.opening import open_lottery, remind_entrants
from yoyaku.lottery.service.progress import Report, reporter
from yoyaku.lottery.service.releasing import release_lottery
from yoyaku.lottery.service.sealing import seal_lottery
from yoyaku.ruleset.policy import Days
from yoyaku.worker.due import Due
from yoyaku.worker.sight import visit_of_system

PLAN_EVERY: Final = timedelta(days=1)
BOOKED_AT_ONCE: Final = 200


def _means(due: Due) -> LotteryMeans:
    settings = due.runtime.settings
    return LotteryMeans(seal=settings.seal, plugin_profiles=settings.plugin_profiles)


def _transaction(due: Due) -> AbstractAsyncContextManager[AsyncConnection]:
    return tenant_transaction(due.runtime.engine, due.site.tenant_id, due.site.service_id)


def _visit(due: Due) -> Visit:
    return visit_of_system(due.site, now=due.now, real_now=due.runtime.clock())


async def _known(conn: AsyncConnection, due: Due) -> tuple[LotteryRow, ServiceRules]:
    """The lottery, and the rules that it was planned by."""
    row = await get_lottery(conn, lottery_id=due.subject_id)
    rules = await due.runtime.rules.rules_of(
        conn,
        tenant_id=due.site.tenant_id,
        service_id=due.site.service_id,
        version=row.rule_set_version,
        inventory_version=row.inventory_version,
    )
    return row, rules


async def _plan(conn: AsyncConnection, due: Due) -> bool:
    """It renews itself; a service whose rules have no lotteries any longer is asked as well, and costs nothing."""
    plans = due.prepared if isinstance(due.prepared, list) else []
    await planning.write_plans(conn, means=_means(due), plans=plans)
    await work.postpone_deadline(conn, work_id=due.work_id, due_at=due.now + PLAN_EVERY)
    return False


async def _prepare_plan(due: Due) -> object:
    async def rules_for(conn: AsyncConnection, days: Days) -> ServiceRules:
        return await due.runtime.rules.rules_on(
            conn, tenant_id=due.site.tenant_id, service_id=due.site.service_id, days=days
        )

    async with _transaction(due) as conn:
        plans = await planning.find_plans(
            conn, rules_for=partial(rules_for, conn), site_zone=due.site.zone, now=due.now
        )
    return list(await planning.promise_plans(_means(due), plans))


async def _open(conn: AsyncConnection, due: Due) -> bool:
    _, rules = await _known(conn, due)
    await open_lottery(conn, rules=rules, lottery_id=due.subject_id, now=due.now)
    return True


async def _remind(conn: AsyncConnection, due: Due) -> bool:
    await remind_entrants(conn, lottery_id=due.subject_id, now=due.now)
    return True


async def _seal(conn: AsyncConnection, due: Due) -> bool:
    _, rules = await _known(conn, due)
    await seal_lottery(conn, rules=rules, lottery_id=due.subject_id, now=due.now, report=_report(due))
    return True


async def _prepare_draw(due: Due) -> object:
    """The public value, stored as soon as it is there: asked outside any transaction."""
    async with _transaction(due) as conn:
        row, rules = await _known(conn, due)
    value = await obtain_value(_means(due), rules=rules, row=row, real_now=due.runtime.clock())
    if value is not None:
        async with _transaction(due) as conn:
            await store_value(conn, lottery_id=due.subject_id, value=value, now=due.now)
    return None


async def _draw(conn: AsyncConnection, due: Due) -> bool:
    _, rules = await _known(conn, due)
    await draw_lottery(
        conn, means=_means(due), rules=rules, lottery_id=due.subject_id, now=due.now, report=_report(due)
    )
    return True


async def _prepare_announce(due: Due) -> object:
    """Tell of a delay; or announce, and make bookings of what needs no acceptance, some at a time."""
    async with _transaction(due) as conn:
        await tell_delay(conn, lottery_id=due.subject_id)
    async with _transaction(due) as conn:
        row, rules = await _known(conn, due)
        await announce_lottery(conn, rules=rules, lottery_id=due.subject_id, now=due.now)
    scheme = scheme_of(rules, row.scheme)
    left = 1 if scheme is not None and scheme.win.accept == "automatic" else 0
    while left:
        async with _transaction(due) as conn:
            left = await book_automatic(
                conn, visit=_visit(due), rules=rules, lottery_id=due.subject_id, at_most=BOOKED_AT_ONCE
            )
    return None


async def _announce(conn: AsyncConnection, due: Due) -> bool:
    await tell_lottery(conn, lottery_id=due.subject_id, now=due.now)
    return True


async def _remind_win(conn: AsyncConnection, due: Due) -> bool:
    row, _ = await _known(conn, due)
    require_state(row.state, "announced")
    await remind_winners(conn, visit=_visit(due), lottery_id=due.subject_id)
    return True


async def _lapse(conn: AsyncConnection, due: Due) -> bool:
    """Wins that a clerk restored lapse later than the others: the same deadline comes again for them."""
    row, _ = await _known(conn, due)
    require_state(row.state, "announced")
    lapsed = await lapse_due(conn, visit=_visit(due), lottery_id=due.subject_id)
    if lapsed.again_at is not None:
        await work.postpone_deadline(conn, work_id=due.work_id, due_at=lapsed.again_at)
    return lapsed.again_at is None


async def _release(conn: AsyncConnection, due: Due) -> bool:
    await release_lottery(conn, lottery_id=due.subject_id, now=due.now)
    return True


def _report(due: Due) -> Report:
    service = (due.site.tenant_id, due.site.service_id)
    return reporter(due.runtime.engine, service=service, lottery_id=due.subject_id, clock=due.runtime.clock)


PREPARATIONS: Final[Mapping[str, Callable[[Due], Awaitable[object]]]] = {
    "lottery_plan": _prepare_plan,
    "lottery_draw": _prepare_draw,
    "lottery_announce": _prepare_announce,
}
HANDLERS: Final[Mapping[str, Callable[[AsyncConnection, Due], Awaitable[bool]]]] = {
    "lottery_plan": _plan,
    "lottery_open": _open,
    "lottery_remind": _remind,
    "lottery_seal": _seal,
    "lottery_draw": _draw,
    "lottery_announce": _announce,
    "lottery_remind_win": _remind_win,
    "lottery_lapse": _lapse,
    "lottery_release": _release,
}
