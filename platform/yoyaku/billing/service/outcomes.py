"""What became of an attempt, taken into the books: once, whatever comes twice, late or in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy import (
    Decision,
    Standing,
    decide_payment,
    decide_refund,
    postings_of_payment,
    postings_of_refund,
)
from yoyaku.billing.policy.postings import Holder
from yoyaku.billing.policy.years import Years, years_of_payment, years_of_refund
from yoyaku.billing.repository import attempts as repository
from yoyaku.billing.repository import ledger
from yoyaku.billing.repository.charges import lock_charge, set_paid
from yoyaku.billing.repository.telling import tell
from yoyaku.billing.repository.unmatched import add_unmatched
from yoyaku.billing.service.returned import take_returned_refund
from yoyaku.billing.ties import charge_keeper
from yoyaku.billing.views import AttemptView, ChargeView, returning_yen
from yoyaku.extension.payment import Found
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id

CREDIT: Final = "credit"
"""The plugin's name of an attempt that moves what was paid from one charge to another; no plugin is asked."""
CASH: Final = "payment-cash"
TRANSFER: Final = "bank-transfer"
"""The plugin's name of a refund that the city's accounting sends to an account; a clerk says when it is done."""


async def take_outcome(conn: AsyncConnection, *, act: MoneyAct, attempt_id: UUID, found: Found) -> AttemptView:
    """Write what a provider says became of an attempt, post it, and tell whoever the charge belongs to.

    Said again, it changes nothing. What is not known yet changes nothing either.

    Raises:
        NotFound: there is no such attempt.
    """
    known = await repository.read_attempt(conn, attempt_id=attempt_id)
    if known is None:
        raise NotFound(what="payment attempt")
    await charge_keeper().lock(conn, act=act, charge_id=known.charge_id)
    charge = await lock_charge(conn, charge_id=known.charge_id)
    attempt = await repository.lock_attempt(conn, attempt_id=attempt_id)
    if charge is None or attempt is None:
        raise NotFound(what="charge")
    if attempt.state == "succeeded":
        await take_returned_refund(conn, act=act, attempt=attempt, provider=provider_of(attempt), found=found)
        return attempt
    others = await repository.attempts_of(conn, charge_id=charge.charge_id)
    decision = _decide(act, attempt, charge, others, found)
    if decision is None or decision.state == attempt.state:
        return attempt
    await _end(conn, act=act, attempt=attempt, decision=decision, found=found)
    if decision.state == "succeeded":
        payment = next((one for one in others if one.attempt_id == attempt.of_attempt_id), attempt)
        await _post(conn, act=act, attempt=attempt, charge=charge, decision=decision, payment=payment)
    if decision.unmatched is not None:
        await _queue(conn, act=act, attempt=attempt, decision=decision, found=found)
    if decision.counted:
        await count_payment(conn, act=act, attempt=attempt, charge=charge, others=others)
    await _tell(conn, act=act, attempt=attempt, decision=decision)
    return await repository.read_attempt(conn, attempt_id=attempt_id) or attempt


async def settle_at_once(conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView) -> AttemptView:
    """Count an attempt about which nobody else is asked: what a clerk did is done."""
    found = Found(state="succeeded", amount_yen=attempt.amount_yen, at=act.real_now)
    return await take_outcome(conn, act=act, attempt_id=attempt.attempt_id, found=found)


def _decide(
    act: MoneyAct, attempt: AttemptView, charge: ChargeView, others: Sequence[AttemptView], found: Found
) -> Decision | None:
    if attempt.kind == "refund":
        payment = next(one for one in others if one.attempt_id == attempt.of_attempt_id)
        return decide_refund(amount_yen=attempt.amount_yen, found=found, was_counted=payment.counted)
    standing = Standing(owed_yen=charge.standing_yen, paid_yen=charge.paid_yen, returning_yen=returning_yen(others))
    is_over = attempt.expires_at is not None and act.real_now >= attempt.expires_at
    return decide_payment(amount_yen=attempt.amount_yen, found=found, standing=standing, is_over=is_over)


async def _end(conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, decision: Decision, found: Found) -> None:
    """End it; where a payment brought nothing, what waited for its result is looked at now."""
    values = {
        "state": decision.state,
        "counted": decision.counted,
        "moved_yen": decision.moved_yen,
        "ended_at": act.now,
        "failure": found.reason,
        "provider_ref": found.ref,
        "detail": dict(found.detail),
    }
    await repository.end_attempt(conn, attempt_id=attempt.attempt_id, values=values)
    if attempt.kind == "payment" and not decision.counted:
        await repository.look_now(conn, charge_id=attempt.charge_id, now=act.now)


