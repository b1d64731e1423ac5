"""Files to the bank: looked at before, and made. A file is rows; its bytes are written whenever somebody reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.debits import (
    Debtor,
    FileMadeBefore,
    LeftOut,
    NothingToDebit,
    row_key,
    why_left_out,
)
from yoyaku.billing.repository import attempts, debits, numbers
from yoyaku.billing.repository.debits import DebtorRow
from yoyaku.billing.repository.mandates import lock_mandate
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.service.beginning import Account, add_attempt, new_row, next_collection_number, open_account
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.ties import ChargeSubject, charge_keeper
from yoyaku.extension.debit import DebitBatch, DebitRow
from yoyaku.kernel.ids import new_id

SUBJECT: Final = "debit_file"
STEP: Final = {"kind": "InNextFile"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which file: by which method, whose money, debited on which day."""

    method: str
    payee: str
    collect_on: date


@dataclass(frozen=True, kw_only=True)
class DebitLine:
    """One charge of a file to be made: of whom, for what, how much; or why it is left out."""

    charge_id: UUID
    number: str
    name: str
    account_shown: str | None
    amount_yen: int
    left_out: LeftOut | None


@dataclass(frozen=True, kw_only=True)
class DebitPreview:
    """What the file would hold now, and what of that day it would not."""

    wanted: Wanted
    lines: Sequence[DebitLine]
    left_out: Sequence[DebitLine]

    @property
    def total_yen(self) -> int:
        """The sum of its rows."""
        return sum(one.amount_yen for one in self.lines)


async def preview_file(conn: AsyncConnection, *, means: DebitMeans, wanted: Wanted) -> DebitPreview:
    """What the file would hold if it were made now; nothing is changed.

    Raises:
        NotFound: the rules have no such method.
    """
    means.method(wanted.method)
    lines = [_line(row, subject, wanted) for row, subject in await _looked_at(conn, act=means.act, wanted=wanted)]
    return DebitPreview(
        wanted=wanted,
        lines=[one for one in lines if one.left_out is None],
        left_out=[one for one in lines if one.left_out not in {None, "other_day"}],
    )


def _line(row: DebtorRow, subject: ChargeSubject, wanted: Wanted) -> DebitLine:
    return DebitLine(
        charge_id=row.charge_id,
        number=row.number,
        name=subject.payer.name,
        account_shown=row.account_shown,
        amount_yen=row.outstanding_yen,
        left_out=why_left_out(_debtor(row, subject, wanted), wanted.collect_on),
    )


async def _looked_at(conn: AsyncConnection, *, act: MoneyAct, wanted: Wanted) -> list[tuple[DebtorRow, ChargeSubject]]:
    rows = await debits.debtors(conn, method=wanted.method, payee=wanted.payee)
    return [(row, await charge_keeper().read(conn, act=act, charge_id=row.charge_id)) for row in rows]


def _debtor(row: DebtorRow, subject: ChargeSubject, wanted: Wanted) -> Debtor:
    return Debtor(
        outstanding_yen=row.outstanding_yen,
        collect_on=next((due.collect_on for due in subject.dues if due.method == wanted.method), None),
        has_mandate=row.mandate_id is not None,
        was_debited=row.was_debited,
        has_open_payment=row.has_open_payment,
    )


