"""Wins: accepted by the winner, or a clerk for them, declined, or booked by themselves where the rules say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import LoginRequired, Person
from yoyaku.booking.repository.bookings import read_application
from yoyaku.booking.repository.rows import facts_from_json
from yoyaku.booking.repository.won import give_back
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.won import Won, book_won
from yoyaku.booking.views import Application
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.policy.stuck import kept
from yoyaku.lottery.policy.wins import check_declinable, check_open, win_anchors
from yoyaku.lottery.repository import wins
from yoyaku.lottery.repository.dues import set_due
from yoyaku.lottery.repository.entries import record
from yoyaku.lottery.repository.entry_rows import read_requests
from yoyaku.lottery.repository.lotteries import LotteryRow, get_lottery
from yoyaku.lottery.repository.wins import WinRow
from yoyaku.lottery.rules import scheme_of
from yoyaku.registration.service.suspensions import require_not_suspended
from yoyaku.rules.refusal import Refusal

log = structlog.get_logger(__name__)


async def accept_win(  # what accepting consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    entry_id: UUID,
    form: Mapping[str, Any] | None = None,
    accepted_terms: Sequence[str] = (),
) -> Application:
    """Make a win an ordinary booking (of a set: one for each use). Accepted again, it gives the same bookings.

    ``form`` holds answers that entering did not ask for, or that changed; it counts before those given then.

    Raises:
        LoginRequired, NotAllowed: nobody is logged in; the clerk works for other facilities.
        EntryNotFound: there is none of that id, or it is another's.
        NotWon, WinDeclined, WinLapsed: it is not to be accepted (any longer).
        RegistrationSuspended: they have to pay something else first.
        Refusal: the form lacks something, terms are not accepted, the use has begun; ``item`` is the place of the use.
    """
    win = _own(visit, await wins.lock_wins(conn, entry_ids=[entry_id]))[0]
    made = await _accept(conn, visit=visit, rules=rules, win=win, form=form, terms=accepted_terms)
    if not made.repeated:
        await _tell_accepted(conn, visit=visit, accepted=[win], application_id=made.application_id)
    return made


async def _accept(  # what accepting consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    win: WinRow,
    form: Mapping[str, Any] | None,
    terms: Sequence[str],
) -> Application:
    """Make a win that is locked, and one's own, a booking; nobody is told of it yet."""
    lottery = await get_lottery(conn, lottery_id=win.lottery_id)
    if win.state == "accepted" and win.application_id is not None:
        bookings = await read_application(conn, visit=visit, application_id=win.application_id)
        return Application(application_id=win.application_id, bookings=bookings, repeated=True)
    _check_open(win, lottery, now=visit.now)
    await require_not_suspended(conn, registrant_id=win.registrant_id)
    served = replace(visit, registrant_id=win.registrant_id)
    agreed = sorted({*win.accepted_terms, *terms})
    return await _book(conn, visit=served, rules=rules, win=win, lottery=lottery, form=form, terms=agreed)


