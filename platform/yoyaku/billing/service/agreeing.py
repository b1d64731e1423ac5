"""The books compared: with themselves, and each provider's with ours. Providers are asked outside any transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.agreement import Disagreement, disagreements, payout_disagreements
from yoyaku.billing.repository import checking, unmatched
from yoyaku.billing.repository.attempts import ask_now, read_attempt
from yoyaku.billing.repository.checking import Difference, Posted
from yoyaku.billing.repository.unmatched import QueuedPayout
from yoyaku.billing.service.asking import LONGEST_SECONDS, MoneyMeans, ask, pause_after, read_secret
from yoyaku.billing.service.outcomes import named
from yoyaku.billing.service.payouts import take_payouts
from yoyaku.billing.terms import CITY, PaymentMethod, PaymentTerms
from yoyaku.extension.payment import PaymentContext, ProviderFailed, StatementLine
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.refusals import SecretMissing
from yoyaku.extension.registry import payment_plugin
from yoyaku.kernel.ids import new_id

KEEPS_BOOKS: Final = "page"
"""Plugins of this way keep books of their own; banks answer with files, tills are counted."""
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A plugin with its profile, by which method it is used, and by which name the ledger knows it."""

    method: PaymentMethod

    @property
    def name(self) -> str:
        """As in the ledger."""
        return named(self.method.plugin, self.method.profile)


def providers_of(terms: PaymentTerms) -> list[Provider]:
    """The providers that the rules name, each plugin and profile once."""
    found = {(one.plugin, one.profile): Provider(method=one) for one in reversed(terms.methods)}
    return [found[key] for key in sorted(found, key=str)]


async def check_own_books(conn: AsyncConnection, *, at: datetime | None = None) -> Sequence[Difference]:
    """Where our own books differ: bookings, charges, attempts, ledger, files, tills; each payee's trial balance."""
    found = list(await checking.find_differences(conn))
    sums: dict[str, int] = {}
    for one in await checking.balances(conn, at=at):
        sums[one.payee] = sums.get(one.payee, 0) + one.yen
    found.extend(
        Difference(check="payee_unbalanced", payee=payee, reference="", expected_yen=0, found_yen=yen)
        for payee, yen in sums.items()
        if yen
    )
    return found


async def check_provider(means: MoneyMeans, provider: Provider, *, since: date | None = None) -> list[Disagreement]:
    """Where a provider's own books and ours differ, since a day (real time; ``None``: since the first payment by it).

    Raises:
        ProviderFailed, SecretMissing, ProfileMissing: its books could not be read.
    """
    plugin, context, act = await _context(means, provider)
    if plugin is None or context is None:
        return []
    async with means.transaction() as (conn, _):
        posted = await checking.succeeded_by(conn, plugin=provider.method.plugin, profile=provider.method.profile)
        paid_out = await checking.payouts_of(conn, provider=provider.name)
    today = _day(act.real_now, act)
    first = since or (_day(posted[0].posted_at, act) if posted else today)
    statement = [line for day in _days(first - A_DAY, today) for line in await _read(plugin, context, day)]
    expected = [one.line for one in posted if _day(one.posted_at, act) >= first]
    found = disagreements(known=[one.line for one in posted], expected=expected, statement=statement)
    return [*found, *payout_disagreements(posted=paid_out, payouts=_payouts(statement))]


async def reconcile(means: MoneyMeans, provider: Provider, *, day: date) -> int:
    """Compare a provider's books of a day (real time) with ours, and queue what differs; how much that was.

    What the provider has and we do not know the end of is asked about first: a webhook may have been lost. What it has
    transferred to the city is posted. Done again, nothing is posted or queued twice.

    Raises:
        ProviderFailed, SecretMissing, ProfileMissing: its books could not be read.
    """
    plugin, context, _ = await _context(means, provider)
    if plugin is None or context is None:
        return 0
    around = {one: await _read(plugin, context, one) for one in _days(day - A_DAY, day + A_DAY)}
    await _ask_about(means, around[day])
    async with means.transaction() as (conn, act):
        posted = await checking.succeeded_by(conn, plugin=provider.method.plugin, profile=provider.method.profile)
        known, payouts = [one.line for one in posted], _payouts([*around[day - A_DAY], *around[day]])
        found = _of_day(day, posted=posted, around=around, act=act)
        found += await take_payouts(conn, act=act, provider=provider.name, payouts=payouts, known=known)
        for one in found:
            await _queue(conn, act=act, provider=provider, one=one)
    return len(found)


