"""The file by which the bank is asked to transfer refunds (総合振込): of one payee's money, for one bank day, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.telling import audit
from yoyaku.billing.repository.transfers import TransferView, hold_open, note_file
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.extension.debit import FileRefused, TransferBatch, TransferRow
from yoyaku.kernel.errors import NotFound


async def make_transfer_file(
    conn: AsyncConnection, *, means: DebitMeans, rows: Sequence[TransferView], pay_on: date, again: bool
) -> bytes:
    """The file, and that these rows stand in it; ``again``: also those that stood in one before.

    Raises:
        NotFound: no bank of the rules takes such files.
        FileRefused: ``nothing_to_transfer``, ``payees_mixed``, ``not_bank_day``, ``no_account`` (the payer is to be asked),
            ``in_file_before``, ``changed_meanwhile``, or what the bank's format does not take.
    """
    bank = means.transfer_bank()
    if bank is None:
        raise NotFound(what="file of transfers")
    _check(means, bank.method, rows, pay_on, again=again)
    batch = TransferBatch(pay_on=pay_on, rows=tuple(_row(means, one) for one in rows))
    content = bank.plugin.write_transfers(bank.context, batch)
    await _hold(conn, rows)
    await note_file(conn, attempt_ids=[one.attempt_id for one in rows], day=pay_on)
    facts = {"count": len(rows), "amount_yen": sum(one.amount_yen for one in rows)}
    subject = ("transfers", pay_on.isoformat())
    await audit(conn, act=means.act, what="transfers_in_file", subject=subject, why=None, facts=facts)
    return content


def _check(means: DebitMeans, method: str, rows: Sequence[TransferView], pay_on: date, *, again: bool) -> None:
    if not rows:
        raise FileRefused(reason="nothing_to_transfer")
    if len({one.payee for one in rows}) > 1:
        raise FileRefused(reason="payees_mixed")
    if pay_on < means.act.today or not means.is_bank_day(method, pay_on):
        raise FileRefused(reason="not_bank_day", found=pay_on)
    before = next((one for one in rows if one.file_for is not None), None)
    if before is not None and not again:
        raise FileRefused(reason="in_file_before", found=before.number, expected=before.file_for)


async def _hold(conn: AsyncConnection, rows: Sequence[TransferView]) -> None:
    """Two clerks who read the same list make one file of it: whoever comes second sees what became of it first."""
    held = await hold_open(conn, attempt_ids=[one.attempt_id for one in rows])
    gone = next((one for one in rows if held.get(one.attempt_id, one) != one.file_for), None)
    if gone is not None:
        raise FileRefused(reason="changed_meanwhile", found=gone.number)


def _row(means: DebitMeans, one: TransferView) -> TransferRow:
    if one.account is None:
        raise FileRefused(reason="no_account", found=one.number)
    return TransferRow(amount_yen=one.amount_yen, account=means.open_account(one.account))
