"""Webhooks: believed ones make the platform ask, and nothing else; every one is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository import attempts, webhooks
from yoyaku.billing.service.asking import MoneyMeans, read_secret
from yoyaku.billing.terms import PaymentMethod
from yoyaku.billing.views import AttemptView
from yoyaku.extension.payment import Notice, PaymentContext, WebhookRefused
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.registry import payment_plugin
from yoyaku.kernel.ids import new_id

Outcome = Literal["accepted", "replayed", "unknown"]


async def take_webhook(means: MoneyMeans, *, method: PaymentMethod, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Write down what came; for what is believed and new, the provider is asked as soon as possible.

    Raises:
        WebhookRefused: forged, stale, of a wrong shape, or about nothing that is ours; written down all the same.
    """
    plugin = payment_plugin(method.plugin)
    async with means.transaction() as (conn, act):
        settings = settings_from(
            means.plugin_profiles,
            plugin=plugin.name,
            profile=method.profile,
            own=method.settings,
            shape=plugin.settings_type,
        )
        context = PaymentContext(settings=settings, now=act.real_now, secret=read_secret)
        row = _row(act, method, body)
        refused: WebhookRefused | None = None
        outcome: Outcome = "replayed"
        try:
            for notice in plugin.read_webhook(context, headers, body):
                taken = await _take(conn, method=method, notice=notice, row=row)
                outcome = taken if outcome == "replayed" or taken == "unknown" else outcome
        except WebhookRefused as error:
            refused = error
            await webhooks.note(
                conn, {**row, "webhook_id": new_id(), "outcome": error.facts.get("reason", "malformed")}
            )
    if refused is not None:
        raise refused
    if outcome == "unknown":
        raise WebhookRefused(reason="unknown")
    return outcome


def _row(act: MoneyAct, method: PaymentMethod, body: bytes) -> dict[str, Any]:
    return {
        **act.keys,
        "plugin": method.plugin,
        "profile": method.profile,
        "event_id": None,
        "attempt_id": None,
        "body_digest": hashlib.sha256(body).digest(),
        "received_at": act.real_now,
    }


async def _take(conn: AsyncConnection, *, method: PaymentMethod, notice: Notice, row: Mapping[str, Any]) -> Outcome:
    attempt = await _attempt_of(conn, method, notice)
    told = {**row, "webhook_id": new_id(), "event_id": notice.event_id}
    if attempt is None:
        await webhooks.note(conn, {**told, "outcome": "unknown"})
        return "unknown"
    told["attempt_id"] = attempt.attempt_id
    if not await webhooks.accept(conn, told):
        await webhooks.note(conn, {**told, "webhook_id": new_id(), "outcome": "replayed"})
        return "replayed"
    await attempts.ask_now(conn, attempt_id=attempt.attempt_id)
    return "accepted"


async def _attempt_of(conn: AsyncConnection, method: PaymentMethod, notice: Notice) -> AttemptView | None:
    """By our id, which the provider repeats; else by its own reference. One of another plugin or merchant is none."""
    found: AttemptView | None = None
    if notice.attempt_id is not None:
        try:
            found = await attempts.read_attempt(conn, attempt_id=UUID(notice.attempt_id))
        except ValueError:
            return None
    elif notice.ref is not None:
        found = await attempts.find_by_ref(conn, plugin=method.plugin, ref=notice.ref)
    is_theirs = found is not None and (found.plugin, found.profile) == (method.plugin, method.profile)
    return found if is_theirs else None
