"""What can be entered now, until when, and what comes next; and one lottery with the places that it draws."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.views import why_lines
from yoyaku.lottery.pages.lots import Lot, lot_name, lot_of, mine_in, need_lot, standing
from yoyaku.lottery.policy.refusals import EntryNotOpen
from yoyaku.lottery.repository.lotteries import list_lotteries
from yoyaku.lottery.rules import is_ordered, scheme_of, win_moment
from yoyaku.lottery.service.entries import MyLottery, my_lotteries
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb

STEPS: Final = ("opens", "closes", "announces", "accept", "releases")
BEFORE: Final = ("opens", "closes")
"""The steps that wait for no draw."""


@get("/lottery")
async def show_lotteries(here: NamedDependency[Here]) -> Response[Any]:
    """The lotteries that are not over: what takes entries now first, then what will, then what is being drawn."""
    rows = [row for row in await list_lotteries(here.conn, since=here.visit.now) if here.visit.now < row.releases_at]
    rules = await here.rules()
    lots = [await lot_of(here, row) for row in rows if scheme_of(rules, row.scheme) is not None]
    who = here.visit.registrant_id
    mine = [] if who is None else await my_lotteries(here.conn, registrant_id=who, now=here.visit.now)
    by_lottery = {one.lottery.lottery_id: one for one in mine}
    cards = []
    for lot in lots:
        own = by_lottery.get(lot.lottery_id)
        cards.append({**lot_card(here, lot, own), "refusal": refusal_of(here, lot, own)})
    return here.page.show(
        "lottery/lotteries.html",
        groups=[(phase, [card for card in cards if card["phase"] == phase]) for phase in ("open", "before", "closed")],
        any_lottery=bool(cards),
        crumbs=[Crumb(label=here.words.say("lottery_enter.title"))],
    )


def lot_card(here: Here, lot: Lot, mine: MyLottery | None) -> dict[str, Any]:
    """A lottery as a card: its days, and what whoever asks has entered."""
    most, used = lot.scheme.entry.at_most, standing(mine)
    return {
        "name": lot_name(lot, here.words),
        "path": lot.path,
        "phase": lot.phase,
        "closes_at": lot.cover.times.closes_at,
        "opens_at": lot.cover.times.opens_at,
        "steps": lot_steps(lot),
        "receipt": mine.receipt if mine is not None and used else None,
        "used": used,
        "left": max(most - used, 0),
        "most": most,
        "parts": lot.scheme.entry.parts_at_most,
        "ordered": is_ordered(lot.scheme),
        "requires": [need.words for need in lot.scheme.requires],
    }


def lot_steps(lot: Lot) -> list[dict[str, Any]]:
    """The moments of a lottery; ``ends``: it is the end of something, so that midnight is 24:00.

    A result is not out by its hour alone: what waits for the draw is ``past`` only once it was announced.
    """
    times, until = lot.cover.times, lot.scheme.win.until
    accept = None
    if until is not None and lot.scheme.win.accept == "required":
        accept = win_moment(lot.rules, until, month=lot.cover.month, announced_at=times.announces_at)
    at = dict(zip(STEPS, (times.opens_at, times.closes_at, times.announces_at, accept, times.releases_at), strict=True))
    now, announced = lot.visit.now, lot.row.is_announced
    return [
        {
            "code": code,
            "at": moment,
            "ends": code in {"closes", "accept"},
            "past": moment <= now and (code in BEFORE or announced),
        }
        for code, moment in at.items()
        if moment is not None
    ]


def refusal_of(here: Here, lot: Lot, mine: MyLottery | None) -> dict[str, Any] | None:
    """Why whoever is logged in, or served, may enter nothing (more) now; strangers are told when they try."""
    if here.visit.account_id is None and here.visit.registrant_id is None:
        return None
    return refusal_view(here, lot.refusal(used=standing(mine)))


def refusal_view(here: Here, refusal: Refusal | None) -> dict[str, Any] | None:
    """Why somebody may not, with the clauses."""
    if refusal is None:
        return None
    early = isinstance(refusal, EntryNotOpen)
    return {
        "text": here.words.sentence(refusal),
        "why": why_lines(refusal.trace[-1:], here.words),
        "kind": "info" if early else "warn",
        "code": refusal.code,
    }


@get("/lottery/{scheme:str}/{month:str}")
async def show_lottery(here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str]) -> Response[Any]:
    """One lottery: its days, whether whoever asks may enter, and its places; with one place, that place's calendar."""
    lot = await need_lot(here, scheme, month)
    mine = await mine_in(here, lot.lottery_id)
    facilities = chosen_facilities(lot, mine)
    if lot.phase == "open" and len(facilities) == 1 and not lot.by_cart and lot.refusal(used=standing(mine)) is None:
        return here.page.go(f"{lot.path}/facilities/{facilities[0].code}")
    return here.page.show(
        "lottery/lottery.html",
        lot=lot_card(here, lot, mine),
        refusal=refusal_of(here, lot, mine),
        facilities=[
            {
                "name": facility.name,
                "path": f"/availability/{facility.code}?month={month}"
                if lot.by_cart
                else f"{lot.path}/facilities/{facility.code}",
                "spaces": lot.spaces_of(facility.code),
            }
            for facility in facilities
        ],
        only=lot.scheme.entry.one_facility,
        crumbs=[
            Crumb(label=here.words.say("lottery_enter.title"), path="/lottery"),
            Crumb(label=lot_name(lot, here.words)),
        ],
    )


def chosen_facilities(lot: Lot, mine: MyLottery | None) -> list[Any]:
    """The facilities one may still choose from: the one of one's entries, where all must be for one."""
    found = lot.facilities
    if lot.scheme.entry.one_facility != "applicant" or mine is None:
        return found
    held = {request.facility for entry in mine.entries if entry.rank is not None for request in entry.requests}
    return [facility for facility in found if facility.code in held] or found


ROUTES: Final = [show_lotteries, show_lottery]
