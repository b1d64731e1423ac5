"""What is wished for on one day: hours with courts, or a stay with the guests of each night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.drawn import DrawnDay
from yoyaku.booking.pages.cart import picked_extras
from yoyaku.booking.pages.day import space_rows
from yoyaku.booking.pages.here import Here, need_date
from yoyaku.booking.pages.known import look_at
from yoyaku.booking.pages.picked import by_time, requests_from_ticks
from yoyaku.booking.pages.stay_form import guest_nights, read_stay, wish_fields
from yoyaku.facility.policy import PlacedSpace, timetable_for
from yoyaku.facility.terms import NightTimetable
from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.pages.calendar import place_crumbs
from yoyaku.lottery.pages.checking import check_page, entry_page, entry_path
from yoyaku.lottery.pages.lots import Lot, mine_in, need_lot, standing
from yoyaku.lottery.pages.overview import lot_card, refusal_of
from yoyaku.lottery.pages.parts import PART, carried_answers, carried_parts, read_parts, texts_of

NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A day's form as it was sent: what was ticked, what stands in the fields, and what is wrong with it.

    ``answers`` were typed before, for the set to which this day is added.
    """

    ticks: Sequence[str] = ()
    form: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    answers: Sequence[tuple[str, str]] = ()

    @property
    def status(self) -> int:
        """200, or 422 where something is wrong."""
        return HTTP_422_UNPROCESSABLE_ENTITY if self.errors else 200


