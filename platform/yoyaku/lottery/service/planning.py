"""Planning: each month of each scheme becomes a lottery before it opens, with the hash of its secret and the public
value that will count, so that neither can be chosen once anything is known.

In three steps, since a beacon may have to be asked, which is never done inside a transaction: :func:`find_plans`,
:func:`promise_plans`, :func:`write_plans`.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.extension.beacon import Promise
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.life import is_to_plan, months_from
from yoyaku.lottery.policy.seal import secret_hash_of
from yoyaku.lottery.repository.dues import LotteryDue, close_due, set_due
from yoyaku.lottery.repository.lotteries import (
    LotteryRow,
    add_lottery,
    change_lottery,
    find_lottery,
    lock_lottery,
)
from yoyaku.lottery.rules import Month, Times, scheme_of, schemes, times_of, win_moment
from yoyaku.lottery.service.beacons import LotteryMeans, promise_value
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.ruleset.policy import Days, NoRuleSetInForce

SECRET_BYTES: Final = 32

RulesFor = Callable[[Days], Awaitable[ServiceRules]]
"""The rules for a lottery with these days."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A lottery that is to be there: new, or (``lottery_id``) planned by an earlier version of the rules."""

    rules: ServiceRules
    scheme: LotteryScheme
    month: Month
    times: Times
    lottery_id: UUID | None = None
    promise: Promise | None = None


async def plan_lotteries(
    conn: AsyncConnection,
    *,
    means: LotteryMeans,
    rules_for: RulesFor,
    site_zone: ZoneInfo,
    now: datetime,
) -> int:
    """All three steps in one transaction, for those who seed a database; how many were written. ``now``: business time.

    Raises:
        BeaconFailed: a beacon that must be asked for its promise does not answer.
    """
    plans = await find_plans(conn, rules_for=rules_for, site_zone=site_zone, now=now)
    return await write_plans(conn, means=means, plans=await promise_plans(means, plans))


async def find_plans(
    conn: AsyncConnection, *, rules_for: RulesFor, site_zone: ZoneInfo, now: datetime
) -> Sequence[Plan]:
    """The lotteries that are missing, and those still planned whose rules have changed."""
    today = now.astimezone(site_zone).date()
    plans = []
    for month in months_from(today):
        wanted = await plans_of_month(rules_for, month, today=today)
        plans += [plan for one in wanted if is_to_plan(one.times, now) and (plan := await _plan(conn, one)) is not None]
    return plans


async def plans_of_month(rules_for: RulesFor, month: Month, *, today: date) -> list[Plan]:
    """The lotteries of a month, each by the version that applies to the days which that version itself gives it.

    It is looked for from the versions that count for a use in that month: if all was done today, and if it was done as
    late as can be. Where two versions point to each other's, the newer counts.
    """
    far = Days(made_on=month.starts, used_on=month.starts)
    looked_at: dict[int, ServiceRules] = {}
    settled: dict[str, Plan] = {}
    sent_on: dict[str, ServiceRules] = {}
    ahead = await _found(rules_for, [far, Days(made_on=today, used_on=month.starts)])
    while ahead:
        rules = ahead.pop()
        if rules.version in looked_at:
            continue
        looked_at[rules.version] = rules
        for scheme in schemes(rules):
            plan = _planned(rules, scheme, month)
            chosen = next(iter(await _found(rules_for, [plan.times.days(month, rules.civil_date)])), None)
            if chosen is None:
                continue
            if chosen.version == rules.version:
                settled[scheme.code] = _newer(settled.get(scheme.code), plan)
            else:
                ahead.append(chosen)
                sent_on[scheme.code] = max(sent_on.get(scheme.code, chosen), chosen, key=lambda one: one.version)
    for code, rules in sent_on.items():
        known = scheme_of(rules, code)
        if code not in settled and known is not None:
            settled[code] = _planned(rules, known, month)
    return list(settled.values())


async def _found(rules_for: RulesFor, days: Sequence[Days]) -> list[ServiceRules]:
    """The rules for these days; none where the service begins later."""
    found = []
    for one in days:
        try:
            found.append(await rules_for(one))
        except NoRuleSetInForce:
            continue
    return found


def _planned(rules: ServiceRules, scheme: LotteryScheme, month: Month) -> Plan:
    return Plan(rules=rules, scheme=scheme, month=month, times=times_of(rules, scheme, month))