async def explain_payout(means: MoneyMeans, providers: Sequence[Provider], *, item_id: UUID) -> bool:
    """Look again at a payout that our books could not explain; whether they can now, and it is posted.

    What it is of is asked about first. It is tried again in pauses that grow, until a clerk says what it was.
    """
    async with means.transaction() as (conn, _):
        item = await unmatched.lease_payout(conn, item_id=item_id)
    provider = None if item is None else next((one for one in providers if one.name == item.provider), None)
    if item is None or provider is None:
        return False
    try:
        payout = await _read_again(means, provider, item)
    except (ProviderFailed, SecretMissing):
        payout = None
    if payout is not None:
        await _ask_about(means, payout.lines)
    async with means.transaction() as (conn, act):
        at = act.real_now + pause_after(item.tried)
        waits = await unmatched.lock_item(conn, item_id=item_id)
        if payout is not None and waits:
            posted = await checking.succeeded_by(conn, plugin=provider.method.plugin, profile=provider.method.profile)
            known = [one.line for one in posted]
            if not await take_payouts(conn, act=act, provider=provider.name, payouts=[payout], known=known):
                await unmatched.settle_item(
                    conn, item_id=item_id, resolution="explained", at=act.now, by=None, why=None
                )
                return True
        await unmatched.try_again(conn, item_id=item_id, at=at if waits else None)
    return False


async def _read_again(means: MoneyMeans, provider: Provider, item: QueuedPayout) -> StatementLine | None:
    plugin, context, _ = await _context(means, provider)
    if plugin is None or context is None:
        return None
    lines = await _read(plugin, context, date.fromisoformat(item.facts["day"]))
    return next((one for one in _payouts(lines) if one.ref == item.reference), None)


def _of_day(
    day: date, *, posted: Sequence[Posted], around: dict[date, Sequence[StatementLine]], act: MoneyAct
) -> list[Disagreement]:
    """What the day's statement has and we have not, and the other way round: a line may stand in that of a day beside."""
    known = [one.line for one in posted]
    theirs = disagreements(known=known, expected=(), statement=around[day])
    expected = [one.line for one in posted if _day(one.posted_at, act) == day]
    lines = [line for one in around.values() for line in one]
    ours = disagreements(known=known, expected=expected, statement=lines)
    return [*theirs, *(one for one in ours if one.kind == "ours_only")]


def _payouts(statement: Sequence[StatementLine]) -> list[StatementLine]:
    return [line for line in statement if line.kind == "payout"]


async def _context(means: MoneyMeans, provider: Provider) -> tuple[Any, PaymentContext | None, MoneyAct]:
    method = provider.method
    plugin = payment_plugin(method.plugin)
    async with means.transaction() as (_, act):
        pass
    shape: Any = plugin.settings_type
    settings = settings_from(
        means.plugin_profiles, plugin=plugin.name, profile=method.profile, own=method.settings, shape=shape
    )
    if plugin.capabilities(settings).way != KEEPS_BOOKS:
        return None, None, act
    return plugin, PaymentContext(settings=settings, now=act.real_now, secret=read_secret), act


async def _read(plugin: Any, context: PaymentContext, day: date) -> Sequence[StatementLine]:  # noqa: ANN401  # a plugin
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            lines: Sequence[StatementLine] = await plugin.statement(context, day)
    except TimeoutError as error:
        raise ProviderFailed(reason="timeout", plugin=plugin.name) from error
    return lines


async def _ask_about(means: MoneyMeans, lines: Sequence[StatementLine]) -> None:
    for line in lines:
        attempt_id = _id(line.attempt_id)
        if attempt_id is None:
            continue
        async with means.transaction() as (conn, _):
            attempt = await read_attempt(conn, attempt_id=attempt_id)
            if attempt is None or attempt.state == "succeeded":
                continue
            await ask_now(conn, attempt_id=attempt_id)
        await ask(means, attempt_id=attempt_id, at_once=True)


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None


async def _queue(conn: AsyncConnection, *, act: MoneyAct, provider: Provider, one: Disagreement) -> None:
    attempt_id = None if one.ours is None else one.ours.attempt_id
    facts: dict[str, object] = {"our_yen": one.our_yen, "their_yen": one.their_yen}
    next_try_at = None
    if one.kind == "payout_differs" and one.theirs is not None:
        facts["day"] = _day(one.theirs.at, act).isoformat()
        next_try_at = act.real_now + pause_after(0)
    row = {
        **act.keys,
        "item_id": new_id(),
        "kind": one.kind,
        "payee": CITY if one.ours is None else one.ours.payee,
        "provider": provider.name,
        "attempt_id": attempt_id,
        "reference": one.reference,
        "amount_yen": one.their_yen if one.their_yen is not None else one.our_yen,
        "seen_at": act.now,
        "facts": facts,
        "next_try_at": next_try_at,
    }
    await unmatched.add_unmatched(conn, row)


def _day(at: datetime, act: MoneyAct) -> date:
    return at.astimezone(act.zone).date()


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
