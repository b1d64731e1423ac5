"""Paying at a provider: the way there, its numbers, the way back, giving up; and the provider's webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from yoyaku.billing.policy.offering import check_settled_here
from yoyaku.billing.repository.attempts import attempts_of, read_attempt
from yoyaku.billing.service.asking import ask, stop
from yoyaku.billing.service.webhooks import take_webhook
from yoyaku.billing.views import AttemptView
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.payments import PATH, settling_steps
from yoyaku.booking.pages.till import Till
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import get_booking
from yoyaku.booking.views import BookingView
from yoyaku.extension.payment import InNextFile, ProviderFailed, WebhookRefused
from yoyaku.kernel.errors import NotFound
from yoyaku.ui.page import Crumb

LARGEST_WEBHOOK: Final = 64 * 1024


@get("/me/payments/{attempt_id:uuid}/go")
async def leave(till: NamedDependency[Till], attempt_id: FromPath[UUID]) -> Response[Any]:
    """Begin the payment at its provider and show the way there, or the numbers by which it is paid."""
    async with till.open_here() as here:
        if here.visit.registrant_id is None:
            return here.page.go(f"/login?next={here.page.path}")
        attempt, booking = await own_attempt(here, attempt_id)
        _, rules = await open_booking(here, booking.booking_id)
        check_settled_here(rules.payment, here.visit.own_channel)
        if attempt.step is not None or not attempt.is_open:
            return await _show(here, attempt_id)
    await ask(till.means, attempt_id=attempt_id, at_once=True)
    async with till.open_here() as here:
        return await _show(here, attempt_id)


@get("/me/payments/{attempt_id:uuid}")
async def show_payment(here: NamedDependency[Here], attempt_id: FromPath[UUID]) -> Response[Any]:
    """How it stands with a payment, without asking anybody."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    return await _show(here, attempt_id, leaving=False)


@get("/me/payments/{attempt_id:uuid}/back")
async def come_back(till: NamedDependency[Till], attempt_id: FromPath[UUID]) -> Response[Any]:
    """Where a provider sends the browser: it is asked what became of the payment, whatever the address says."""
    async with till.open_here() as here:
        if here.visit.registrant_id is None:
            return here.page.go(f"/login?next={here.page.path}")
        await own_attempt(here, attempt_id)
    await ask(till.means, attempt_id=attempt_id, at_once=True, looks=True)
    async with till.open_here() as here:
        return await _show(here, attempt_id, leaving=False)


@post("/me/payments/{attempt_id:uuid}/stop", status_code=303)
async def give_up(till: NamedDependency[Till], attempt_id: FromPath[UUID]) -> Response[Any]:
    """Give up a payment that is not paid, so that another can begin."""
    async with till.open_here() as here:
        if here.visit.registrant_id is None:
            return here.page.go(f"/login?next={here.page.path}")
        attempt, booking = await own_attempt(here, attempt_id)
    flash = "payment_in_file" if _is_in_file(attempt) else None
    if attempt.is_open and attempt.kind == "payment" and flash is None:
        try:
            await stop(till.means, attempt_id=attempt_id)
        except ProviderFailed:
            flash = "payment_not_stopped"
    async with till.open_here() as here:
        path = f"/me/payments/{attempt_id}" if flash else f"/me/bookings/{booking.booking_id}"
        return here.page.go(path, flash=flash)


@post("/hooks/payments/{method:str}", status_code=HTTP_200_OK, request_max_body_size=LARGEST_WEBHOOK)
async def take_notice(
    till: NamedDependency[Till], method: FromPath[str], request: Request[Any, Any, Any]
) -> Response[str]:
    """What a provider says by itself. It is answered well only where it is believed and ours, or was told before."""
    body = await request.body()
    async with till.open_here() as here:
        rules = await here.rules()
        terms = next((one for one in rules.payment.methods if one.code == method), None)
    if terms is None:
        return Response("unknown", status_code=404, media_type="text/plain")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        outcome = await take_webhook(till.means, method=terms, headers=headers, body=body)
    except WebhookRefused as refused:
        reason = str(refused.facts.get("reason", refused.code))
        return Response(reason, status_code=404 if reason == "unknown" else 400, media_type="text/plain")
    return Response(outcome, media_type="text/plain")