def _newer(known: Plan | None, plan: Plan) -> Plan:
    return plan if known is None or plan.rules.version > known.rules.version else known


async def _plan(conn: AsyncConnection, plan: Plan) -> Plan | None:
    found = await find_lottery(conn, scheme=plan.scheme.code, month_starts=plan.month.starts)
    if found is None:
        return plan
    versions = (plan.rules.version, plan.rules.inventory_version)
    stands = (found.rule_set_version, found.inventory_version) == versions
    return None if stands or found.state != "planned" else replace(plan, lottery_id=found.lottery_id)


async def promise_plans(means: LotteryMeans, plans: Sequence[Plan]) -> Sequence[Plan]:
    """The same plans, with the public value that will count for each.

    Raises:
        PluginUnknown, ProfileMissing, PluginSettingsWrong: the installation is not set up for the rules.
        BeaconFailed: a beacon had to be asked, and did not answer.
    """
    return [
        replace(plan, promise=await promise_value(means, proof=plan.scheme.proof, after=plan.times.value_after))
        for plan in plans
    ]


async def write_plans(conn: AsyncConnection, *, means: LotteryMeans, plans: Sequence[Plan]) -> int:
    """Write the lotteries and their deadlines; how many. One that was opened, or written, meanwhile stays as it is."""
    written = 0
    for plan in plans:
        if plan.lottery_id is not None:
            written += await _rewrite(conn, plan.lottery_id, plan)
        elif await find_lottery(conn, scheme=plan.scheme.code, month_starts=plan.month.starts) is None:
            await _write(conn, means, plan)
            written += 1
    return written


async def _write(conn: AsyncConnection, means: LotteryMeans, plan: Plan) -> None:
    lottery_id = new_id()
    secret = secrets.token_bytes(SECRET_BYTES)
    values = {
        "lottery_id": lottery_id,
        "scheme": plan.scheme.code,
        "period_starts": plan.month.starts,
        "period_ends": plan.month.ends,
        "secret": means.seal.seal(secret),
        "secret_hash": secret_hash_of(secret),
    }
    await add_lottery(conn, {**values, **_by_rules(plan)})
    await set_dues(conn, lottery_id=lottery_id, plan=plan)


async def _rewrite(conn: AsyncConnection, lottery_id: UUID, plan: Plan) -> bool:
    """Let a lottery that nobody could enter yet go by the new rules; its secret stays."""
    row: LotteryRow = await lock_lottery(conn, lottery_id=lottery_id)
    if row.state != "planned":
        return False
    await change_lottery(conn, lottery_id=lottery_id, **_by_rules(plan))
    await set_dues(conn, lottery_id=lottery_id, plan=plan)
    return True


def _by_rules(plan: Plan) -> dict[str, object]:
    times, proof, promise = plan.times, plan.scheme.proof, plan.promise
    return {
        "rule_set_version": plan.rules.version,
        "inventory_version": plan.rules.inventory_version,
        "opens_at": times.opens_at,
        "closes_at": times.closes_at,
        "draws_at": times.draws_at,
        "announces_at": times.announces_at,
        "releases_at": times.releases_at,
        "beacon": proof.beacon,
        "beacon_profile": proof.profile,
        "public_source": promise.source if promise else None,
        "public_reference": dict(promise.reference) if promise else None,
    }


async def set_dues(conn: AsyncConnection, *, lottery_id: UUID, plan: Plan) -> None:
    """Let the steps of a lottery be due when its rules say.

    Those of wins as well, as if it were announced in time: so a worker that was away does all in its order.
    """
    times, win = plan.times, plan.scheme.win
    until, remind_win = (
        None
        if moment is None or win.accept == "automatic"
        else win_moment(plan.rules, moment, month=plan.month, announced_at=times.announces_at)
        for moment in (win.until, win.remind)
    )
    dues: dict[LotteryDue, datetime | None] = {
        "lottery_open": times.opens_at,
        "lottery_remind": times.remind_at,
        "lottery_seal": times.closes_at,
        "lottery_draw": times.draws_at,
        "lottery_announce": times.announces_at,
        "lottery_remind_win": remind_win,
        "lottery_lapse": until,
        "lottery_release": times.releases_at,
    }
    for kind, due_at in dues.items():
        if due_at is None:
            await close_due(conn, kind=kind, subject_id=lottery_id)
        else:
            await set_due(conn, kind=kind, subject_id=lottery_id, due_at=due_at)