async def make_file(conn: AsyncConnection, *, means: DebitMeans, wanted: Wanted) -> UUID:
    """Put a file together: an attempt for each charge, which nobody pays otherwise from then on. Its id.

    Raises:
        NotFound: the rules have no such method.
        FileMadeBefore: there is one that was not withdrawn.
        NothingToDebit: no charge is for that day.
        FileRefused: a row that no bank takes.
    """
    plugin, context = means.plugin(wanted.method)
    act = means.act
    # Whoever takes this number first makes the file; the others wait for it, and find the file.
    await numbers.next_number(conn, act=act, scope="debit_file")
    key = {"method": wanted.method, "payee": wanted.payee, "collect_on": wanted.collect_on}
    if await debits.file_of_day(conn, **key) is not None:  # type: ignore[arg-type]  # its own three
        raise FileMadeBefore(collect_on=wanted.collect_on)
    made = await _begin_rows(conn, means=means, wanted=wanted)
    if not made:
        raise NothingToDebit(collect_on=wanted.collect_on)
    batch = DebitBatch(collect_on=wanted.collect_on, rows=tuple(one.row for one in made))
    file_id = new_id()
    file = {
        **act.keys,
        **key,
        "file_id": file_id,
        "plugin": plugin.name,
        "profile": means.method(wanted.method).profile,
        "count": len(made),
        "total_yen": sum(one.row.amount_yen for one in made),
        "content_digest": digest_of(plugin.write_request(context, batch)),
        "prepared_at": act.now,
        "entered_by": act.staff_id,
    }
    await debits.add_file(conn, file, [one.stored(file_id, place) for place, one in enumerate(made, start=1)])
    await record(conn, act=act, what="debit_file_made", file_id=file_id, facts={"count": len(made)})
    return file_id


def digest_of(content: bytes) -> bytes:
    """By what a file is known again."""
    return hashlib.sha256(content).digest()


async def record(
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    what: str,
    file_id: UUID,
    why: str | None = None,
    facts: dict[str, object] | None = None,
) -> None:
    """Write down what a clerk did to a file."""
    await audit(conn, act=act, what=what, subject=(SUBJECT, str(file_id)), why=why, facts=facts or {})


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A row that was begun: what the bank reads, and what the database keeps beside it."""

    keys: dict[str, str]
    attempt_id: UUID
    mandate_id: UUID
    row: DebitRow

    def stored(self, file_id: UUID, place: int) -> dict[str, Any]:
        return {
            **self.keys,
            "file_id": file_id,
            "place": place,
            "key": self.row.key,
            "attempt_id": self.attempt_id,
            "mandate_id": self.mandate_id,
            "amount_yen": self.row.amount_yen,
            "is_first": self.row.is_first,
        }


async def _begin_rows(conn: AsyncConnection, *, means: DebitMeans, wanted: Wanted) -> list[_Made]:
    """Begin an attempt for each charge, one after the other in the order of their ids."""
    made: list[_Made] = []
    for row, subject in await _looked_at(conn, act=means.act, wanted=wanted):
        if row.mandate_id is None or _line(row, subject, wanted).left_out is not None:
            continue
        account = await open_account(conn, act=means.act, charge_id=row.charge_id)
        # Somebody may have paid, or begun to, since it was looked at.
        if account.open_payment is None and account.charge.outstanding_yen > 0:
            begun = await _begin_row(conn, means=means, wanted=wanted, account=account, mandate_id=row.mandate_id)
            made += [begun] if begun is not None else []
    return made


async def _begin_row(
    conn: AsyncConnection, *, means: DebitMeans, wanted: Wanted, account: Account, mandate_id: UUID
) -> _Made | None:
    mandate = await lock_mandate(conn, mandate_id=mandate_id)
    if mandate is None or mandate.state != "active" or mandate.account is None:
        return None
    act, charge, method = means.act, account.charge, means.method(wanted.method)
    row = {
        **new_row(act, charge.charge_id, new_id()),
        "kind": "payment",
        "method": method.code,
        "plugin": method.plugin,
        "profile": method.profile,
        "payee": charge.payee,
        "amount_yen": charge.outstanding_yen,
        "collection_number": await next_collection_number(conn, act=act, subject=account.subject),
    }
    attempt = await add_attempt(conn, row)
    nobody = {"provider_ref": None, "expires_at": None, "next_ask_at": None}
    await attempts.note_started(conn, attempt_id=attempt.attempt_id, step=STEP, **nobody)
    sequence = await numbers.next_number(conn, act=act, scope="debit_row")
    return _Made(
        keys=act.keys,
        attempt_id=attempt.attempt_id,
        mandate_id=mandate_id,
        row=DebitRow(
            key=row_key(wanted.collect_on, sequence),
            amount_yen=attempt.amount_yen,
            account=means.open_account(mandate.account),
            is_first=not mandate.was_used,
        ),
    )
