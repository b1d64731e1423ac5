"""Telling one event of the outbox: of a booking, a registration, a draft of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.rule_telling import write_review_mails
from yoyaku.billing.repository.attempts import read_attempt
from yoyaku.billing.service.outcomes import CASH, CREDIT
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import get_booking
from yoyaku.db import work
from yoyaku.db.engine import tenant_transaction
from yoyaku.db.work import DueWork
from yoyaku.lottery.repository.lotteries import get_lottery
from yoyaku.notice.lottery import write_lottery_mails
from yoyaku.notice.registration import Telling, write_registration_mails
from yoyaku.notice.service import Event, write_mails
from yoyaku.rulebook.today import rules_of_today
from yoyaku.tenancy.service import Site, address_of_site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of, visit_of_system


async def tell_event(runtime: Runtime, one: DueWork) -> bool:
    """Turn an event into mails and messages in a transaction of its own; whether this was the one that did."""
    site = await site_of(runtime, tenant_id=one.tenant_id, service_id=one.service_id)
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row: dict[str, Any] | None = await work.take(conn, kind="outbox", work_id=one.id)
        if row is None:
            return False
        event = Event(event_id=one.id, kind=row["kind"], facts=row["facts"])
        tell = next((tell for begins, tell in _TELLING.items() if event.kind.startswith(begins)), _tell_registration)
        await tell(conn, runtime, site, event, row["subject_id"])
        await work.mark_done(conn, kind="outbox", work_id=one.id)
    return True


async def _tell_booking(conn: AsyncConnection, runtime: Runtime, site: Site, event: Event, booking_id: UUID) -> None:
    real_now = runtime.clock()
    visit = visit_of_system(site, now=site.business_now(real_now), real_now=real_now)
    booking = await get_booking(conn, visit=visit, booking_id=booking_id)
    rules: ServiceRules = await runtime.rules.rules_of(
        conn,
        tenant_id=site.tenant_id,
        service_id=site.service_id,
        version=booking.rule_set_version,
        inventory_version=booking.inventory_version,
    )
    url = address_of_site(runtime.settings, site)
    await write_mails(conn, site=site, rules=rules, booking=booking, event=event, url=url, now=visit.now)


async def _tell_payment(conn: AsyncConnection, runtime: Runtime, site: Site, event: Event, charge_id: UUID) -> None:
    """Of money that a provider moved. What a till took or gave, a paper of the counter tells; what was only credited, it too."""
    attempt = await read_attempt(conn, attempt_id=UUID(event.facts["attempt_id"]))
    if attempt is None or attempt.plugin in {CASH, CREDIT}:
        return
    payment = attempt
    if attempt.of_attempt_id is not None:
        payment = await read_attempt(conn, attempt_id=attempt.of_attempt_id) or attempt
    told = {
        "amount_yen": attempt.moved_yen or attempt.amount_yen,
        "collection_number": payment.collection_number,
    }
    await _tell_booking(conn, runtime, site, replace(event, facts={**event.facts, **told}), charge_id)


async def _tell_registration(
    conn: AsyncConnection, runtime: Runtime, site: Site, event: Event, registrant_id: UUID
) -> None:
    real_now = runtime.clock()
    rules = await rules_of_today(runtime.rules, conn, site=site, now=site.business_now(real_now))
    url = address_of_site(runtime.settings, site)
    telling = Telling(site=site, rules=rules, url=url, real_now=real_now)
    await write_registration_mails(conn, telling=telling, event=event, registrant_id=registrant_id)


async def _tell_lottery(conn: AsyncConnection, runtime: Runtime, site: Site, event: Event, applicant_id: UUID) -> None:
    """By the rules that the lottery was planned by."""
    lottery = await get_lottery(conn, lottery_id=UUID(event.facts["lottery_id"]))
    rules = await runtime.rules.rules_of(
        conn,
        tenant_id=site.tenant_id,
        service_id=site.service_id,
        version=lottery.rule_set_version,
        inventory_version=lottery.inventory_version,
    )
    url = address_of_site(runtime.settings, site)
    telling = Telling(site=site, rules=rules, url=url, real_now=runtime.clock())
    await write_lottery_mails(conn, telling=telling, event=event, lottery=lottery, applicant_id=applicant_id)


async def _tell_rules(conn: AsyncConnection, runtime: Runtime, site: Site, event: Event, draft_id: UUID) -> None:
    """Of drafts of rules, staff are told."""
    url = address_of_site(runtime.settings, site)
    await write_review_mails(conn, site=site, event=event, draft_id=draft_id, url=url)


_PAYMENTS: Final = ("payment_succeeded", "payment_failed", "payment_reversed", "payment_received_late")
_TELLING: Final = {
    **dict.fromkeys(_PAYMENTS, _tell_payment),
    "payment_due_soon": _tell_registration,
    "payment_overdue": _tell_registration,
    "booking_": _tell_booking,
    "relief_": _tell_booking,
    "lottery_": _tell_lottery,
    "rules_": _tell_rules,
}
