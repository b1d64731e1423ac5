"""Putting files to the bank together when their time comes; a clerk looks at them and hands them over."""

from __future__ import annotations

from datetime import date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.debits import FileMadeBefore, NothingToDebit
from yoyaku.billing.service.debit_days import plan_preparation, runs_to_prepare
from yoyaku.billing.service.debit_files import Wanted, make_file
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.booking.rules import ServiceRules
from yoyaku.rulebook.today import rules_of_today
from yoyaku.rules.moment import resolve
from yoyaku.rules.values import Moment
from yoyaku.worker.due import Due
from yoyaku.worker.payments import money_act

log = structlog.get_logger(__name__)


async def prepare_debits(conn: AsyncConnection, due: Due) -> bool:
    """Make every file that is due and not there yet, and plan the next; a day without debits needs none."""
    rules = await rules_of_today(due.runtime.rules, conn, site=due.site, now=due.now)
    means = _means(conn, due, rules)
    for run in runs_to_prepare(means, now=due.now):
        wanted = Wanted(method=run.method.code, payee=run.payee, collect_on=run.day.collect_on)
        try:
            await make_file(conn, means=means, wanted=wanted)
        except (FileMadeBefore, NothingToDebit) as reason:
            log.info("debit_file_not_made", collect_on=str(run.day.collect_on), reason=reason.code)
    at = await plan_preparation(conn, means=means)
    return at is None


def _means(conn: AsyncConnection, due: Due, rules: ServiceRules) -> DebitMeans:
    def instant(moment: Moment, use_on: date) -> datetime:
        return resolve(moment, {"use_day": use_on}, rules.calendars, rules.zone)

    settings = due.runtime.settings
    return DebitMeans(
        act=money_act(due.runtime, due.site, conn),
        terms=rules.payment,
        seal=settings.seal,
        plugin_profiles=settings.plugin_profiles,
        instant=instant,
    )