async def _tell_accepted(
    conn: AsyncConnection, *, visit: Visit, accepted: Sequence[WinRow], application_id: UUID | None = None
) -> None:
    """Note wins that became bookings: one act, and one letter, for all of an applicant's."""
    for applicant_id in dict.fromkeys(win.applicant_id for win in accepted):
        own = [win for win in accepted if win.applicant_id == applicant_id]
        facts = {"lottery_id": own[0].lottery_id, "entry_ids": [win.entry_id for win in own]}
        facts |= {} if application_id is None else {"application_id": application_id}
        served = replace(visit, registrant_id=own[0].registrant_id)
        await record(conn, visit=served, kind="lottery_accepted", applicant_id=applicant_id, facts=facts)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What became of one of several wins: its bookings, or why it is none."""

    entry_id: UUID
    application: Application | None = None
    refusal: Refusal | None = None


async def accept_wins(  # what accepting consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    entry_ids: Sequence[UUID],
    form: Mapping[str, Any] | None = None,
    accepted_terms: Sequence[str] = (),
) -> Sequence[Answered]:
    """Accept several wins of one lottery, in the order of the wishes, each as :func:`accept_win` and decided for itself.

    One letter tells of all that became bookings.

    Raises:
        LoginRequired, NotAllowed, EntryNotFound: as :func:`accept_win`, where any of them is so; none is accepted then.
    """
    found = _own(visit, await wins.lock_wins(conn, entry_ids=entry_ids))
    if len(found) < len(set(entry_ids)):
        raise EntryNotFound
    answers, accepted = [], []
    for win in found:
        try:
            async with conn.begin_nested():
                made = await _accept(conn, visit=visit, rules=rules, win=win, form=form, terms=accepted_terms)
        except Refusal as refusal:
            answers.append(Answered(entry_id=win.entry_id, refusal=refusal))
        else:
            answers.append(Answered(entry_id=win.entry_id, application=made))
            accepted += [] if made.repeated else [win]
    await _tell_accepted(conn, visit=visit, accepted=accepted)
    return answers


async def decline_wins(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, entry_ids: Sequence[UUID]
) -> Sequence[UUID]:
    """Give wins back, all or none; it cannot be taken back. Gives the lotteries.

    Raises:
        LoginRequired, NotAllowed, EntryNotFound: as :func:`accept_win`.
        WinStands: wins of this lottery are not declined.
        NotWon, WinAccepted, WinDeclined, WinLapsed: one is not to be declined (any longer).
    """
    found = _own(visit, await wins.lock_wins(conn, entry_ids=entry_ids))
    if len(found) < len(set(entry_ids)):
        raise EntryNotFound
    lotteries = {one: await get_lottery(conn, lottery_id=one) for one in sorted({win.lottery_id for win in found})}
    for win in found:
        lottery = lotteries[win.lottery_id]
        _check_open(win, lottery, now=visit.now)
        scheme = scheme_of(rules, lottery.scheme)
        if scheme is not None:
            check_declinable(rules, scheme)
    ids = [win.entry_id for win in found]
    await wins.decide_wins(conn, entry_ids=ids, state="declined", at=visit.now, by=visit.staff_id)
    await give_back(conn, visit=visit, entry_ids=ids)
    for applicant_id in dict.fromkeys(win.applicant_id for win in found):
        own = [win for win in found if win.applicant_id == applicant_id]
        facts = {"lottery_id": own[0].lottery_id, "entry_ids": [win.entry_id for win in own]}
        served = replace(visit, registrant_id=own[0].registrant_id)
        await record(conn, visit=served, kind="lottery_declined", applicant_id=applicant_id, facts=facts)
    return list(lotteries)


async def book_automatic(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, lottery_id: UUID, at_most: int
) -> int:
    """Book some wins of an announced lottery that nobody has to accept; how many are left. Done again, it goes on.

    The bookings count as made by the channel by which the entry came, for the person as they were then. One that cannot
    be booked holds up no other: it keeps what it won, and why it is stuck is noted for staff.
    """
    lottery = await get_lottery(conn, lottery_id=lottery_id)
    scheme = scheme_of(rules, lottery.scheme)
    if scheme is None or scheme.win.accept != "automatic" or not lottery.is_announced:
        return 0
    for win in await wins.lock_open(conn, lottery_id=lottery_id, at_most=at_most):
        person = Person(facts=facts_from_json(win.person), registered_at=win.registered_at)
        served = replace(visit, registrant_id=win.registrant_id, person=person, channel=win.channel)
        try:
            async with conn.begin_nested():
                await _book(
                    conn, visit=served, rules=rules, win=win, lottery=lottery, form=None, terms=win.accepted_terms
                )
        except Exception as error:
            if wins.passes(error):
                raise  # all of it is tried again
            log.exception("win_not_booked", entry_id=str(win.entry_id), lottery_id=str(lottery_id))
            await wins.stick_win(conn, entry_id=win.entry_id, why=kept(error))
    return await wins.count_open(conn, lottery_id=lottery_id)


async def book_stuck_again(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """Let the worker try again, at once, to book the wins that are stuck; how many are."""
    count = await wins.unstick_wins(conn, lottery_id=lottery_id)
    if count:
        await set_due(conn, kind="lottery_announce", subject_id=lottery_id)
    return count


async def _book(  # noqa: PLR0913  # what is booked, for whom, with which answers
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    win: WinRow,
    lottery: LotteryRow,
    form: Mapping[str, Any] | None,
    terms: Sequence[str],
) -> Application:
    asked = read_requests(win.requests, win.form)
    won = Won(
        entry_id=win.entry_id,
        requests=[replace(one, form={**one.form, **form}) for one in asked] if form else asked,
        anchors=win_anchors(
            drawn_at=_utc(lottery.drawn_at) or visit.now,
            announced_at=_utc(lottery.announced_at) or visit.now,
            accepted_at=visit.now,
            automatic=visit.actor == "system",
        ),
        form=dict(form or {}),
        accepted_terms=list(terms),
    )
    made = await book_won(conn, visit=visit, rules=rules, win=won)
    await wins.decide_wins(
        conn,
        entry_ids=[win.entry_id],
        state="accepted",
        at=visit.now,
        by=visit.staff_id,
        application_id=made.application_id,
    )
    return made


def _own(visit: Visit, found: Sequence[WinRow]) -> Sequence[WinRow]:
    """The entries, where they are one's own, or at facilities for which the clerk works."""
    if visit.actor == "resident" and visit.registrant_id is None:
        raise LoginRequired
    if not found or (visit.actor == "resident" and any(one.registrant_id != visit.registrant_id for one in found)):
        raise EntryNotFound
    if not all(visit.reaches(*one.facilities) for one in found):
        raise NotAllowed
    return found


def _check_open(win: WinRow, lottery: LotteryRow, *, now: datetime) -> None:
    check_open(
        state=win.state if lottery.is_announced else None,
        until=_utc(win.accept_until),
        decided_at=_utc(win.decided_at),
        releases_at=lottery.releases_at.astimezone(UTC),
        now=now,
    )


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
