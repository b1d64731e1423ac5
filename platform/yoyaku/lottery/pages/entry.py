"""Making an entry: checked, confirmed, sent once; and the page that gives the receipt code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.answers import read_answers
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.submission import missing_terms
from yoyaku.booking.pages.views import request_detail, request_hours
from yoyaku.booking.policy import BookingRequest, TermsNotAccepted
from yoyaku.lottery.pages.checking import (
    check_page,
    confirm_page,
    entry_page,
    entry_path,
    questions_of,
    quote,
    wrong_page,
)
from yoyaku.lottery.pages.lots import Lot, lot_of, need_lot
from yoyaku.lottery.pages.mine import all_mine
from yoyaku.lottery.pages.overview import lot_card, lot_steps
from yoyaku.lottery.pages.parts import PART, read_parts, texts_of
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.service.entering import Entered, enter
from yoyaku.lottery.service.entries import MyLottery
from yoyaku.lottery.views import EntryView
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb


def _to_log_in(here: Here, path: str) -> Response[Any]:
    """Where somebody who is not known, or a clerk who serves nobody, goes first."""
    return here.page.go("/counter/behalf" if here.visit.staff_id else f"/login?{urlencode({'next': path})}")


@get("/lottery/{scheme:str}/{month:str}/entry")
async def show_entry(
    here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """An entry on its way: its uses stand in the address."""
    lot = await need_lot(here, scheme, month)
    parts = read_parts(request.query_params.getall(PART, []))
    if not parts or lot.by_cart:
        return here.page.go(lot.path)
    if here.visit.registrant_id is None:
        return _to_log_in(here, entry_path(lot, parts))
    return await entry_page(here, lot, parts, {})


@post("/lottery/{scheme:str}/{month:str}/entry", status_code=200)
async def edit_entry(
    here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The entry again with everything as it was typed; without one of its uses, where that is to go."""
    lot, form = await need_lot(here, scheme, month), await request.form()
    parts = read_parts(texts_of(form, PART))
    left = [part for place, part in enumerate(parts) if str(place) != form.get("without")]
    if not left or lot.by_cart:
        return here.page.go(lot.path)
    if here.visit.registrant_id is None:
        return _to_log_in(here, entry_path(lot, left))
    return await entry_page(here, lot, left, form)


@post("/lottery/{scheme:str}/{month:str}/check", status_code=200)
async def check_entry(
    here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Whether one really wants to; or what is wrong, with everything as it was typed."""
    lot, form = await need_lot(here, scheme, month), await request.form()
    parts = read_parts(texts_of(form, PART))
    if not parts or lot.by_cart:
        return here.page.go(lot.path)
    if here.visit.registrant_id is None:
        return _to_log_in(here, entry_path(lot, parts))
    return await check_page(here, lot, parts, form)


@post("/lottery/{scheme:str}/{month:str}/enter", status_code=303)
async def do_enter(
    here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Enter; sent twice, it is entered once."""
    lot, form = await need_lot(here, scheme, month), await request.form()
    parts = read_parts(texts_of(form, PART))
    if not parts or lot.by_cart:
        return here.page.go(lot.path)
    if here.visit.registrant_id is None:
        return _to_log_in(here, entry_path(lot, parts))
    key = str(form.get("key", ""))[:64]
    accepted = [term.code for term in lot.rules.booking.terms if form.get(f"terms.{term.code}")]
    try:
        # A refusal may come after something was written: it goes back, and the page can still be built.
        async with here.conn.begin_nested():
            made = await _enter(here, lot, parts, form, accepted=accepted, key=key)
    except TermsNotAccepted:
        plan = (await quote(here, lot, parts, form, check_form=True)).plan
        if plan is None:
            return await check_page(here, lot, parts, form)
        errors = missing_terms(here, lot.rules, accepted)
        return await confirm_page(here, lot, parts, form, plan=plan, errors=errors, key=key)
    except Refusal as refusal:
        return await wrong_page(here, lot, parts, form, refusal)
    return here.page.go(f"/lottery/entered?lottery={made.lottery_id}&entry={made.entry_id}")


async def _enter(  # what an entry consists of
    here: Here,
    lot: Lot,
    parts: list[BookingRequest],
    form: Mapping[str, Any],
    *,
    accepted: list[str],
    key: str,
) -> Entered:
    return await enter(
        here.conn,
        visit=here.visit,
        rules=lot.rules,
        request=EntryRequest(parts=tuple(parts)),
        form=read_answers(questions_of(here, lot, parts), form),
        accepted_terms=accepted,
        idempotency_key=key or None,
    )


@get("/lottery/entered")
async def show_entered(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The receipt code with what it is for, all wishes in their order, and what to do next."""
    if here.visit.registrant_id is None:
        return _to_log_in(here, "/lottery")
    asked, new = (_ids(request.query_params.getall(name, [])) for name in ("lottery", "entry"))
    mine = await all_mine(here)
    found = [one for one in mine if one.lottery.lottery_id in asked]
    if not found:
        return here.page.go("/lottery")
    booked = _ids(request.query_params.getall("application", []))
    return here.page.show(
        "lottery/entered.html",
        lots=[await _entered(here, one, new) for one in found],
        bookings=[f"/done/{application_id}" for application_id in booked],
        by_clerk=here.visit.actor == "clerk",
        crumbs=[
            Crumb(label=here.words.say("lottery_enter.title"), path="/lottery"),
            Crumb(label=here.words.say("lottery_enter.done_title")),
        ],
    )


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


async def _entered(here: Here, mine: MyLottery, new: list[UUID]) -> dict[str, Any]:
    lot = await lot_of(here, mine.lottery)
    card = lot_card(here, lot, mine)
    return {
        **card,
        "receipt": mine.receipt,
        "by_night": lot.by_night,
        "by_cart": lot.by_cart,
        "next_path": lot.path if card["left"] and lot.phase == "open" else None,
        "steps": lot_steps(lot),
        "entries": [
            entry_row(here, lot, entry, is_new=entry.entry_id in new)
            for entry in mine.entries
            if entry.rank is not None
        ],
    }


def entry_row(here: Here, lot: Lot, entry: EntryView, *, is_new: bool = False) -> dict[str, Any]:
    """An entry in words: its place among the wishes, and each of its uses."""
    uses = []
    for request, use in zip(entry.requests, entry.uses, strict=True):
        known = request.space_id in lot.rules.inventory.spaces
        uses.append(
            {
                "day": use.use_on,
                "hours": request_hours(lot.rules, request, here.words),
                "place": f"{here.words.text(use.facility_name)} {here.words.text(use.space_name)}",
                "detail": request_detail(lot.rules, request, here.words) if known else "",
            }
        )
    return {"id": entry.entry_id, "rank": entry.rank, "uses": uses, "yen": entry.total_yen, "is_new": is_new}


ROUTES: Final = [show_entry, edit_entry, check_entry, do_enter, show_entered]
