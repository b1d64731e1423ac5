"""What people and clerks see of checks: what is open, what waits for a decision, files, and letters to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.identity import Claims, EnterCode, NextStep, Upload
from yoyaku.extension.registry import identity_plugin
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy.identity import papers_for, steps_for
from yoyaku.registration.repository import checks as repository
from yoyaku.registration.repository import documents
from yoyaku.registration.repository.checks import CheckRow
from yoyaku.registration.service.identity import get_person, is_done
from yoyaku.registration.service.identity_keeping import Asks, asks_of, open_keeping
from yoyaku.registration.service.identity_means import IdentityMeans, facts_of
from yoyaku.registration.terms import IdentityStep, Paper

Papers = Sequence[Paper]


@dataclass(frozen=True, kw_only=True)
class OpenCheck:
    """A check that is for somebody now: what it asks, how far it is, and why an earlier try was refused.

    ``next_step`` is known once it has begun; ``state`` is ``to_begin``, ``begun``, ``submitted`` or ``approved``.
    """

    step: IdentityStep
    asks: Asks
    state: Literal["to_begin", "begun", "submitted", "approved"]
    papers: Papers
    check_id: UUID | None = None
    next_step: NextStep | None = field(default=None, repr=False)
    since: datetime | None = None
    letter_sent_at: datetime | None = None
    rejected_for: str | None = None
    rejected_why: str | None = None

    @property
    def upload(self) -> Upload | None:
        """What may be sent, where something may."""
        return self.next_step if isinstance(self.next_step, Upload) else None

    @property
    def code(self) -> EnterCode | None:
        """The code that is waited for, where one is."""
        return self.next_step if isinstance(self.next_step, EnterCode) else None


@dataclass(frozen=True, kw_only=True)
class WaitingCheck:
    """A check in a clerk's list: whose, of which step (by code), and since when."""

    check_id: UUID
    registrant_id: UUID
    name: str
    step: str
    plugin: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class CheckToDecide:
    """A check before a clerk: its papers as asked of the person and of a proxy, its files, and what it has shown.

    ``evidence`` may hold ``differs``: properties (``name``, ``birth_date``) that a provider says otherwise; ``claims`` are
    what it says.
    """

    check: CheckRow
    step: IdentityStep
    papers: Papers
    papers_by_proxy: Papers
    document_ids: Sequence[UUID]
    evidence: Mapping[str, Any]
    claims: Claims | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class LetterToPrint:
    """One letter: to whom, and the code that stands in it."""

    check_id: UUID
    registrant_id: UUID
    name: str
    postcode: str
    address: str
    code: str = field(repr=False)


async def open_checks(conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID) -> list[OpenCheck]:
    """The checks that are for somebody at their stage, in the order of the rules."""
    person = await get_person(conn, registrant_id=registrant_id)
    facts = facts_of(person, today=act.today)
    rows = await repository.checks_of(conn, registrant_id=registrant_id)
    seen = []
    for step in steps_for(act.terms, facts):
        of_step = [row for row in rows if row.step == step.code]
        current = next((row for row in of_step if row.state in repository.OPEN), None)
        if current is None and any(is_done(row, person) for row in of_step):
            continue
        last = of_step[0] if of_step else None
        refused = last if last is not None and last.state == "rejected" else None
        papers = papers_for(act.terms, step, {**facts, "by_proxy": False})
        seen.append(_open_check(step, papers, current=current, refused=refused, seal=means.seal))
    return seen


def _open_check(
    step: IdentityStep, papers: Papers, *, current: CheckRow | None, refused: CheckRow | None, seal: Seal
) -> OpenCheck:
    return OpenCheck(
        step=step,
        asks=asks_of(identity_plugin(step.plugin).begins_with),
        state="to_begin" if current is None else "submitted" if current.state == "submitted" else "begun",
        papers=papers,
        check_id=current.check_id if current else None,
        next_step=open_keeping(current.kept, seal).next_step if current else None,
        since=(current.submitted_at or current.created_at) if current else None,
        letter_sent_at=current.letter_sent_at if current else None,
        rejected_for=refused.rejected_for if refused else None,
        rejected_why=refused.why if refused else None,
    )


async def waiting_checks(conn: AsyncConnection, *, at_most: int) -> list[WaitingCheck]:
    """Checks that wait for a clerk's decision, the longest waiting first."""
    return [_waiting(row, name) for row, name in await repository.waiting_checks(conn, at_most=at_most)]


async def letters_due(conn: AsyncConnection) -> list[WaitingCheck]:
    """Checks whose letter has not been printed, the oldest first."""
    return [_waiting(row, name) for row, name in await repository.due_letters(conn)]


def _waiting(row: CheckRow, name: str) -> WaitingCheck:
    return WaitingCheck(
        check_id=row.check_id,
        registrant_id=row.registrant_id,
        name=name,
        step=row.step,
        plugin=row.plugin,
        since=row.submitted_at or row.created_at,
    )


async def look_at_check(
    conn: AsyncConnection, *, act: Act, check_id: UUID, means: IdentityMeans | None = None
) -> CheckToDecide:
    """A check with everything a clerk decides by; what a provider says of the person only where ``means`` can open it.

    Raises:
        NotFound: there is none, or the rules no longer know its step.
    """
    check = await repository.read_check(conn, check_id=check_id)
    step = None if check is None else next((one for one in act.terms.identity if one.code == check.step), None)
    if check is None or step is None:
        raise NotFound(what="identity check")
    person = await get_person(conn, registrant_id=check.registrant_id)
    facts = facts_of(person, today=act.today)
    return CheckToDecide(
        check=check,
        step=step,
        papers=papers_for(act.terms, step, {**facts, "by_proxy": False}),
        papers_by_proxy=papers_for(act.terms, step, {**facts, "by_proxy": True}),
        document_ids=await documents.documents_of(conn, check_id=check_id),
        evidence=check.evidence,
        claims=open_keeping(check.kept, means.seal).claims if check.kept and means is not None else None,
    )


async def read_document(conn: AsyncConnection, *, seal: Seal, document_id: UUID) -> tuple[str, bytes]:
    """The media type and bytes of a file that was sent in.

    Raises:
        NotFound: there is none, or it has been deleted.
    """
    row = await documents.read_document(conn, document_id=document_id)
    if row is None or row.content is None:
        raise NotFound(what="document")
    return row.media_type, seal.open(row.content)


async def print_letters(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, check_ids: Sequence[UUID]
) -> list[LetterToPrint]:
    """The letters of these checks, noted as sent; what is over or has no letter is left out. Again, after a paper jam, too."""
    letters = []
    for check_id in sorted(check_ids):
        check = await repository.read_check(conn, check_id=check_id, lock=True)
        if check is None or check.state != "begun":
            continue
        code = open_keeping(check.kept, means.seal).letter
        if code is None:
            continue
        person = await get_person(conn, registrant_id=check.registrant_id)
        await repository.change_check(conn, check_id=check_id, values={"letter_due": False, "letter_sent_at": act.now})
        letters.append(
            LetterToPrint(
                check_id=check_id,
                registrant_id=check.registrant_id,
                name=person.name,
                postcode=person.postcode or "",
                address=person.address or "",
                code=code,
            )
        )
    return letters
