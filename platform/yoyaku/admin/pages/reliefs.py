"""Reductions at the counter: what waits to be decided, the decision, and asking for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.relief import offers_of, relief_page, relief_rows, take_relief
from yoyaku.booking.policy import ReliefNotOffered
from yoyaku.booking.service import WhyMissing
from yoyaku.booking.service.refusals import ReliefDecidedBefore
from yoyaku.booking.service.relief import decide_relief, get_relief, reliefs_waiting
from yoyaku.ui.page import Crumb

DECISIONS: Final = ("approve", "refuse")


@get("/counter/reliefs")
async def show_queue(here: NamedDependency[Here]) -> Response[Any]:
    """What waits to be decided, the oldest first."""
    if here.visit.account_id is None:
        return here.page.go("/login?next=/counter/reliefs")
    require_clerk(here)
    rules = await here.rules()
    waiting = await reliefs_waiting(here.conn, visit=here.visit)
    return here.page.show(
        "admin/reliefs.html",
        rows=relief_rows(rules, waiting, "/counter"),
        crumbs=counter_crumbs(here, here.words.say("relief.queue")),
    )


@get("/counter/reliefs/{relief_id:uuid}")
async def show_relief(here: NamedDependency[Here], relief_id: FromPath[UUID]) -> Response[Any]:
    """One application with its booking, to be decided."""
    require_clerk(here)
    return await _page(here, relief_id, {}, {})


async def _page(here: Here, relief_id: UUID, errors: Mapping[str, str], typed: Mapping[str, str]) -> Response[Any]:
    asked, _ = await get_relief(here.conn, visit=here.visit, relief_id=relief_id)
    booking, rules = await open_booking(here, asked.booking_id)
    offers = [one for one in offers_of(here, rules, booking) if one.terms.code == asked.code]
    crumbs = counter_crumbs(here, here.words.say("relief.queue"), booking.number)
    crumbs[1] = Crumb(label=crumbs[1].label, path="/counter/reliefs")
    return here.page.show(
        "admin/relief.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=booking_row(rules, booking, here),
        asked=asked,
        terms=next((one for one in rules.fees.relief if one.code == asked.code), None),
        offer=offers[0] if offers else None,
        form={"decision": "", "why": "", **typed},
        errors=errors,
        crumbs=crumbs,
    )


@post("/counter/reliefs/{relief_id:uuid}", status_code=303)
async def decide(
    here: NamedDependency[Here], relief_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Grant or refuse; the fee follows at once."""
    require_clerk(here)
    typed = await read_form(request)
    if typed.get("decision") not in DECISIONS:
        return await _page(here, relief_id, {"decision": here.words.say("relief.decide_first")}, typed)
    try:
        booking = await decide_relief(
            here.conn,
            visit=here.visit,
            rules_of=here.rules_for.pinned,
            relief_id=relief_id,
            approve=typed["decision"] == "approve",
            why=typed.get("why", ""),
        )
    except WhyMissing as missing:
        return await _page(here, relief_id, {"why": here.words.sentence(missing)}, typed)
    except ReliefNotOffered as refusal:
        return await _page(here, relief_id, {"decision": here.words.sentence(refusal)}, typed)
    except ReliefDecidedBefore:
        return here.page.go("/counter/reliefs", flash="relief_decided_before")
    return here.page.go(f"/counter/bookings/{booking.booking_id}", flash=f"relief_{typed['decision']}d")


@get("/counter/bookings/{booking_id:uuid}/relief")
async def show_ask(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """Ask for somebody who came to the counter."""
    require_clerk(here)
    return await relief_page(here, booking_id)


@post("/counter/bookings/{booking_id:uuid}/relief", status_code=303)
async def ask(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take down what somebody asks for."""
    require_clerk(here)
    return await take_relief(here, booking_id, request)


ROUTES: Final = [show_queue, show_relief, decide, show_ask, ask]
