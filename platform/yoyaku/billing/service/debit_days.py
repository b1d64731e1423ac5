"""The days on which the bank debits, and when the file of each is put together (KS-083)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.debits import CollectionDay, collection_days, days_from
from yoyaku.billing.repository.debit_dues import set_preparation
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.terms import PaymentMethod

BACK: Final = timedelta(days=100)
AHEAD_DAYS: Final = 62
"""Uses of so many days back and ahead: months whose debits are over, under way or to come."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A day of debit of one method for one payee."""

    method: PaymentMethod
    payee: str
    day: CollectionDay


def runs_around(means: DebitMeans) -> list[Run]:
    """Every day of debit of the uses of the last months and the next, in order."""
    first = means.act.today - BACK
    uses = list(days_from(first, BACK.days + AHEAD_DAYS))
    found = [
        Run(method=method, payee=payee, day=day)
        for method in means.methods
        if method.collection is not None
        for day in collection_days(method.collection, uses=uses, instant=means.instant, civil=means.act.civil_date)
        for payee in means.payees
    ]
    return sorted(found, key=lambda run: (run.day.collect_on, run.method.code, run.payee))


def runs_to_prepare(means: DebitMeans, *, now: datetime) -> list[Run]:
    """Those whose file is to be put together by now, and whose day has not come."""
    return [run for run in runs_around(means) if run.day.prepared_at <= now and run.day.collect_on > means.act.today]


async def plan_preparation(conn: AsyncConnection, *, means: DebitMeans) -> datetime | None:
    """Let the next file be put together when its time comes; that time (``None``: nothing is collected by file)."""
    ahead = [run.day.prepared_at for run in runs_around(means) if run.day.prepared_at > means.act.now]
    if not ahead:
        return None
    await set_preparation(conn, act=means.act, at=min(ahead))
    return min(ahead)
