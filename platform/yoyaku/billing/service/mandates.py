"""Mandates to debit accounts: asked for by residents, entered and decided by clerks, ended by either (KS-081, KS-082)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.debits import MandateInFile, MandateNotInState, MandateState, MandateThere, shown_account
from yoyaku.billing.repository import mandates as repository
from yoyaku.billing.repository import numbers
from yoyaku.billing.repository.mandates import MandateView
from yoyaku.billing.repository.telling import audit, tell
from yoyaku.billing.service.debit_days import plan_preparation
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.extension.debit import BankAccount
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id

SUBJECT = "debit_mandate"


async def add_mandate(  # whose account, which, and whether the bank has agreed
    conn: AsyncConnection, *, means: DebitMeans, method: str, registrant_id: UUID, account: BankAccount, is_active: bool
) -> UUID:
    """Enter a mandate: asked for, or (``is_active``) one that the bank has agreed to. Its id.

    Raises:
        FileRefused: the bank could not take the account; the field is the fact ``place``.
        MandateThere: the person has one, or asked for one.
    """
    plugin, context = means.plugin(method)
    checked = plugin.check_account(context, account)
    act = means.act
    mandate_id = new_id()
    number = await numbers.next_number(conn, act=act, scope="mandate")
    account_shown = shown_account(checked)
    row = {
        **act.keys,
        "mandate_id": mandate_id,
        "registrant_id": registrant_id,
        "account_shown": account_shown,
        "account": means.seal_account(checked),
        "customer_number": f"{number:010}",
        "state": "active" if is_active else "requested",
        "requested_at": act.now,
        "active_at": act.now if is_active else None,
        "entered_by": act.staff_id,
    }
    if not await repository.add_mandate(conn, row):
        raise MandateThere
    await _record(conn, act=act, what="mandate_entered", mandate_id=mandate_id, facts={"state": row["state"]})
    if is_active:
        await _begin(conn, means=means, registrant_id=registrant_id, account_shown=account_shown)
    return mandate_id


async def decide_mandate(
    conn: AsyncConnection, *, means: DebitMeans, mandate_id: UUID, accepted: bool, why: str | None = None
) -> None:
    """Write down what the bank said to a mandate that was asked for.

    Raises:
        NotFound: there is none of that id.
        MandateNotInState: it was decided before, or taken back.
    """
    mandate = await _held(conn, mandate_id=mandate_id, states={"requested"})
    act = means.act
    state: MandateState = "active" if accepted else "refused"
    await repository.decide_mandate(conn, mandate_id=mandate_id, state=state, at=act.now, why=why)
    await _record(conn, act=act, what=f"mandate_{state}", mandate_id=mandate_id, why=why)
    if accepted:
        await _begin(conn, means=means, registrant_id=mandate.registrant_id, account_shown=mandate.account_shown)
        return
    facts = {"state": state, "account_shown": mandate.account_shown, "why": why}
    await tell(conn, act=act, kind="mandate_decided", subject_id=mandate.registrant_id, facts=facts)


async def end_mandate(
    conn: AsyncConnection,
    *,
    means: DebitMeans,
    mandate_id: UUID,
    registrant_id: UUID | None = None,
    why: str | None = None,
) -> None:
    """End a mandate, or take back that it was asked for. ``registrant_id``: it must be theirs.

    What was to be debited from then on is to be paid otherwise.

    Raises:
        NotFound: there is none of that id, or not of that person.
        MandateNotInState: it is over.
        MandateInFile: a file with the account is on its way to the bank or back.
    """
    mandate = await _held(conn, mandate_id=mandate_id, states={"requested", "active"}, registrant_id=registrant_id)
    collect_on = await repository.in_file_until(conn, mandate_id=mandate.mandate_id)
    if collect_on is not None:
        raise MandateInFile(collect_on=collect_on)
    await repository.decide_mandate(conn, mandate_id=mandate_id, state="ended", at=means.act.now, why=why)
    await _record(conn, act=means.act, what="mandate_ended", mandate_id=mandate_id, why=why)


async def _held(
    conn: AsyncConnection, *, mandate_id: UUID, states: set[MandateState], registrant_id: UUID | None = None
) -> MandateView:
    mandate = await repository.lock_mandate(conn, mandate_id=mandate_id)
    if mandate is None or (registrant_id is not None and mandate.registrant_id != registrant_id):
        raise NotFound(what="mandate")
    if mandate.state not in states:
        raise MandateNotInState(state=mandate.state)
    return mandate


async def _begin(conn: AsyncConnection, *, means: DebitMeans, registrant_id: UUID, account_shown: str) -> None:
    """From now on their bookings are debited; the files are planned from the first mandate on."""
    facts = {"state": "active", "account_shown": account_shown}
    await tell(conn, act=means.act, kind="mandate_decided", subject_id=registrant_id, facts=facts)
    await plan_preparation(conn, means=means)


async def _record(
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    what: str,
    mandate_id: UUID,
    why: str | None = None,
    facts: dict[str, object] | None = None,
) -> None:
    await audit(conn, act=act, what=what, subject=(SUBJECT, str(mandate_id)), why=why, facts=facts or {})
