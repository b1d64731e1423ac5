"""A change on the day at the counter: longer hours, another fee class; what it costs is shown before (KS-105…108)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.change_seen import change_as_seen
from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.answers import asked_questions, form_errors, hidden_fields, question_views, read_answers
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import FormField
from yoyaku.booking.views import BookingView
from yoyaku.facility.policy import minute_of_day
from yoyaku.facility.policy.slots import offered_slots, time_of_day

HOME: Final = "/counter/bookings/{booking_id:uuid}/change"
CLASSED: Final = "people_by_class"
"""The kind of question whose answer says by which fee class a use is charged."""


@get(HOME)
async def show_change(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What may be changed, as it stands."""
    require_clerk(here)
    booking, rules = await open_booking(here, booking_id)
    return await _page(here, booking, rules, {})


async def _page(
    here: Here,
    booking: BookingView,
    rules: ServiceRules,
    form: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    after: BookingView | None = None,
) -> Response[Any]:
    """The form, or (``after``) what the change would make of the booking."""
    questions = _questions(rules, booking)
    answers = read_answers(questions, form) or _as_typed(questions, booking.form)
    ends = _ends(here, rules, booking)
    return here.page.show(
        "admin/booking_change.html",
        status=422 if errors else 200,
        booking=booking_row(rules, booking, here),
        after=None if after is None else booking_row(rules, after, here),
        more_yen=0 if after is None else after.total_yen - booking.total_yen,
        questions=question_views(questions, answers, here.words, people=None),
        ends=ends,
        hidden=hidden_fields(form),
        form={"to": form.get("to") or booking.request.ends, "why": form.get("why", "")},
        errors=errors or {},
        path=f"/counter/bookings/{booking.booking_id}/change",
        crumbs=counter_crumbs(here, booking.number, here.words.say("change.title")),
    )


def is_changed_here(here: Here, booking: BookingView, rules: ServiceRules) -> bool:
    """Whether there is anything to change on the day: a later end, or how many of which class come."""
    return len(_ends(here, rules, booking)) > 1 or bool(_questions(rules, booking))


def _questions(rules: ServiceRules, booking: BookingView) -> list[FormField]:
    person = {} if booking.person is None else booking.person.facts
    asked = asked_questions(rules, [booking.request], person=person)
    return [one for one in asked if one.kind == CLASSED]


def _as_typed(questions: Sequence[FormField], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a booking as somebody would have typed them."""
    known = {one.code: answers.get(one.code) for one in questions}
    return {
        code: {name: str(count) for name, count in answer.items()}
        for code, answer in known.items()
        if isinstance(answer, Mapping)
    }


def _ends(here: Here, rules: ServiceRules, booking: BookingView) -> list[tuple[str, str]]:
    """At what time the use may end: as it does, or later on the same day. Only hours are prolonged here."""
    request = booking.request
    if request.ends is None or booking.space_id not in rules.inventory.spaces:
        return []
    last = minute_of_day(request.ends)
    later = {slot.ends_minute for slot in offered_slots(rules, booking.space_id, booking.use_on, here.visit.now)}
    return [(text, text) for text in map(time_of_day, sorted({last} | {one for one in later if one > last}))]


def _changes(rules: ServiceRules, booking: BookingView, form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed that differs from the booking."""
    changes: dict[str, Any] = {}
    if form.get("to") and booking.request.ends and form["to"] != booking.request.ends:
        changes["to"] = form["to"]
    questions = _questions(rules, booking)
    before, typed = _as_typed(questions, booking.form), read_answers(questions, form)
    answers = {code: answer for code, answer in typed.items() if _counts(answer) != _counts(before.get(code, {}))}
    if answers:
        changes["form"] = answers
    return changes


def _counts(answer: Mapping[str, str]) -> dict[str, str]:
    return {code: count for code, count in answer.items() if count not in {"", "0"}}


@post(HOME, status_code=303)
async def change(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show what a change would cost; then, with the sum that was seen, change it."""
    require_clerk(here)
    form = await read_form(request)
    booking, rules = await open_booking(here, booking_id)
    if form.get("to") and form["to"] not in dict(_ends(here, rules, booking)):
        errors = {"to": here.words.say("form.choose_one", label=here.words.say("change.ends"))}
        return await _page(here, booking, rules, form, errors=errors)
    changes = _changes(rules, booking, form)
    if not changes:
        return await _page(here, booking, rules, form, errors={"": here.words.say("change.nothing")})

    async def show(errors: Mapping[str, str], after: BookingView | None) -> Response[Any]:
        return await _page(here, booking, rules, form, errors=errors, after=after)

    return await change_as_seen(
        here,
        form,
        rules=rules,
        booking_id=booking_id,
        changes=changes,
        show=show,
        errors_of=lambda refusal: (
            form_errors(refusal, _questions(rules, booking), here.words) or {"": here.words.sentence(refusal)}
        ),
        flash="booking_changed_here",
    )


ROUTES: Final = [show_change, change]