@get("/lottery/{scheme:str}/{month:str}/facilities/{code:str}/{day:str}")
async def show_day(  # the parts of the address
    here: NamedDependency[Here],
    scheme: FromPath[str],
    month: FromPath[str],
    code: FromPath[str],
    day: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """The hours of a day with their odds, or the form of a stay."""
    lot, on = await need_lot(here, scheme, month), need_date(day)
    query = request.query_params
    return await _day(here, lot, code, on, Typed(ticks=query.getall("slot", []), form=query))


async def _day(here: Here, lot: Lot, code: str, on: date, typed: Typed) -> Response[Any]:
    if lot.by_cart:
        return here.page.go(f"/availability/{code}/{on.isoformat()}")
    spaces = lot.spaces_of(code, here.page.query.get("space"))
    if not spaces or not lot.row.period_starts <= on <= lot.last_day:
        return here.page.go(lot.path)
    return await (_stay_page if lot.by_night else _hours_page)(here, lot, spaces, on, typed)


async def _frame(here: Here, lot: Lot, spaces: Sequence[PlacedSpace], on: date) -> dict[str, Any]:
    """What stands on both forms: the lottery, the place and day, which wish this would be, or why it can be none."""
    mine = await mine_in(here, lot.lottery_id)
    facility = spaces[0].facility
    return {
        "lot": lot_card(here, lot, mine),
        "facility": facility,
        "day": on,
        "rank": standing(mine) + 1,
        "refusal": refusal_of(here, lot, mine),
        "must_log_in": here.visit.registrant_id is None,
        "crumbs": place_crumbs(here, lot, here.words.text(facility.name), here.words.fact(on)),
    }


async def _hours_page(here: Here, lot: Lot, spaces: Sequence[PlacedSpace], on: date, typed: Typed) -> Response[Any]:
    ids = [placed.space_id for placed in spaces]
    known = await look_at(here, lot.rules, ids, first=on, end=on + timedelta(days=1))
    rows = space_rows(spaces, known=known, on=on, here=here)
    for row in rows:
        drawn = row["drawn"]
        for slot in row["slots"]:
            slot["bookable"] = isinstance(drawn, DrawnDay) and drawn.phase == "open" and slot["free"] > 0
        row["any_free"] = any(slot["bookable"] for slot in row["slots"])
    parts = read_parts(texts_of(typed.form, PART))
    return here.page.show(
        "lottery/day.html",
        status=typed.status,
        rows=rows,
        any_free=any(row["any_free"] for row in rows),
        ticked=typed.ticks,
        chosen=typed.form,
        errors=typed.errors,
        parts=parts,
        hidden=[*carried_parts(parts), *typed.answers],
        back=here.page.url(f"{lot.path}/facilities/{spaces[0].facility.code}"),
        **await _frame(here, lot, spaces, on),
    )


async def _stay_page(here: Here, lot: Lot, spaces: Sequence[PlacedSpace], on: date, typed: Typed) -> Response[Any]:
    room, frame = spaces[0], await _frame(here, lot, spaces, on)
    timetable, words = _nights(here, lot, room, on), here.words
    last = min(_most_nights(lot, timetable), (lot.row.period_ends - on).days)
    choices = [(str(n), words.say("stay.count", count=n)) for n in range(timetable.minimum_nights, last + 1)]
    known = await look_at(here, lot.rules, [room.space_id], first=on, end=on + timedelta(days=1))
    drawn, states = known.drawn.get((room.space_id, on)), known.found.get((room.space_id, on), ())
    first_only = lot.scheme.entry.preferences_for_first_only and frame["rank"] > 1
    return here.page.show(
        "lottery/stay.html",
        status=typed.status,
        space=room.space,
        odds=drawn.odds_of(states[0].slot) if drawn is not None and drawn.shows_odds and states else None,
        form={"nights": typed.form.get("nights", choices[0][0] if choices else "")},
        night_choices=choices,
        guest_nights=guest_nights(timetable, typed.form, words)[:last],
        preferences=[] if first_only else wish_fields(room, timetable, typed.form, words),
        first_only=lot.scheme.entry.preferences_for_first_only,
        errors=typed.errors,
        back=here.page.url(f"{lot.path}/facilities/{room.facility.code}", **{"from": on.isoformat()}),
        **frame,
    )


def _nights(here: Here, lot: Lot, room: PlacedSpace, on: date) -> NightTimetable:
    _, timetable = timetable_for(lot.rules, room, on, here.visit.now)
    if not isinstance(timetable, NightTimetable):
        raise NotFound(what="stay")
    return timetable


def _most_nights(lot: Lot, timetable: NightTimetable) -> int:
    """The most nights that any stay of the lottery may have; which of them counts here, the rules say on sending."""
    limits = [most.nights for most in lot.scheme.entry.most if most.nights is not None]
    return min([timetable.maximum_nights, *limits])


@post("/lottery/{scheme:str}/{month:str}/facilities/{code:str}/{day:str}", status_code=303)
async def choose_day(  # the parts of the address
    here: NamedDependency[Here],
    scheme: FromPath[str],
    month: FromPath[str],
    code: FromPath[str],
    day: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Take what was wished for to the page where it is checked; hours as an address, as long as no answers go along.

    With ``look`` the day is only shown, as one of a set that was begun.
    """
    lot, on, form = await need_lot(here, scheme, month), need_date(day), await request.form()
    spaces = lot.spaces_of(code, here.page.query.get("space"))
    if not spaces or lot.by_cart:
        return here.page.go(lot.path)
    if lot.by_night:
        return await _choose_stay(here, lot, spaces[0], on, form)
    ticks, answers = texts_of(form, "slot"), carried_answers(form)
    if form.get("look"):
        return await _day(here, lot, code, on, Typed(form=form, answers=answers))
    extras = picked_extras(form)
    chosen = requests_from_ticks(lot.rules, facility=code, use_on=on, ticks=ticks, extras=extras, now=here.visit.now)
    if not chosen:
        errors = {"": here.words.say("form.no_slot")}
        return await _day(here, lot, code, on, Typed(ticks=ticks, form=form, errors=errors, answers=answers))
    parts = by_time(lot.rules, [*read_parts(texts_of(form, PART)), *chosen], now=here.visit.now)
    if answers and here.visit.registrant_id is not None:
        return await entry_page(here, lot, parts, form)
    return here.page.go(entry_path(lot, parts))


async def _choose_stay(here: Here, lot: Lot, room: PlacedSpace, on: date, form: Mapping[str, Any]) -> Response[Any]:
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    timetable = _nights(here, lot, room, on)
    mine = await mine_in(here, lot.lottery_id)
    typed = dict(form)
    if lot.scheme.entry.preferences_for_first_only and standing(mine):
        typed |= {f"wish.{wish.code}": "no" for wish in timetable.preferences}
    wish, errors = read_stay(room, timetable, typed, here.words, on=on)
    if wish is None:
        return await _day(here, lot, room.facility.code, on, Typed(form=form, errors=errors))
    return await check_page(here, lot, [wish], {}, back=here.page.path)


ROUTES: Final = [show_day, choose_day]
