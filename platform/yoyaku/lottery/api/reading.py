"""What is read of lotteries: those there are, the odds, and one's own entries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath, Parameter

from yoyaku.booking.api.caller import By, Caller, DateOutOfReach, near
from yoyaku.booking.api.reading import LONGEST_DAYS, FacilityCode, PeriodTooLong
from yoyaku.facility.policy import UnknownSpace
from yoyaku.lottery.api import examples
from yoyaku.lottery.api.shapes import EntryOut, LotteryOut, MyLotteryOut, OddsOut, UseOut
from yoyaku.lottery.policy.refusals import LotteryNotFound
from yoyaku.lottery.repository.public import PublicLottery
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.entries import EntryUse, EntryView, MyLottery, my_lotteries
from yoyaku.lottery.service.odds import read_odds
from yoyaku.lottery.service.results import list_lotteries
from yoyaku.registration.api import ANYBODY, BEARER, NotLoggedIn
from yoyaku.registration.policy import RoleMissing
from yoyaku.ui.problem import answers, shown


@get(
    "/lotteries",
    summary="Lotteries",
    tags=["Lotteries"],
    security=ANYBODY,
    responses=answers(
        shown(list[LotteryOut], *examples.LOTTERIES, says="The latest, the last to close first."), NotLoggedIn()
    ),
)
async def read_lotteries(caller: By) -> list[LotteryOut]:
    """List the lotteries with their moments, and what is published of each."""
    return [_lottery(one) for one in await list_lotteries(caller.conn)]


@get(
    "/lotteries/{lottery_id:uuid}/odds",
    summary="Entries and what can be won",
    tags=["Lotteries"],
    security=ANYBODY,
    responses=answers(
        shown(list[OddsOut], *examples.ODDS, says="Each elementary slot that is offered."),
        NotLoggedIn(),
        LotteryNotFound(),
        UnknownSpace(),
        PeriodTooLong(longest_days=LONGEST_DAYS),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def read_lottery_odds(
    caller: By,
    lottery_id: FromPath[UUID],
    facility: FacilityCode,
    first: Annotated[date, Parameter(description="First day")],
    end: Annotated[date, Parameter(description="Day after the last one; at most 62 days after the first")],
) -> list[OddsOut]:
    """Say for each slot of a facility how many entries want it, and how much of it can be won."""
    if not timedelta(0) < near(end) - near(first) <= timedelta(days=LONGEST_DAYS):
        raise PeriodTooLong(longest_days=LONGEST_DAYS)
    lottery = next((one for one in await list_lotteries(caller.conn) if one.lottery_id == lottery_id), None)
    rules = await caller.rules(first)
    scheme = None if lottery is None else scheme_of(rules, lottery.scheme)
    if scheme is None:
        raise LotteryNotFound
    found = await read_odds(
        caller.conn,
        visit=caller.visit,
        rules=rules,
        lottery_id=lottery_id,
        spaces=[f"{facility}.{one.code}" for one in rules.inventory.facility(facility).spaces],
        first=first,
        end=end,
    )
    return [
        OddsOut(
            space=space_id.partition(".")[2],
            use_on=day,
            starts_minute=minute,
            applications=odds.applications if scheme.odds == "shown" else None,
            winnable=odds.winnable,
        )
        for (space_id, day, minute), odds in found.items()
    ]


@get(
    "/lottery-entries",
    summary="My entries",
    tags=["Lotteries"],
    security=BEARER,
    responses=answers(
        shown(list[MyLotteryOut], *examples.MINE, says="By lottery, the latest first; in the order of the wishes."),
        NotLoggedIn(),
        RoleMissing(role="resident"),
    ),
)
async def read_mine(caller: By) -> list[MyLotteryOut]:
    """List the entries of whoever is logged in; of a result nothing shows before the announcement."""
    found = await my_lotteries(caller.conn, registrant_id=require_resident(caller), now=caller.visit.now)
    return [my_lottery_out(one) for one in found]


def require_resident(caller: Caller) -> UUID:
    """Whose entries are meant: those of the resident who is logged in.

    Raises:
        NotLoggedIn: nobody is.
        RoleMissing: a clerk, who has none.
    """
    caller.require_login()
    if caller.visit.actor == "clerk" or caller.visit.registrant_id is None:
        raise RoleMissing(role="resident")
    return caller.visit.registrant_id


def my_lottery_out(mine: MyLottery) -> MyLotteryOut:
    """One's part in a lottery."""
    return MyLotteryOut(
        lottery_id=mine.lottery.lottery_id,
        scheme=mine.lottery.scheme,
        month_starts=mine.lottery.period_starts,
        receipt=mine.receipt,
        entries=[_entry(one) for one in mine.entries],
    )


_OF_LOTTERY: Final = LotteryOut.__struct_fields__
_OF_ENTRY: Final = tuple(name for name in EntryOut.__struct_fields__ if name != "uses")


def _lottery(one: PublicLottery) -> LotteryOut:
    return LotteryOut(**{name: getattr(one, name) for name in _OF_LOTTERY})


def _entry(one: EntryView) -> EntryOut:
    uses = [_use(one, place, use) for place, use in enumerate(one.uses)]
    return EntryOut(uses=uses, **{name: getattr(one, name) for name in _OF_ENTRY})


def _use(entry: EntryView, place: int, use: EntryUse) -> UseOut:
    request = entry.requests[place]
    return UseOut(
        facility=request.facility,
        facility_name=use.facility_name,
        space=request.space,
        space_name=use.space_name,
        use_on=use.use_on,
        starts_at=use.period.starts_at,
        ends_at=use.period.ends_at,
        nights=request.nights,
        surfaces=request.surfaces,
        yen=use.yen,
    )


READING: Final = [read_lotteries, read_lottery_odds, read_mine]
