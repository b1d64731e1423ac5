"""What Stripe's objects mean for a payment or a refund. Nothing here talks to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from yoyaku.extension.payment import Found, State
from yoyaku_payment_stripe.seen import Charge, Intent, Problem, Refund, Session

ATTEMPT: Final = "attempt_id"
REFUND: Final = "refund_id"
UNTIL: Final = "pay_until"
"""The keys of the metadata that everything of ours carries at Stripe."""

_ENDED: Final[Mapping[str, State]] = {"canceled": "cancelled", "succeeded": "succeeded"}
_REASONS: Final[Mapping[str, str]] = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "authentication_required": "three_d_secure_failed",
    "payment_intent_authentication_failure": "three_d_secure_failed",
}
OTHERWISE: Final = "card_declined"
TIME_OVER: Final = "payment_intent_payment_attempt_expired"
REFUND_FAILED: Final = "refund_rejected"


def at(epoch: int) -> datetime:
    """The instant of an epoch."""
    return datetime.fromtimestamp(epoch, tz=UTC)


def epoch(instant: datetime) -> int:
    """The epoch of an instant, in whole seconds."""
    return int(instant.timestamp())


def is_late(paper: Session | Intent, *, now: datetime) -> bool:
    """Whether the time in which the platform would take the money has passed."""
    until = paper.metadata.get(UNTIL, "")
    return until.isdecimal() and epoch(now) >= int(until)


def payment_found(paper: Session | Intent) -> Found:
    """What became of a payment, by Stripe's page or by numbers."""
    if isinstance(paper, Intent):
        return _intent_found(paper, ref=paper.id)
    intent = paper.payment_intent if isinstance(paper.payment_intent, Intent) else None
    if intent is not None and intent.status == "succeeded":
        return _intent_found(intent, ref=paper.id)
    if paper.status == "expired":
        return _given_up(intent.last_payment_error if intent else None, ref=paper.id)
    if paper.status == "open" or intent is None:  # a card that was declined may be tried again on the page
        return Found(state="pending", ref=paper.id)
    return _intent_found(intent, ref=paper.id)


def refund_found(refund: Refund) -> Found:
    """What became of a refund. ``requires_action``: Stripe asks the payer by mail for a bank account."""
    if refund.status == "failed":
        return Found(state="failed", ref=refund.id, reason=REFUND_FAILED, detail=_known(why=refund.failure_reason))
    if refund.status not in _ENDED:
        return Found(state="pending", ref=refund.id)
    moved = refund.amount if refund.status == "succeeded" else 0
    return Found(state=_ENDED[refund.status], amount_yen=moved, at=at(refund.created), ref=refund.id)


def _intent_found(intent: Intent, *, ref: str) -> Found:
    if intent.status == "succeeded":
        charge = intent.latest_charge if isinstance(intent.latest_charge, Charge) else None
        return Found(
            state="succeeded",
            amount_yen=intent.amount_received,
            at=at(charge.created) if charge else None,
            ref=ref,
            detail=_means(charge) if charge else {},
        )
    if intent.status == "requires_payment_method":  # nobody can pay it any more: its secret was never given out
        return _given_up(intent.last_payment_error, ref=ref)
    return Found(state=_ENDED.get(intent.status, "pending"), ref=ref)


def _given_up(problem: Problem | None, *, ref: str) -> Found:
    code = (problem.decline_code or problem.code) if problem else None
    if code is None or code == TIME_OVER:
        return Found(state="expired", ref=ref)
    return Found(state="failed", ref=ref, reason=_REASONS.get(code, OTHERWISE))


def _means(charge: Charge) -> Mapping[str, str]:
    means = charge.payment_method_details
    if means is None:
        return {}
    chain = means.konbini.store.chain if means.konbini and means.konbini.store else None
    return _known(method=means.type, brand=means.card.brand if means.card else None, store=chain)


def _known(**particulars: str | None) -> Mapping[str, str]:
    return {name: value for name, value in particulars.items() if value}
