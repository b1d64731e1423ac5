"""Equipment added to a booking or taken from it: how many pieces, the price it would have, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.billing.refusals import PaymentUnderWay
from yoyaku.billing.repository.attempts import has_open_payment
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.lending import LENT, lent_field, lent_times, lent_typed, lent_words, read_lent
from yoyaku.booking.pages.places import equipment_yen
from yoyaku.booking.policy import ChangePlan, EquipmentShort, LentTimeWrong, NotChangeable
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.changing import change_booking, may_change, offer_change
from yoyaku.booking.views import BookingView
from yoyaku.facility.policy import TimesOfDay
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb

FIELD: Final = "equipment."


class Wanted(TypedDict):
    """What a booking's equipment is to be, by code: pieces, and the time where it is not all that is booked."""

    equipment: dict[str, int]
    lent: dict[str, TimesOfDay | None]


@get("/me/bookings/{booking_id:uuid}/equipment")
async def show_equipment(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What is lent with the room and how much of it is booked; first, that some of it is paid already (MG-038)."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking, rules = await open_booking(here, booking_id)
    path = f"/me/bookings/{booking_id}"
    if not _may(here, rules, booking):
        return here.page.go(path)
    if _has_paid_pieces(rules, booking, here) and "seen" not in request.query_params:
        say = here.words.say
        return here.page.show(
            "booking/message.html",
            title=say("equipment.change.title"),
            sentences=[say("equipment.change.paid")],
            rows=[],
            yes=f"{path}/equipment?seen=1",
            no=path,
            crumbs=_crumbs(here, booking),
        )
    return _form(here, rules, booking, typed=_booked(booking), errors={})


@post("/me/bookings/{booking_id:uuid}/equipment", status_code=200)
async def check_equipment(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What it would cost; or the form again with what is wrong."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking, rules = await open_booking(here, booking_id)
    typed = _typed(await request.form())
    wanted, errors = _read(here, rules, booking, typed)
    if errors:
        return _form(here, rules, booking, typed=typed, errors=errors)
    try:
        await _check_no_payment(here, booking)
        plan = offer_change(rules, visit=here.visit, booking=booking, changes=wanted)
    except (PaymentUnderWay, Refusal) as refusal:
        return _form(here, rules, booking, typed=typed, errors=_error_at(here, refusal))
    return _confirmation(here, rules, booking, plan, wanted)


@post("/me/bookings/{booking_id:uuid}/equipment/book", status_code=303)
async def book_equipment(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Book what was shown, if it still costs that."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    form = await request.form()
    booking, rules = await open_booking(here, booking_id)
    typed = _typed(form)
    wanted, errors = _read(here, rules, booking, typed)
    if errors:
        return _form(here, rules, booking, typed=typed, errors=errors)
    try:
        await _check_no_payment(here, booking)
        plan = offer_change(rules, visit=here.visit, booking=booking, changes=wanted)
        if plan.plan.quote.total_yen != read_number(str(form.get("total_yen", ""))):
            return _confirmation(here, rules, booking, plan, wanted)
        async with here.conn.begin_nested():
            await change_booking(here.conn, visit=here.visit, rules=rules, booking_id=booking_id, changes=wanted)
    except (PaymentUnderWay, Refusal) as refusal:
        return _form(here, rules, booking, typed=typed, errors=_error_at(here, refusal))
    return here.page.go(f"/me/bookings/{booking_id}/equipment/done")


@get("/me/bookings/{booking_id:uuid}/equipment/done")
async def show_equipment_done(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """That it is booked, and whether something is to be paid or goes back (MG-041, MG-042)."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking, rules = await open_booking(here, booking_id)
    owes, returns = booking.paid_yen < booking.total_yen, booking.paid_yen > booking.total_yen
    return here.page.show(
        "booking/equipment_done.html",
        booking=booking_row(rules, booking, here),
        outcome="to_pay" if owes else "goes_back" if returns else "same",
        crumbs=_crumbs(here, booking),
    )


def _may(here: Here, rules: ServiceRules, booking: BookingView) -> bool:
    lent = booking.space_id in rules.inventory.spaces and rules.inventory.equipment(booking.space_id)
    return bool(lent) and may_change(rules, visit=here.visit, booking=booking, kind="equipment")


def equipment_path(here: Here, rules: ServiceRules, booking: BookingView) -> str | None:
    """Where the equipment of a booking is changed, if it may be."""
    return f"/me/bookings/{booking.booking_id}/equipment" if _may(here, rules, booking) else None


def _booked(booking: BookingView) -> dict[str, str]:
    """The fields as if somebody had typed what is booked."""
    typed: dict[str, str] = {}
    for code, pieces in booking.request.equipment.items():
        if pieces:
            typed |= {FIELD + code: str(pieces), **lent_typed(code, booking.request.lent.get(code))}
    return typed


def _typed(form: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in form.items() if name.startswith((FIELD, LENT))}


def _has_paid_pieces(rules: ServiceRules, booking: BookingView, here: Here) -> bool:
    priced = any(
        equipment_yen(rules, code, on=booking.use_on) for code, pieces in booking.request.equipment.items() if pieces
    )
    return bool(booking.paid_yen) and priced and here.visit.staff_id is None


async def _check_no_payment(here: Here, booking: BookingView) -> None:
    """Let pass what nobody is paying for this moment: another price would not fit what comes in."""
    if await has_open_payment(here.conn, charge_id=booking.booking_id):
        raise PaymentUnderWay(number=booking.number)


def _read(
    here: Here, rules: ServiceRules, booking: BookingView, typed: Mapping[str, str]
) -> tuple[Wanted, dict[str, str]]:
    """Pieces and times by code, and what is wrong at which field; a field that is left empty means none."""
    wanted: Wanted = {"equipment": {}, "lent": {}}
    errors: dict[str, str] = {}
    times = lent_times(rules, booking.request, now=booking.made_at)
    for code, item in rules.inventory.equipment(booking.space_id).items():
        value = typed.get(FIELD + code, "").strip()
        number = read_number(value) if value else 0
        if number is None:
            errors[FIELD + code] = here.words.say("equipment.change.no_number", name=here.words.text(item.name))
        else:
            wanted["equipment"][code] = number
            wanted["lent"][code] = read_lent(times, code, typed) if number else None
    return wanted, errors


def _error_at(here: Here, refusal: YoyakuError) -> dict[str, str]:
    """At the piece that is short; that nothing was changed, and all else, above the form."""
    if isinstance(refusal, NotChangeable) and not refusal.facts.get("kinds"):
        return {"": here.words.say("equipment.change.nothing")}
    where = f"{FIELD}{refusal.facts.get('equipment')}" if isinstance(refusal, EquipmentShort | LentTimeWrong) else ""
    return {where: here.words.sentence(refusal)}


def _form(
    here: Here, rules: ServiceRules, booking: BookingView, *, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[Any]:
    text, times = here.words.text, lent_times(rules, booking.request, now=booking.made_at)
    pieces = [
        {
            "name": FIELD + code,
            "label": text(item.name),
            "value": typed.get(FIELD + code, ""),
            "lent": lent_field(times, code, typed),
            "yen": equipment_yen(rules, code, on=booking.use_on),
            "stock": item.stock,
            "unit": text(item.unit_name),
            "note": item.note,
        }
        for code, item in rules.inventory.equipment(booking.space_id).items()
    ]
    return here.page.show(
        "booking/equipment.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=booking_row(rules, booking, here),
        path=f"/me/bookings/{booking.booking_id}/equipment",
        pieces=pieces,
        errors=errors,
        crumbs=_crumbs(here, booking),
    )


def _confirmation(
    here: Here, rules: ServiceRules, booking: BookingView, plan: ChangePlan, wanted: Wanted
) -> Response[Any]:
    lent = rules.inventory.equipment(booking.space_id)
    return here.page.show(
        "booking/equipment_confirm.html",
        booking=booking_row(rules, booking, here),
        pieces=[
            (lent[code].name, lent[code].unit_name, count, lent_words(wanted["lent"][code]))
            for code, count in wanted["equipment"].items()
            if count
        ],
        lines=plan.plan.quote.lines,
        total_yen=plan.plan.quote.total_yen,
        more_yen=plan.more_yen,
        hidden=[
            *((FIELD + code, str(count)) for code, count in wanted["equipment"].items()),
            *(field for code, times in wanted["lent"].items() for field in lent_typed(code, times).items()),
        ],
        path=f"/me/bookings/{booking.booking_id}/equipment",
        crumbs=_crumbs(here, booking),
    )


def _crumbs(here: Here, booking: BookingView) -> list[Crumb]:
    say = here.words.say
    return [
        Crumb(label=say("nav.my_page"), path="/me"),
        Crumb(label=say("home.bookings"), path="/me/bookings"),
        Crumb(label=booking.number, path=f"/me/bookings/{booking.booking_id}"),
        Crumb(label=say("equipment.change.title")),
    ]


ROUTES: Final = [show_equipment, check_equipment, book_equipment, show_equipment_done]
