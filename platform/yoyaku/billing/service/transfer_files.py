"""The file by which the bank is asked to transfer refunds (総合振込): of one payee's money, for one bank day, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.telling import audit
from yoyaku.billing.repository.transfers import TransferView, note_file
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.extension.debit import FileRefused, TransferBatch, TransferPlugin, TransferRow
from yoyaku.kernel.errors import NotFound


async def make_transfer_file(
    conn: AsyncConnection, *, means: DebitMeans, rows: Sequence[TransferView], pay_on: date, again: bool
) -> bytes:
    """The file, and that these rows stand in it; ``again``: also those that stood in one before.

    Raises:
        NotFound: no bank of the rules takes such files.
        FileRefused: ``nothing_to_transfer``, ``payees_mixed``, ``not_bank_day``, ``no_account`` (the payer is to be asked),
            ``in_file_before``, or what the bank's format does not take.
    """
    method = means.transfer_method()
    if method is None:
        raise NotFound(what="file of transfers")
    _check(means, method, rows, pay_on, again=again)
    plugin, context = means.plugin(method)
    if not isinstance(plugin, TransferPlugin):
        raise NotFound(what="file of transfers")
    content = plugin.write_transfers(
        context, TransferBatch(pay_on=pay_on, rows=tuple(_row(means, one) for one in rows))
    )
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


def _row(means: DebitMeans, one: TransferView) -> TransferRow:
    if one.account is None:
        raise FileRefused(reason="no_account", found=one.number)
    return TransferRow(amount_yen=one.amount_yen, account=means.open_account(one.account))
