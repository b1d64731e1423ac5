"""What a provider has transferred: from what it holds (``clearing``) to each payee's ``bank``, less its fee."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.agreement import Disagreement, OurLine, Share, payout_disagreements, shares_of
from yoyaku.billing.policy.postings import postings_of_payout
from yoyaku.billing.repository import checking, ledger
from yoyaku.extension.payment import StatementLine


async def take_payouts(
    conn: AsyncConnection, *, act: MoneyAct, provider: str, payouts: Sequence[StatementLine], known: Sequence[OurLine]
) -> list[Disagreement]:
    """Post each payout once, to whom it belongs; those that our books cannot explain are answered, and not posted."""
    posted = await checking.payouts_of(conn, provider=provider)
    for payout in payouts:
        shares = None if payout.ref in posted else shares_of(payout, known)
        for payee, share in (shares or {}).items():
            await _post(conn, act=act, provider=provider, ref=payout.ref, payee=payee, share=share)
        if shares is not None:
            posted = {**posted, payout.ref: payout.amount_yen}
    return payout_disagreements(posted=posted, payouts=payouts)


async def _post(  # how much of which payout for whom
    conn: AsyncConnection, *, act: MoneyAct, provider: str, ref: str, payee: str, share: Share
) -> None:
    postings = postings_of_payout(share.held_yen, provider=provider, fee_yen=share.fee_yen)
    if not postings:
        return
    transaction = ledger.Transaction(
        key=f"payout:{provider}:{ref}:{payee}",
        kind="payout",
        at=act.now,
        payee=payee,
        postings=postings,
        note=ref,
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
