"""A file on its way: its bytes, that it was handed to the bank, that it was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.debits import FileDiffers, FileNotInState, FileState
from yoyaku.billing.repository import debits
from yoyaku.billing.repository.debits import FileView, RowView
from yoyaku.billing.repository.telling import tell
from yoyaku.billing.service.debit_files import digest_of, record
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.service.outcomes import take_outcome
from yoyaku.extension.debit import DebitBatch, DebitRow
from yoyaku.extension.payment import Found
from yoyaku.kernel.errors import NotFound


async def read_one(conn: AsyncConnection, *, file_id: UUID) -> tuple[FileView, Sequence[RowView]]:
    """A file with its rows.

    Raises:
        NotFound: there is none of that id.
    """
    file = await debits.read_file(conn, file_id=file_id)
    if file is None:
        raise NotFound(what="debit file")
    return file, await debits.rows_of(conn, file_id=file_id)


async def hold(conn: AsyncConnection, *, file_id: UUID, states: set[FileState]) -> tuple[FileView, Sequence[RowView]]:
    """A file with its rows, held still, in one of these states.

    Raises:
        NotFound: there is none of that id.
        FileNotInState: it has moved on, or is not that far.
    """
    file = await debits.lock_file(conn, file_id=file_id)
    if file is None:
        raise NotFound(what="debit file")
    if file.state not in states:
        raise FileNotInState(state=file.state)
    return file, await debits.rows_of(conn, file_id=file_id)


def batch_of(means: DebitMeans, file: FileView, rows: Sequence[RowView]) -> DebitBatch:
    """What the bank is or was asked for.

    Raises:
        FileNotInState: an account of it is gone, since the file is over.
    """
    made = []
    for row in rows:
        if row.account is None:
            raise FileNotInState(state=file.state)
        account = means.open_account(row.account)
        made.append(DebitRow(key=row.key, amount_yen=row.amount_yen, account=account, is_first=row.is_first))
    return DebitBatch(collect_on=file.collect_on, rows=tuple(made))


async def write_content(conn: AsyncConnection, *, means: DebitMeans, file_id: UUID) -> bytes:
    """The file for the bank, byte for byte as it was made; that somebody read it is written down.

    Raises:
        NotFound, FileNotInState: there is none, or it is over.
        FileDiffers: the settings have changed since it was made.
    """
    file, rows = await hold(conn, file_id=file_id, states={"prepared", "sent"})
    plugin, context = means.plugin(file.method)
    content = plugin.write_request(context, batch_of(means, file, rows))
    if digest_of(content) != file.content_digest:
        raise FileDiffers
    await record(conn, act=means.act, what="debit_file_read", file_id=file_id, facts={"count": file.count})
    return content


async def mark_sent(conn: AsyncConnection, *, means: DebitMeans, file_id: UUID) -> None:
    """The bank has the file: whoever will be debited is told how much, when, from which account.

    Raises:
        NotFound, FileNotInState.
    """
    file, rows = await hold(conn, file_id=file_id, states={"prepared"})
    await debits.move_file(conn, file_id=file_id, state="sent", at=means.act.now)
    for registrant_id, own in by_payer(rows):
        facts = told_facts(file, own)
        await tell(conn, act=means.act, kind="debit_announced", subject_id=registrant_id, facts=facts)
    await record(conn, act=means.act, what="debit_file_sent", file_id=file_id, facts={"count": file.count})


async def withdraw_file(conn: AsyncConnection, *, means: DebitMeans, file_id: UUID, why: str) -> None:
    """Take a file back that the bank will not carry out: its charges are open again, for another file or the counter.

    Raises:
        NotFound, FileNotInState: there is none, or the bank has answered.
    """
    _, rows = await hold(conn, file_id=file_id, states={"prepared", "sent"})
    for row in sorted(rows, key=lambda one: one.charge_id):
        await take_outcome(conn, act=means.act, attempt_id=row.attempt_id, found=Found(state="cancelled"))
    await debits.move_file(conn, file_id=file_id, state="withdrawn", at=means.act.now)
    await record(conn, act=means.act, what="debit_file_withdrawn", file_id=file_id, why=why)


def by_payer(rows: Sequence[RowView]) -> Iterator[tuple[UUID, list[RowView]]]:
    """The rows of each payer together."""
    for payer_id, own in groupby(sorted(rows, key=lambda one: (one.payer_id, one.place)), key=lambda one: one.payer_id):
        yield payer_id, list(own)


def told_facts(file: FileView, rows: Sequence[RowView]) -> dict[str, Any]:
    """What a payer is told of their rows."""
    return {
        "collect_on": file.collect_on,
        "total_yen": sum(row.amount_yen for row in rows),
        "count": len(rows),
        "account_shown": rows[0].account_shown,
        "numbers": [row.number for row in rows],
    }
