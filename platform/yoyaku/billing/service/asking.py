"""Asking providers: to begin, to give back, and what became of it. Never inside a transaction.

An attempt is leased, its provider asked, and the answer taken into the books: whoever is killed in between leaves an
attempt that is asked about again when the lease has run out, under the same key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository import attempts as repository
from yoyaku.billing.service.outcomes import take_outcome
from yoyaku.billing.terms import PaymentMethod
from yoyaku.billing.ties import ChargeSubject, charge_keeper
from yoyaku.billing.views import AttemptView
from yoyaku.extension.payment import (
    Found,
    GoTo,
    NotSupported,
    Order,
    PayBy,
    PaymentContext,
    PaymentPlugin,
    PaymentRef,
    ProviderFailed,
    RefundOrder,
    Started,
)
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.refusals import SecretMissing
from yoyaku.extension.registry import payment_plugin

LONGEST_SECONDS: Final = 30.0
"""How long a provider may take: one that hangs must not keep the others waiting."""
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where a provider sends the browser and its webhooks, for one attempt."""

    returns: str
    cancels: str
    notifies: str


@dataclass(frozen=True, kw_only=True)
class MoneyMeans:
    """What an installation lends to payments: transactions of a service with who acts, settings files, addresses.

    ``transaction`` opens one and says who acts and when; ``addresses`` are those of an attempt (method code, id).
    """

    transaction: Callable[[], AbstractAsyncContextManager[tuple[AsyncConnection, MoneyAct]]]
    plugin_profiles: Path | None
    addresses: Callable[[str, UUID], Addresses]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An attempt that was leased, with everything its provider is told."""

    attempt: AttemptView
    payment: AttemptView
    subject: ChargeSubject
    method: PaymentMethod
    plugin: PaymentPlugin
    context: PaymentContext
    act: MoneyAct


async def ask(means: MoneyMeans, *, attempt_id: UUID, at_once: bool = False, looks: bool = False) -> AttemptView | None:
    """Ask a provider about an attempt and take the answer; ``None`` where it is not time, or somebody else asks.

    ``at_once``: whatever its next time is, since a payer waits; ``looks``: who may look again and again, so that nobody
    is asked more than once in a few seconds. A provider that does not answer is asked again later, in pauses that grow.
    """
    case = await _lease(means, attempt_id=attempt_id, at_once=at_once, looks=looks)
    if case is None:
        return None
    try:
        async with _in_time(case):
            answer = await _talk(means, case)
    except (ProviderFailed, SecretMissing) as error:
        return await _postpone(means, case, error=str(error.facts.get("reason", error.code)))
    except NotSupported as error:
        answer = Found(state="failed", reason=str(error.facts.get("what", error.code)))
    if isinstance(answer, Found):
        return await _take(means, case, answer)
    return await _note_start(means, case, answer)


async def stop(means: MoneyMeans, *, attempt_id: UUID) -> AttemptView | None:
    """Give up a payment that is not paid yet, so that another can begin; it may turn out to have been paid.

    A refund is not given up, nor is what a bank is asked for in a file, which the desk withdraws: they stay as they are.

    Raises:
        ProviderFailed: nobody knows; it stays as it is.
    """
    case = await _lease(means, attempt_id=attempt_id, at_once=True)
    if case is None or case.attempt.kind == "refund":
        return None if case is None else case.attempt
    if case.plugin.capabilities(case.context.settings).way == "file":
        return case.attempt
    async with _in_time(case):
        found = await case.plugin.cancel(case.context, _ref(case.attempt))
    if found.state == "unknown":
        found = Found(state="cancelled")
    return await _take(means, case, found)


async def _lease(means: MoneyMeans, *, attempt_id: UUID, at_once: bool, looks: bool = False) -> Case | None:
    async with means.transaction() as (conn, act):
        attempt = await repository.lease(conn, attempt_id=attempt_id, at_once=at_once, looks=looks)
        if attempt is None:
            return None
        payment = attempt
        if attempt.of_attempt_id is not None:
            payment = await repository.read_attempt(conn, attempt_id=attempt.of_attempt_id) or attempt
        subject = await charge_keeper().read(conn, act=act, charge_id=attempt.charge_id)
    method = next(one for one in subject.terms.methods if one.code == attempt.method)
    plugin = payment_plugin(attempt.plugin)
    settings = settings_from(
        means.plugin_profiles,
        plugin=plugin.name,
        profile=attempt.profile,
        own=method.settings,
        shape=plugin.settings_type,
    )
    context = PaymentContext(settings=settings, now=act.real_now, secret=read_secret)
    return Case(
        attempt=attempt, payment=payment, subject=subject, method=method, plugin=plugin, context=context, act=act
    )


def read_secret(variable: str) -> str:
    """A secret of the environment.

    Raises:
        SecretMissing: it is not set.
    """
    value = os.environ.get(variable, "").strip()
    if not value:
        raise SecretMissing(variable=variable)
    return value


@asynccontextmanager
async def _in_time(case: Case) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            yield
    except TimeoutError as error:
        raise ProviderFailed(reason="timeout", plugin=case.plugin.name) from error


async def _talk(means: MoneyMeans, case: Case) -> Found | Started:
    attempt, plugin, context = case.attempt, case.plugin, case.context
    if attempt.kind == "refund":
        order = _refund_order(case)
        return await (plugin.refund if attempt.state == "created" else plugin.refund_status)(context, order)
    if attempt.step is None and attempt.state == "created" and not _is_over(case):
        return await plugin.start(context, _order(means, case))
    return await plugin.status(context, _ref(attempt))


def _is_over(case: Case) -> bool:
    return case.attempt.expires_at is not None and case.act.real_now >= case.attempt.expires_at


def _order(means: MoneyMeans, case: Case) -> Order:
    attempt, subject = case.attempt, case.subject
    addresses = means.addresses(attempt.method, attempt.attempt_id)
    due = next((one.due_at for one in subject.dues if one.method == attempt.method), None)
    return Order(
        attempt_id=str(attempt.attempt_id),
        amount_yen=attempt.amount_yen,
        description=f"{subject.number} {_text(subject.facility_name)}",
        payer=subject.payer,
        return_url=addresses.returns,
        cancel_url=addresses.cancels,
        notify_url=addresses.notifies,
        expires_at=attempt.expires_at or case.act.real_now,
        choice=attempt.choice,
        collection_number=attempt.collection_number,
        numbers_until=None if due is None else case.act.real(due),
    )


def _text(name: str | Mapping[str, str]) -> str:
    return name if isinstance(name, str) else name.get("ja") or next(iter(name.values()))


def _ref(attempt: AttemptView) -> PaymentRef:
    return PaymentRef(attempt_id=str(attempt.attempt_id), amount_yen=attempt.amount_yen, ref=attempt.provider_ref)


def _refund_order(case: Case) -> RefundOrder:
    attempt = case.attempt
    return RefundOrder(
        refund_id=str(attempt.attempt_id),
        amount_yen=attempt.amount_yen,
        payment=_ref(case.payment),
        reason=attempt.why or "cancelled",
        ref=attempt.provider_ref,
    )


async def _take(means: MoneyMeans, case: Case, found: Found) -> AttemptView | None:
    async with means.transaction() as (conn, act):
        attempt = await take_outcome(conn, act=act, attempt_id=case.attempt.attempt_id, found=found)
        if attempt.is_open:
            # A refund that a provider has taken is asked about from now on; a payment may go on for a while.
            await repository.mark_pending(conn, attempt_id=attempt.attempt_id, ref=found.ref)
            await repository.ask_again(conn, attempt_id=attempt.attempt_id, at=_next_time(act.real_now, attempt))
        elif case.attempt.state == attempt.state:
            await repository.ask_again(conn, attempt_id=attempt.attempt_id, at=None)
        return attempt


async def _note_start(means: MoneyMeans, case: Case, started: Started) -> AttemptView | None:
    step = {"kind": type(started).__name__, **msgspec.to_builtins(started)}
    until = started.pay_by if isinstance(started, PayBy) else None
    async with means.transaction() as (conn, act):
        await repository.note_started(
            conn,
            attempt_id=case.attempt.attempt_id,
            step=step,
            provider_ref=started.ref if isinstance(started, GoTo | PayBy) else None,
            expires_at=until,
            next_ask_at=_next_time(act.real_now, case.attempt) if isinstance(started, GoTo | PayBy) else None,
        )
        return await repository.read_attempt(conn, attempt_id=case.attempt.attempt_id)


async def _postpone(means: MoneyMeans, case: Case, *, error: str) -> AttemptView | None:
    log.warning("payment_provider_silent", attempt=str(case.attempt.attempt_id), plugin=case.plugin.name, error=error)
    async with means.transaction() as (conn, act):
        at = _next_time(act.real_now, case.attempt)
        await repository.ask_again(conn, attempt_id=case.attempt.attempt_id, at=at, error=error)
        return await repository.read_attempt(conn, attempt_id=case.attempt.attempt_id)


def pause_after(asked: int) -> timedelta:
    """How long to wait after having asked so often: soon at first, then in pauses that double."""
    return min(FIRST_PAUSE * (1 << min(asked, 12)), LONGEST_PAUSE)


def _next_time(real_now: datetime, attempt: AttemptView) -> datetime:
    """When to ask again: soon at first, then in pauses that double; once more just after its time has passed."""
    at = real_now + pause_after(attempt.asked)
    over = attempt.expires_at
    return min(at, over + FIRST_PAUSE) if over is not None and real_now < over else at


def in_order(attempts: Sequence[AttemptView]) -> list[UUID]:
    """In which order the attempts of a settlement are asked about: what goes back first."""
    return [one.attempt_id for one in sorted(attempts, key=lambda one: one.kind != "refund")]
