"""A refund that a provider had made and that comes back days later: a card that is no more, an account that is closed.

What was given back stays given back in the books of the charge; the money is with the provider again, nobody's, until a
clerk has reached the payer.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.postings import Posting
from yoyaku.billing.repository import ledger
from yoyaku.billing.repository.unmatched import add_unmatched
from yoyaku.billing.views import AttemptView
from yoyaku.extension.payment import Found
from yoyaku.kernel.ids import new_id

NOT_MADE: Final = frozenset({"failed", "cancelled"})


async def take_returned_refund(
    conn: AsyncConnection, *, act: MoneyAct, attempt: AttemptView, provider: str | None, found: Found
) -> None:
    """Post and queue a refund that succeeded and is now said to have failed; said again, it changes nothing."""
    key = f"returned:{attempt.attempt_id}"
    if attempt.kind != "refund" or found.state not in NOT_MADE or await ledger.is_posted(conn, key=key):
        return
    yen = attempt.moved_yen or attempt.amount_yen
    transaction = ledger.Transaction(
        key=key,
        kind="refund_returned",
        at=act.now,
        payee=attempt.payee,
        postings=(Posting(account="clearing", yen=yen, provider=provider), Posting(account="suspense", yen=-yen)),
        charge_id=attempt.charge_id,
        attempt_id=attempt.attempt_id,
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
    row = {
        **act.keys,
        "item_id": new_id(),
        "kind": "refund_failed",
        "payee": attempt.payee,
        "provider": provider or attempt.plugin,
        "attempt_id": attempt.attempt_id,
        "reference": attempt.provider_ref or str(attempt.attempt_id),
        "amount_yen": yen,
        "seen_at": act.now,
        "facts": {"expected_yen": attempt.amount_yen, "reason": found.reason, "returned": True},
    }
    await add_unmatched(conn, row)
