"""The close of a till: cash is counted against the books, and goes to the bank; a difference has a reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.postings import postings_of_close
from yoyaku.billing.refusals import DifferenceUnexplained, NothingToClose, TillMoved
from yoyaku.billing.repository import closes, ledger
from yoyaku.billing.repository.telling import audit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.kernel.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Count:
    """What was counted in a till for a payee, beyond its float, and what the page said should be there."""

    facility_id: str
    payee: str
    counted_yen: int
    seen_yen: int
    why: str | None = None


async def close_till(conn: AsyncConnection, *, act: MoneyAct, count: Count) -> UUID:
    """Close a till for a payee: everything in cash until now is in it, and is never counted again. The close's id.

    Raises:
        NotAllowed: only staff closes.
        NothingToClose: nothing was taken or given back since the last close.
        TillMoved: something was taken or given back since the page was shown.
        DifferenceUnexplained: the count differs from the books, and nobody says why.
    """
    if act.staff_id is None:
        raise NotAllowed
    moved = await closes.lock_uncounted(conn, facility_id=count.facility_id, payee=count.payee)
    expected_yen = sum(one.moved_yen for one in moved)
    if not moved:
        raise NothingToClose
    if expected_yen != count.seen_yen:
        raise TillMoved(seen_yen=count.seen_yen, expected_yen=expected_yen)
    if count.counted_yen != expected_yen and not count.why:
        differs = count.counted_yen - expected_yen
        raise DifferenceUnexplained(difference_yen=differs, by_yen=abs(differs))
    close_id = new_id()
    row = {
        **act.keys,
        "close_id": close_id,
        "facility_id": count.facility_id,
        "payee": count.payee,
        "closed_on": act.today,
        "expected_yen": expected_yen,
        "counted_yen": count.counted_yen,
        "why": count.why,
        "at": act.now,
        "entered_by": act.staff_id,
    }
    await closes.add_close(conn, row, attempt_ids=[one.attempt_id for one in moved])
    await _post(conn, act=act, close_id=close_id, count=count, expected_yen=expected_yen)
    return close_id


async def _post(conn: AsyncConnection, *, act: MoneyAct, close_id: UUID, count: Count, expected_yen: int) -> None:
    facts = {"facility": count.facility_id, "expected_yen": expected_yen, "counted_yen": count.counted_yen}
    await audit(conn, act=act, what="till_closed", subject=("cash_close", str(close_id)), why=count.why, facts=facts)
    postings = postings_of_close(expected_yen, counted_yen=count.counted_yen, till=count.facility_id)
    if postings:
        transaction = ledger.Transaction(
            key=f"close:{close_id}", kind="cash_close", at=act.now, payee=count.payee, postings=postings, note=count.why
        )
        await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
