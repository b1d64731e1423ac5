"""Entering a lottery: decide by the rules, write the entry under the applicant's receipt code, tell the outbox."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import LoginRequired, check_terms
from yoyaku.booking.repository.bookings import lock_person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_within_reach
from yoyaku.booking.service.refusals import KeyUsedBefore
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest, HeldEntry
from yoyaku.lottery.policy.receipt import RANDOM_BYTES, new_receipt
from yoyaku.lottery.repository import entries as stored
from yoyaku.lottery.repository.entry_rows import applicant_values, entry_values, part_rows
from yoyaku.lottery.service.asking import OpenLottery, decide, open_lottery, require_chance, with_form
from yoyaku.lottery.service.withdrawing import rerank, withdraw
from yoyaku.registration.service.suspensions import require_not_suspended
from yoyaku.rules.refusal import Refusal

__all__ = ["Entered", "EntryQuote", "enter", "quote_entry", "rerank", "withdraw"]

RECEIPT_TRIES: Final = 5
"""Two codes of one lottery are the same once in 10¹³; five times in a row means that the randomness is broken."""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What was entered: under which receipt code, as which of the wishes, how many stand now.

    ``repeated``: the same submission had been made before. ``rank`` is ``None`` where it was withdrawn since.
    """

    lottery_id: UUID
    entry_id: UUID
    applicant_id: UUID
    receipt: str
    rank: int | None
    entries: int
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class EntryQuote:
    """What an entry would be, or why it is refused; ``held`` are the entries that stand."""

    request: EntryRequest
    lottery_id: UUID | None
    held: Sequence[HeldEntry]
    plan: EntryPlan | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class _Submission:
    """What came in: the uses with their answers, the terms, and by which id the entry is known."""

    request: EntryRequest
    accepted_terms: Sequence[str]
    entry_id: UUID
    digest: str


async def enter(  # noqa: PLR0913  # what an entry consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    request: EntryRequest,
    form: Mapping[str, Any],
    accepted_terms: Sequence[str],
    rank: int | None = None,
    idempotency_key: str | None = None,
) -> Entered:
    """Make an entry, as the last of the wishes or, with a ``rank``, at that place among them.

    ``form`` holds the answers that all uses share (a use's own count first). With an ``idempotency_key`` the same
    submission made again gives the first one's entry. The lottery is that of the first use.

    Raises:
        Refusal: by a rule; ``item`` is the place of the use that is refused, if one is.
        RegistrationSuspended: they have to pay something first.
        KeyUsedBefore: the key came with another submission before.
        LoginRequired, NotAllowed: nobody is logged in; the clerk works for other facilities.
        Busy: a lock was waited for in vain; nothing was changed.
    """
    require_within_reach(visit, request.parts)
    asked = with_form(request, form)
    submission = _submission(visit, asked, accepted_terms, key=idempotency_key)
    await lock_person(conn, visit=visit)
    if idempotency_key is not None:
        repeated = await _repeated(conn, submission=submission, key=idempotency_key)
        if repeated is not None:
            return repeated
    await require_not_suspended(conn, registrant_id=visit.registrant_id)
    check_terms(rules, accepted_terms)
    opened = await open_lottery(conn, visit=visit, rules=rules, request=asked, hold=True)
    there, held = await _standing(conn, visit=visit, lottery_id=opened.lottery_id)
    plan = decide(rules, visit=visit, cover=opened.cover, request=asked, rank=rank, held=held, check_form=True)
    await require_chance(conn, visit=visit, rules=rules, plan=plan)
    applicant = await _write_applicant(conn, visit=visit, opened=opened, plan=plan, there=there)
    cap = opened.cover.scheme.entry.at_most
    moved = {UUID(str(one.entry_id)): one.rank + 1 for one in held if one.rank >= plan.rank}
    await stored.set_ranks(conn, ranks=moved, cap=cap)
    await _write(conn, visit=visit, opened=opened, plan=plan, applicant=applicant, submission=submission)
    return Entered(
        lottery_id=opened.lottery_id,
        entry_id=submission.entry_id,
        applicant_id=applicant.applicant_id,
        receipt=applicant.receipt,
        rank=plan.rank,
        entries=len(held) + 1,
    )