def _is_in_file(attempt: AttemptView) -> bool:
    """Whether a bank is asked for it in a file: only the desk takes that back."""
    return attempt.is_open and (attempt.step or {}).get("kind") == InNextFile.__name__


async def own_attempt(here: Here, attempt_id: UUID) -> tuple[AttemptView, BookingView]:
    """An attempt of one's own booking.

    Raises:
        NotFound, BookingNotFound: there is none, or it is another's.
    """
    attempt = await read_attempt(here.conn, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound(what="payment")
    return attempt, await get_booking(here.conn, visit=here.visit, booking_id=attempt.charge_id)


async def _show(here: Here, attempt_id: UUID, *, leaving: bool = True) -> Response[Any]:
    """The way on: to the provider while it is open, else what became of it."""
    attempt, booking = await own_attempt(here, attempt_id)
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    step = attempt.step or {}
    goes = leaving and attempt.is_open and step.get("kind") == "GoTo"
    path, say = f"/me/bookings/{booking.booking_id}", here.words.say
    heading = say(_name(attempt, goes=goes))
    crumbs = [
        Crumb(label=say("nav.my_page"), path="/me"),
        Crumb(label=say("pay.list.title"), path=PATH),
        Crumb(label=booking.number, path=path),
        Crumb(label=heading),
    ]
    page = here.page.show(
        "booking/payment_step.html",
        heading=heading,
        attempt=attempt,
        booking=booking,
        row=booking_row(rules, booking, here),
        step=step,
        goes=goes,
        minutes=rules.payment.minutes,
        **_by_numbers(rules, attempt, booking, here),
        **await _settlement(here, attempt),
        booking_path=path,
        steps=settling_steps(here),
        crumbs=crumbs,
    )
    if goes and step.get("fields"):
        page.headers["content-security-policy"] = _policy_for(str(step["url"]))
    return page


def _name(attempt: AttemptView, *, goes: bool) -> str:
    """The wording key of what the page is: the way on, what to pay with, or what became of a payment or a refund."""
    if goes:
        return "pay.go.title"
    if _is_in_file(attempt):
        return "pay.in_file.title"
    if attempt.is_open and attempt.kind == "payment" and (attempt.step or {}).get("kind") == "PayBy":
        return "pay.numbers.title"
    return f"pay.{'refund.' if attempt.kind == 'refund' else ''}state.{attempt.state}"


async def _settlement(here: Here, attempt: AttemptView) -> dict[str, Any]:
    """What was begun together: the payment, and each refund with the number of the payment that it reverses (MG-025)."""
    attempts = {one.attempt_id: one for one in await attempts_of(here.conn, charge_id=attempt.charge_id)}
    together = [one for one in attempts.values() if one.settlement_id == attempt.settlement_id]
    reversed_ = [
        (one, attempts[one.of_attempt_id].collection_number)
        for one in together
        if one.kind == "refund" and one.of_attempt_id is not None
    ]
    return {"payment": next((one for one in together if one.kind == "payment"), None), "reversed": reversed_}


def _by_numbers(rules: ServiceRules, attempt: AttemptView, booking: BookingView, here: Here) -> dict[str, Any]:
    """Which of the provider's own methods was chosen, where it has several, and until when its numbers can be paid."""
    methods = [one for one in rules.payment.methods if one.code == attempt.method]
    names = [one.name for method in methods for one in method.choices if one.code == attempt.choice]
    return {"choice": next(iter(names), None), "numbers_until": _numbers_until(attempt, booking, here)}


def _numbers_until(attempt: AttemptView, booking: BookingView, here: Here) -> datetime | None:
    """Until when numbers can be paid, by the service's clock."""
    if attempt.expires_at is None:
        return None
    due = next((one.due_at for one in booking.dues if one.method == attempt.method), None)
    until = attempt.expires_at + (here.visit.now - here.visit.real_now)
    return until if due is None else min(until, due)


def _policy_for(address: str) -> str:
    """The usual policy, and a form that may be sent to the provider."""
    there = urlsplit(address)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action 'self' {there.scheme}://{there.netloc}; base-uri 'none'; frame-ancestors 'none'"
    )


ROUTES: Final = [leave, show_payment, come_back, give_up, take_notice]
