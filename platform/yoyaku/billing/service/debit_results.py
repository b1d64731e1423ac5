"""The bank's answer: read against what was asked, looked at, and taken into the books whole or not at all (KS-084)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.postings import postings_of_payout
from yoyaku.billing.repository import debits, ledger
from yoyaku.billing.repository.debits import FileView, RowView
from yoyaku.billing.repository.mandates import note_used
from yoyaku.billing.repository.telling import tell
from yoyaku.billing.service.debit_files import digest_of, record
from yoyaku.billing.service.debit_handing import batch_of, by_payer, hold, told_facts
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.service.outcomes import named, take_outcome
from yoyaku.extension.debit import DebitOutcome, FileRefused
from yoyaku.extension.payment import Found


@dataclass(frozen=True, kw_only=True)
class ReadResult:
    """An answer that agrees with its file: each row with what became of it."""

    file: FileView
    rows: Sequence[tuple[RowView, DebitOutcome]]
    digest: bytes

    @property
    def done_yen(self) -> int:
        """What the bank debited."""
        return sum(outcome.amount_yen for _, outcome in self.rows if outcome.succeeded)

    @property
    def failed(self) -> list[tuple[RowView, DebitOutcome]]:
        """What it could not."""
        return [(row, outcome) for row, outcome in self.rows if not outcome.succeeded]


async def read_result(conn: AsyncConnection, *, means: DebitMeans, file_id: UUID, content: bytes) -> ReadResult:
    """Read the bank's answer to a file; nothing is changed.

    Raises:
        NotFound, FileNotInState: the bank was not asked, or its answer has been taken in.
        FileRefused: the answer was read before, or does not agree: whole, with the place.
    """
    digest = digest_of(content)
    before = await debits.file_by_result(conn, digest=digest)
    if before is not None:
        raise FileRefused(reason="read_before", found=before.collect_on)
    file, rows = await hold(conn, file_id=file_id, states={"sent"})
    plugin, context = means.plugin(file.method)
    result = plugin.read_result(context, content, batch_of(means, file, rows))
    outcomes = {one.key: one for one in result.outcomes}
    return ReadResult(file=file, rows=[(row, outcomes[row.key]) for row in rows], digest=digest)


async def apply_result(conn: AsyncConnection, *, means: DebitMeans, file_id: UUID, content: bytes) -> ReadResult:
    """Take the bank's answer into the books, all of it or nothing: what was debited is paid, the rest is the counter's.

    What could not be debited is never debited again; whoever it is hears of it once, with where to pay.

    Raises:
        NotFound, FileNotInState, FileRefused: as :func:`read_result`.
    """
    read = await read_result(conn, means=means, file_id=file_id, content=content)
    act = means.act
    for row, outcome in sorted(read.rows, key=lambda one: one[0].charge_id):
        found = Found(
            state="succeeded" if outcome.succeeded else "failed",
            amount_yen=outcome.amount_yen if outcome.succeeded else 0,
            at=act.real_now,
            ref=row.key,
            reason=outcome.reason,
        )
        await take_outcome(conn, act=act, attempt_id=row.attempt_id, found=found)
    if read.done_yen:
        await _post(conn, means=means, read=read)
    await note_used(conn, mandate_ids=[row.mandate_id for row, _ in read.rows])
    await debits.move_file(conn, file_id=file_id, state="settled", at=act.now, result_digest=read.digest)
    reasons = {row.key: outcome.reason for row, outcome in read.failed}
    for registrant_id, own in by_payer([row for row, _ in read.failed]):
        facts = {**told_facts(read.file, own), "reason": reasons[own[0].key]}
        await tell(conn, act=act, kind="debit_failed", subject_id=registrant_id, facts=facts)
    facts = {"count": len(read.rows), "done_yen": read.done_yen, "failed": len(read.failed)}
    await record(conn, act=act, what="debit_result_taken", file_id=file_id, facts=facts)
    return read


async def _post(conn: AsyncConnection, *, means: DebitMeans, read: ReadResult) -> None:
    """What the bank says it has debited is on the payee's account from its answer on."""
    file, act = read.file, means.act
    transaction = ledger.Transaction(
        key=f"debited:{file.file_id}",
        kind="debited",
        at=act.now,
        payee=file.payee,
        postings=postings_of_payout(read.done_yen, provider=named(file.plugin, file.profile)),
        note=f"{file.collect_on}",
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
