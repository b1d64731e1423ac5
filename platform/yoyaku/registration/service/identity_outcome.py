"""What follows from a plugin's outcome: stored, told, and deleted when its time has come."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.identity import (
    AnswerRefused,
    AwaitReview,
    Claims,
    CleanFile,
    Outcome,
    Rejected,
    TryAgain,
    Verified,
)
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy.identity import AlreadyRegistered, residency_of
from yoyaku.registration.repository import checks as repository
from yoyaku.registration.repository import documents
from yoyaku.registration.repository.checks import CheckRow
from yoyaku.registration.repository.events import set_deadline, tell
from yoyaku.registration.service.identity_keeping import Keeping, seal_keeping
from yoyaku.registration.service.stages import advance_registration
from yoyaku.registration.terms import IdentityStep


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Where a check stands after an answer; ``refusal`` says why it has not gone on."""

    check_id: UUID
    state: str
    refusal: AnswerRefused | None = None


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """A check that is being answered: its row, what was kept of it, and its step."""

    check: CheckRow
    keeping: Keeping
    step: IdentityStep


async def take_outcome(conn: AsyncConnection, *, act: Act, seal: Seal, case: OpenCase, outcome: Outcome) -> Answered:
    """Store what became of a check.

    Raises:
        AlreadyRegistered: another registration is this person's; nothing was changed.
    """
    if isinstance(outcome, Verified):
        return await _approve(conn, act=act, seal=seal, case=case, outcome=outcome)
    if isinstance(outcome, Rejected):
        return await _reject(conn, act=act, case=case, outcome=outcome)
    if isinstance(outcome, AwaitReview):
        return await _submit(conn, act=act, seal=seal, case=case, outcome=outcome)
    return await _keep_on(conn, seal=seal, case=case, outcome=outcome)


async def _keep_on(conn: AsyncConnection, *, seal: Seal, case: OpenCase, outcome: TryAgain) -> Answered:
    kept = seal_keeping(replace(case.keeping, plugin=dict(outcome.kept)), seal)
    await repository.change_check(conn, check_id=case.check.check_id, values={"kept": kept})
    refusal = AnswerRefused(**{**outcome.facts, "reason": outcome.reason})
    return Answered(check_id=case.check.check_id, state=case.check.state, refusal=refusal)


async def _submit(conn: AsyncConnection, *, act: Act, seal: Seal, case: OpenCase, outcome: AwaitReview) -> Answered:
    check_id = case.check.check_id
    if outcome.file is not None:
        await documents.delete_documents(conn, check_ids=[check_id], at=act.now)
        await documents.add_document(conn, _stored(outcome.file, check_id=check_id, act=act, seal=seal))
    values: dict[str, Any] = {
        "state": "submitted",
        "submitted_at": act.now,
        "evidence": {**case.check.evidence, **outcome.evidence},
        "kept": seal_keeping(replace(case.keeping, claims=outcome.claims), seal),
    }
    await repository.change_check(conn, check_id=check_id, values=values)
    return Answered(check_id=check_id, state="submitted")


async def _approve(conn: AsyncConnection, *, act: Act, seal: Seal, case: OpenCase, outcome: Verified) -> Answered:
    check = case.check
    claims = _together(case.keeping.claims or Claims(), outcome.claims)
    await _claim_person(conn, act=act, seal=seal, registrant_id=check.registrant_id, claims=claims)
    residency = None if claims.address is None else residency_of(claims.address, act.terms.residency_by_address)
    if residency is not None:
        await repository.set_residency(conn, registrant_id=check.registrant_id, residency=residency)
    evidence = {**check.evidence, **outcome.evidence}
    if claims.issuer is not None:
        evidence["issuer"] = claims.issuer
    await _decide(conn, act=act, case=case, values={"state": "approved", "evidence": evidence})
    if case.step.to_stage is not None:
        await advance_registration(conn, act=act, registrant_id=check.registrant_id, to_stage=case.step.to_stage)
    return Answered(check_id=check.check_id, state="approved")


async def _reject(conn: AsyncConnection, *, act: Act, case: OpenCase, outcome: Rejected) -> Answered:
    why = str(outcome.facts.get("why", "")) or None
    await _decide(conn, act=act, case=case, values={"state": "rejected", "rejected_for": outcome.code, "why": why})
    facts = {"step": case.step.code, "reason": outcome.code, "why": why}
    await tell(conn, kind="registration_rejected", registrant_id=case.check.registrant_id, facts=facts)
    return Answered(check_id=case.check.check_id, state="rejected")


async def _decide(conn: AsyncConnection, *, act: Act, case: OpenCase, values: dict[str, Any]) -> None:
    """Close the check, and let its files go when the rules say."""
    ended = {"decided_at": act.now, "decided_by": act.staff_id, "kept": None, "letter_due": False}
    check_id = case.check.check_id
    await repository.change_check(conn, check_id=check_id, values={**values, **ended})
    days = case.step.deletes_after_days
    if days == 0:
        await delete_documents(conn, check_id=check_id, now=act.now)
    elif await documents.documents_of(conn, check_id=check_id):
        due_at = act.now + timedelta(days=days)
        await set_deadline(conn, kind="document_deletion", subject_id=check_id, due_at=due_at)


async def delete_documents(conn: AsyncConnection, *, check_id: UUID, now: datetime) -> int:
    """Delete the files of a check; that they were there stays. Returns how many there were."""
    await set_deadline(conn, kind="document_deletion", subject_id=check_id, due_at=None)
    return await documents.delete_documents(conn, check_ids=[check_id], at=now)


async def _claim_person(conn: AsyncConnection, *, act: Act, seal: Seal, registrant_id: UUID, claims: Claims) -> None:
    if claims.issuer is None or claims.subject is None:
        return
    is_first = await repository.claim_subject(
        conn,
        issuer=claims.issuer,
        subject_hash=seal.keyed_hash("identity subject", claims.issuer, claims.subject),
        registrant_id=registrant_id,
        at=act.now,
    )
    if not is_first:
        raise AlreadyRegistered


def _stored(file: CleanFile, *, check_id: UUID, act: Act, seal: Seal) -> dict[str, Any]:
    return {
        "document_id": new_id(),
        "check_id": check_id,
        "media_type": file.media_type,
        "size_bytes": len(file.content),
        "content": seal.seal(file.content),
        "received_at": act.now,
    }


def _together(before: Claims, now: Claims) -> Claims:
    """What was established in two moments; the later counts."""
    values = {}
    for one in fields(Claims):
        later = getattr(now, one.name)
        values[one.name] = getattr(before, one.name) if later is None else later
    return Claims(**values)
