"""What changes entries: entering, withdrawing, a new order, accepting and declining wins. Each is one transaction."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from litestar import Response, post, put
from litestar.params import FromPath, JSONBody

from yoyaku.booking.api import examples as booking_examples
from yoyaku.booking.api.acting import Key
from yoyaku.booking.api.answers import application_out
from yoyaku.booking.api.caller import By, Caller, DateOutOfReach, DifferentRules
from yoyaku.booking.api.shapes import ApplicationOut
from yoyaku.booking.policy import FormMissing
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import KeyUsedBefore
from yoyaku.lottery.api import examples
from yoyaku.lottery.api.reading import my_lottery_out, require_resident
from yoyaku.lottery.api.shapes import (
    AcceptanceIn,
    AcceptancesIn,
    AnsweredOut,
    EnteredOut,
    EntriesIn,
    EntryIn,
    MyLotteryOut,
)
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.policy.refusals import EntriesChanged, EntryNotFound, LotteryNotFound
from yoyaku.lottery.policy.win_refusals import NotWon, WinDeclined, WinLapsed, WinStands
from yoyaku.lottery.service.accepting import accept_win, accept_wins, decline_wins
from yoyaku.lottery.service.entering import enter, rerank, withdraw
from yoyaku.lottery.service.entries import get_entry, my_lotteries
from yoyaku.registration.api import BEARER, NotLoggedIn
from yoyaku.registration.policy import RoleMissing
from yoyaku.ui.problem import answers, shown

_RESIDENT: Final = (NotLoggedIn(), RoleMissing(role="resident"))


@post(
    "/lottery-entries",
    status_code=201,
    summary="Enter a lottery",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        {
            201: shown(EnteredOut, *examples.ENTERED, says="Entered."),
            200: shown(EnteredOut, *examples.ENTERED, says="The same key has made it before."),
        },
        *_RESIDENT,
        *examples.REFUSALS,
        DifferentRules(),
        KeyUsedBefore(key="0c6e5d0e"),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def submit_entry(caller: By, data: JSONBody[EntryIn], key: Key = None) -> Response[EnteredOut]:
    """Make one entry, into the lottery that draws its first item. 200 where the same key has made it before."""
    require_resident(caller)
    items = [item.request() for item in data.items]
    made = await enter(
        caller.conn,
        visit=caller.visit,
        rules=await caller.rules_for_all(items),
        request=EntryRequest(parts=tuple(items)),
        form=data.form,
        accepted_terms=data.accepted_terms,
        rank=data.rank,
        idempotency_key=key,
    )
    answer = EnteredOut(**{name: getattr(made, name) for name in EnteredOut.__struct_fields__})
    return Response(answer, status_code=200 if made.repeated else 201)


@post(
    "/lottery-entries/withdrawal",
    status_code=200,
    summary="Withdraw entries",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(list[UUID], *examples.IDS, says="Those that were withdrawn now."),
        *_RESIDENT,
        EntryNotFound(),
        LotteryNotFound(),
        examples.NOT_OPEN,
    ),
)
async def withdraw_entries(caller: By, data: JSONBody[EntriesIn]) -> list[UUID]:
    """Take entries back, all or none, while their lottery is open; the wishes after them move up."""
    rules = await _rules_of(caller, data.entry_ids[0])
    return list(await withdraw(caller.conn, visit=caller.visit, rules=rules, entry_ids=data.entry_ids))


@put(
    "/lotteries/{lottery_id:uuid}/order",
    summary="A new order of my wishes",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(MyLotteryOut, *examples.ORDERED, says="One's entries as they now stand."),
        *_RESIDENT,
        EntriesChanged(),
        EntryNotFound(),
        LotteryNotFound(),
        examples.NOT_OPEN,
    ),
)
async def reorder_entries(caller: By, lottery_id: FromPath[UUID], data: JSONBody[EntriesIn]) -> MyLotteryOut:
    """Rank all one's entries in a lottery anew, the most wished for first."""
    rules = await _rules_of(caller, data.entry_ids[0])
    await rerank(caller.conn, visit=caller.visit, rules=rules, lottery_id=lottery_id, entry_ids=data.entry_ids)
    found = await my_lotteries(caller.conn, registrant_id=require_resident(caller), now=caller.visit.now)
    return next(my_lottery_out(one) for one in found if one.lottery.lottery_id == lottery_id)


@post(
    "/lottery-entries/{entry_id:uuid}/acceptance",
    status_code=200,
    summary="Accept a win",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(ApplicationOut, *booking_examples.APPLICATION, says="The bookings that the win became."),
        *_RESIDENT,
        EntryNotFound(),
        NotWon(),
        WinDeclined(declined_at=None),
        WinLapsed(accept_until=None, releases_at=None),
        FormMissing(fields=["people"], labels=["利用人数"]),
    ),
)
async def accept(caller: By, entry_id: FromPath[UUID], data: JSONBody[AcceptanceIn]) -> ApplicationOut:
    """Make a win an ordinary booking (of a set: one for each use)."""
    rules = await _rules_of(caller, entry_id)
    made = await accept_win(
        caller.conn,
        visit=caller.visit,
        rules=rules,
        entry_id=entry_id,
        form=data.form or None,
        accepted_terms=data.accepted_terms,
    )
    return application_out(made)


@post(
    "/lottery-entries/acceptances",
    status_code=200,
    summary="Accept several wins",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(list[AnsweredOut], *examples.ANSWERED, says="For each win its bookings, or its refusal."),
        *_RESIDENT,
        EntryNotFound(),
        DifferentRules(),
    ),
)
async def accept_several(caller: By, data: JSONBody[AcceptancesIn]) -> list[AnsweredOut]:
    """Make several wins bookings, in the order of the wishes; each is decided for itself."""
    require_resident(caller)
    entries = [await get_entry(caller.conn, visit=caller.visit, entry_id=one) for one in data.entry_ids]
    made = await accept_wins(
        caller.conn,
        visit=caller.visit,
        rules=await caller.rules_for_all([entry.requests[0] for entry in entries]),
        entry_ids=data.entry_ids,
        form=data.form or None,
        accepted_terms=data.accepted_terms,
    )
    return [
        AnsweredOut(
            entry_id=one.entry_id,
            application=None if one.application is None else application_out(one.application),
            refusal=caller.told(one.refusal),
        )
        for one in made
    ]


@post(
    "/lottery-entries/refusal",
    status_code=200,
    summary="Decline wins",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(list[UUID], *examples.IDS, says="The entries whose wins were given back."),
        *_RESIDENT,
        EntryNotFound(),
        NotWon(),
        WinDeclined(declined_at=None),
        WinLapsed(accept_until=None, releases_at=None),
        WinStands(name="抽選"),
    ),
)
async def decline(caller: By, data: JSONBody[EntriesIn]) -> list[UUID]:
    """Give wins back, all or none. It cannot be taken back."""
    rules = await _rules_of(caller, data.entry_ids[0])
    await decline_wins(caller.conn, visit=caller.visit, rules=rules, entry_ids=data.entry_ids)
    return data.entry_ids


async def _rules_of(caller: Caller, entry_id: UUID) -> ServiceRules:
    """The rules for the day of one of the resident's entries.

    Raises:
        EntryNotFound: it is not there, or another's.
    """
    require_resident(caller)
    entry = await get_entry(caller.conn, visit=caller.visit, entry_id=entry_id)
    return await caller.rules(entry.requests[0].use_on)


ACTING: Final = [submit_entry, withdraw_entries, reorder_entries, accept, accept_several, decline]
