"""What of the payments of a charge is left, and which way it goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy import Paid
from yoyaku.billing.terms import PaymentTerms
from yoyaku.billing.views import AttemptView
from yoyaku.extension.registry import payment_plugins
from yoyaku.extension.returning import goes_back


def payments_left(attempts: Sequence[AttemptView], terms: PaymentTerms, act: MoneyAct) -> list[Paid]:
    """Payments that counted, with what of them has not gone back nor is on its way."""
    returned: dict[UUID | None, int] = {}
    for one in attempts:
        if one.gives_back:
            returned[one.of_attempt_id] = returned.get(one.of_attempt_id, 0) + one.amount_yen
    return [
        Paid(
            attempt_id=one.attempt_id,
            left_yen=one.amount_yen - returned.get(one.attempt_id, 0),
            online=goes_back_online(one, terms, act),
            paid_on=_paid_on(one, act),
        )
        for one in attempts
        if one.kind == "payment" and one.counted
    ]


def is_online(terms: PaymentTerms, method: str) -> bool:
    """Whether a method is one of paying online, through a provider."""
    return any(one.online for one in terms.methods if one.code == method)


def can_go_back(terms: PaymentTerms, payment: AttemptView) -> bool:
    """Whether its provider can give a payment back at all: what was paid at a store in cash it cannot."""
    plugin = payment_plugins().get(payment.plugin)
    return plugin is not None and is_online(terms, payment.method) and goes_back(plugin, payment.choice)


def goes_back_online(payment: AttemptView, terms: PaymentTerms, act: MoneyAct) -> bool:
    """Whether a payment goes back through its provider; one too old for that goes back as a clerk sees to it (MG-061)."""
    days = terms.refunds.within_days
    is_old = days is not None and act.today > _paid_on(payment, act) + timedelta(days=days)
    return can_go_back(terms, payment) and not (is_old and act.actor == "clerk")


def _paid_on(payment: AttemptView, act: MoneyAct) -> date:
    return act.civil_date(payment.ended_at or payment.created_at)