async def quote_entry(  # noqa: PLR0913  # what an entry consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    request: EntryRequest,
    form: Mapping[str, Any],
    rank: int | None = None,
    check_form: bool = False,
) -> EntryQuote:
    """What an entry would be and cost, or why it would be refused; nothing is written or held.

    Raises:
        LoginRequired, NotAllowed: as :func:`enter`.
    """
    require_within_reach(visit, request.parts)
    asked = with_form(request, form)
    lottery_id: UUID | None = None
    held: Sequence[HeldEntry] = ()
    try:
        opened = await open_lottery(conn, visit=visit, rules=rules, request=asked, hold=False)
        lottery_id = opened.lottery_id
        _, held = await _standing(conn, visit=visit, lottery_id=lottery_id)
        plan = decide(
            rules, visit=visit, cover=opened.cover, request=asked, rank=rank, held=held, check_form=check_form
        )
        await require_chance(conn, visit=visit, rules=rules, plan=plan)
    except Refusal as refusal:
        return EntryQuote(request=asked, lottery_id=lottery_id, held=held, refusal=refusal)
    return EntryQuote(request=asked, lottery_id=lottery_id, held=held, plan=plan)


def _submission(visit: Visit, asked: EntryRequest, accepted_terms: Sequence[str], *, key: str | None) -> _Submission:
    return _Submission(
        request=asked,
        accepted_terms=accepted_terms,
        entry_id=new_id() if key is None else _id_of(visit, key),
        digest=_digest(asked, accepted_terms),
    )


def _digest(request: EntryRequest, accepted_terms: Sequence[str]) -> str:
    """The same for the same submission, whatever the order in which its answers came."""
    told = msgspec.json.encode([list(request.parts), sorted(accepted_terms)], order="deterministic")
    return hashlib.sha256(told).hexdigest()


def _id_of(visit: Visit, key: str) -> UUID:
    """The id of the entry that a person makes under a key: the key of the table then sees to it that there is one."""
    if visit.registrant_id is None:
        raise LoginRequired
    return uuid5(visit.registrant_id, f"lottery entry {key}")


async def _repeated(conn: AsyncConnection, *, submission: _Submission, key: str) -> Entered | None:
    earlier = await stored.read_earlier(conn, entry_id=submission.entry_id)
    if earlier is None:
        return None
    if earlier.digest != submission.digest:
        raise KeyUsedBefore(key=key)
    standing = await stored.read_standing(conn, applicant_id=earlier.applicant_id)
    return Entered(
        lottery_id=earlier.lottery_id,
        entry_id=submission.entry_id,
        applicant_id=earlier.applicant_id,
        receipt=earlier.receipt,
        rank=earlier.rank,
        entries=len(standing),
        repeated=True,
    )


async def _standing(
    conn: AsyncConnection, *, visit: Visit, lottery_id: UUID
) -> tuple[stored.Applicant | None, Sequence[HeldEntry]]:
    """The registrant's part in the lottery, if there is one, and the entries that stand."""
    if visit.registrant_id is None:
        return None, ()
    there = await stored.read_applicant(conn, lottery_id=lottery_id, registrant_id=visit.registrant_id)
    if there is None:
        return None, ()
    return there, await stored.read_standing(conn, applicant_id=there.applicant_id)


async def _write_applicant(
    conn: AsyncConnection, *, visit: Visit, opened: OpenLottery, plan: EntryPlan, there: stored.Applicant | None
) -> stored.Applicant:
    """Who enters again keeps the receipt code; for others a new one is made that nobody has in this lottery."""
    weighed = applicant_values(plan)
    if there is not None:
        await stored.weigh_applicant(conn, applicant_id=there.applicant_id, values=weighed)
        return there
    made = {
        "applicant_id": new_id(),
        "lottery_id": opened.lottery_id,
        "registrant_id": visit.registrant_id,
        "entered_at": visit.now,
        **weighed,
    }
    for _ in range(RECEIPT_TRIES):
        receipt = new_receipt(secrets.token_bytes(RANDOM_BYTES))
        if await stored.add_applicant(conn, values={**made, "receipt": receipt}):
            return stored.Applicant(applicant_id=made["applicant_id"], receipt=receipt)
    raise RuntimeError("no receipt code was free: the random numbers repeat themselves")


async def _write(  # what is written
    conn: AsyncConnection,
    *,
    visit: Visit,
    opened: OpenLottery,
    plan: EntryPlan,
    applicant: stored.Applicant,
    submission: _Submission,
) -> None:
    lottery_id, entry_id = opened.lottery_id, submission.entry_id
    values = entry_values(
        plan, visit=visit, entry_id=entry_id, lottery_id=lottery_id, applicant_id=applicant.applicant_id
    )
    values["cap"] = opened.cover.scheme.entry.at_most
    values["accepted_terms"] = list(submission.accepted_terms)
    values["facts"]["digest"] = submission.digest
    await stored.add_entry(conn, values=values, parts=part_rows(plan, entry_id=entry_id, lottery_id=lottery_id))
    told = {"lottery_id": lottery_id, "entry_ids": [entry_id], "receipt": applicant.receipt}
    await stored.record(conn, visit=visit, kind="lottery_entered", applicant_id=applicant.applicant_id, facts=told)