async def _post(  # what moved of which charge; ``payment`` is what a refund reverses, by whose number it is known
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    attempt: AttemptView,
    charge: ChargeView,
    decision: Decision,
    payment: AttemptView,
) -> None:
    make = postings_of_payment if attempt.kind == "payment" else postings_of_refund
    postings = make(
        decision.moved_yen or attempt.amount_yen,
        charge_id=attempt.charge_id,
        holder=holder_of(attempt),
        provider=provider_of(attempt),
        counted=decision.counted,
    )
    transaction = ledger.Transaction(
        key=f"attempt:{attempt.attempt_id}",
        kind=attempt.kind,
        at=act.now,
        payee=attempt.payee,
        postings=postings,
        charge_id=attempt.charge_id,
        attempt_id=attempt.attempt_id,
        note=payment.collection_number,
        years=await _years(conn, act=act, attempt=attempt, charge=charge),
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)


async def _years(conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, charge: ChargeView) -> Years | None:
    """In whose year's books money stands that moves now; as posted, whatever becomes of the due date later."""
    if attempt.kind == "payment":
        return years_of_payment(at=act.now, due_at=charge.due_at, zone=act.zone)
    income_of = await ledger.income_year_of(conn, key=f"attempt:{attempt.of_attempt_id}")
    return None if income_of is None else years_of_refund(at=act.now, income_of=income_of, zone=act.zone)


def holder_of(attempt: AttemptView) -> Holder:
    """Who holds the money of an attempt: a till, another charge, the payee's bank, or a provider."""
    if attempt.plugin == CREDIT:
        return "credit"
    if attempt.plugin == TRANSFER:
        return "bank"
    return "cash" if attempt.plugin == CASH else "clearing"


def provider_of(attempt: AttemptView) -> str | None:
    """By which name the ledger knows the holder: the till of a facility, or a plugin with its profile."""
    if attempt.plugin == CASH:
        return attempt.facility_id
    if attempt.plugin == TRANSFER:
        return None
    return named(attempt.plugin, attempt.profile)


def named(plugin: str, profile: str | None) -> str:
    """A plugin with its profile, as the ledger knows who holds money."""
    return plugin if profile is None else f"{plugin}:{profile}"


async def _queue(
    conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, decision: Decision, found: Found
) -> None:
    row: dict[str, Any] = {
        **act.keys,
        "item_id": new_id(),
        "kind": decision.unmatched,
        "payee": attempt.payee,
        "provider": provider_of(attempt) or attempt.plugin,
        "attempt_id": attempt.attempt_id,
        "reference": found.ref or attempt.provider_ref or str(attempt.attempt_id),
        "amount_yen": decision.moved_yen or attempt.amount_yen,
        "seen_at": act.now,
        "facts": {"expected_yen": attempt.amount_yen, "reason": found.reason},
    }
    await add_unmatched(conn, row)


async def count_payment(
    conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, charge: ChargeView, others: Sequence[AttemptView]
) -> None:
    """Write that an attempt of a charge held still moves what is paid, and tell whoever the charge belongs to."""
    sign = 1 if attempt.kind == "payment" else -1
    paid_yen = charge.paid_yen + sign * attempt.amount_yen
    await set_paid(conn, charge_id=charge.charge_id, paid_yen=paid_yen)
    left: dict[str, int] = {attempt.method: sign * attempt.amount_yen}
    for one in others:
        if one.counted:
            change = one.amount_yen if one.kind == "payment" else -one.amount_yen
            left[one.method] = left.get(one.method, 0) + change
    paid_by = sorted(method for method, yen in left.items() if yen > 0)
    await charge_keeper().paid(
        conn,
        act=act,
        charge_id=charge.charge_id,
        paid_yen=paid_yen,
        paid_by=paid_by,
        begun_at=attempt.created_at,
    )


async def _tell(conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, decision: Decision) -> None:
    """Who pays hears of money that moved; of a page that was left, nothing."""
    kind = _TOLD.get((attempt.kind, decision.state, decision.counted))
    if kind is None:
        return
    facts = {"attempt_id": str(attempt.attempt_id), "amount_yen": attempt.amount_yen, "method": attempt.method}
    await tell(conn, act=act, kind=kind, subject_id=attempt.charge_id, facts=facts)


_TOLD: Final = {
    ("payment", "succeeded", True): "payment_succeeded",
    ("payment", "succeeded", False): "payment_received_late",
    ("payment", "failed", False): "payment_failed",
    ("refund", "succeeded", True): "payment_reversed",
    ("refund", "succeeded", False): "payment_reversed",
}
