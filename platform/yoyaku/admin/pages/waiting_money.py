"""Money that waits for a person: the queue, one item with what may be done, and attempts whose end nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form, ways
from yoyaku.admin.pages.money import attempt_words
from yoyaku.admin.pages.till import method_name, payee_name, provider_name
from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.waiting import Way
from yoyaku.billing.refusals import AlreadySettled, WayNotOpen
from yoyaku.billing.repository.attempts import read_attempt, stuck_attempts
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.repository.unmatched import UnmatchedView, open_items
from yoyaku.billing.service.asking import ask, stop
from yoyaku.billing.service.resolving import LONG_OVER, OFTEN, WaitingItem, look_at_item, resolve_item
from yoyaku.billing.ties import ChargeSubject, charge_keeper
from yoyaku.billing.views import AttemptView
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.till import Till
from yoyaku.booking.service.charged import money_act
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission

HOME: Final = "/counter/money"
ONE: Final = HOME + "/{item_id:uuid}"
ATTEMPT: Final = HOME + "/attempts/{attempt_id:uuid}"
WAYS: Final[tuple[Way, ...]] = ("apply", "refund", "cash", "transfer", "explain")
"""In which order a clerk is shown what may be done."""


async def act_of(here: Here) -> MoneyAct:
    """Who decides about money, as the books know them: staff, whether they see bookings or not.

    Raises:
        RoleMissing: it is nobody who may.
    """
    at_desk(here, Permission.MONEY)
    visit = replace(here.visit, actor="clerk")
    return money_act(visit, await here.rules(), rules_of=here.rules_for.pinned)


@get(HOME)
async def show_waiting(here: NamedDependency[Here]) -> Response[Any]:
    """What waits, the oldest first, and attempts whose end nobody knows."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    act = await act_of(here)
    items = [await _row(here, act, one) for one in await open_items(here.conn)]
    over = act.real_now - LONG_OVER
    stuck = [await _stuck(here, act, one) for one in await stuck_attempts(here.conn, asked=OFTEN, over=over)]
    return here.page.show(
        "admin/waiting_money.html",
        items=[one for one in items if one is not None],
        stuck=[one for one in stuck if one is not None],
        home=HOME,
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("waiting.title"), None)),
    )


async def _subject(here: Here, act: MoneyAct, charge_id: UUID | None) -> ChargeSubject | None:
    """What a charge is for.

    Raises:
        NotFound: it is another facility's, or nobody knows whose money it is and the clerk is bound to facilities.
    """
    subject = None
    if charge_id is not None:
        subject = await charge_keeper().read(here.conn, act=act, charge_id=charge_id)
    if here.visit.facilities and (subject is None or not here.visit.reaches(subject.facility_id)):
        raise NotFound(what="unmatched money")
    return subject


async def _row(here: Here, act: MoneyAct, item: UnmatchedView) -> dict[str, Any] | None:
    try:
        subject = await _subject(here, act, item.charge_id)
    except NotFound:
        return None
    days = (act.today - act.civil_date(item.seen_at)).days
    age = here.words.say("waiting.age", days=days) if days else here.words.say("waiting.today")
    return {"item": item, "subject": subject, "age": age}


async def _stuck(here: Here, act: MoneyAct, attempt: AttemptView) -> dict[str, Any] | None:
    try:
        subject = await _subject(here, act, attempt.charge_id)
    except NotFound:
        return None
    rules = await here.rules()
    return {
        "attempt": attempt,
        "subject": subject,
        "method": method_name(rules, attempt.method, here),
        "problem": _problem(here, attempt.last_error),
    }


def _problem(here: Here, error: str | None) -> str:
    """Why nobody knows, in words; as the provider said it where there are none."""
    return (here.words.maybe(f"waiting.error.{error}") or error) if error else ""


@get(ONE)
async def show_item(here: NamedDependency[Here], item_id: FromPath[UUID]) -> Response[Any]:
    """One item, and what may be done with it."""
    act = await act_of(here)
    return await _item_page(here, act, await look_at_item(here.conn, act=act, item_id=item_id), {})


async def _item_page(
    here: Here,
    act: MoneyAct,
    found: WaitingItem,
    errors: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> Response[Any]:
    item, rules, say = found.item, await here.rules(), here.words.say
    subject = await _subject(here, act, item.charge_id)
    attempts: Sequence[AttemptView] = found.account.attempts if found.account else ()
    return here.page.show(
        "admin/waiting_item.html",
        status=422 if errors else 200,
        item=item,
        provider=provider_name(here, rules, item.provider),
        subject=subject,
        payee=payee_name(here, rules, item.payee),
        charge=found.account.charge if found.account else None,
        attempts=[(one, attempt_words(here, rules, one)) for one in attempts],
        choices=[(way, say(f"waiting.way.{way}")) for way in WAYS if way in found.ways],
        path=f"{HOME}/{item.item_id}",
        home=HOME,
        form=form or {},
        errors=errors,
        crumbs=crumbs(here, (say("waiting.title"), HOME), (say(f"waiting.kind.{item.kind}"), None)),
    )


@post(ONE, status_code=303)
async def settle(
    here: NamedDependency[Here], item_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Settle it in the way that was chosen."""
    act, form = await act_of(here), await read_form(request)
    found = await look_at_item(here.conn, act=act, item_id=item_id)
    await _subject(here, act, found.item.charge_id)
    say, errors = here.words.say, {}
    way = next((one for one in WAYS if one == form.get("way")), None)
    if way is None:
        errors["way"] = say("form.choose_one", label=say("waiting.way"))
    if not form.get("why"):
        errors["why"] = say("form.missing", label=say("waiting.why"))
    if way is None or errors:
        return await _item_page(here, act, found, errors, form)
    try:
        async with here.conn.begin_nested():
            await resolve_item(here.conn, act=act, item_id=item_id, way=way, why=form["why"])
    except (AlreadySettled, WayNotOpen) as refusal:
        now = await look_at_item(here.conn, act=act, item_id=item_id)
        return await _item_page(here, act, now, {"": here.words.sentence(refusal)}, form)
    return here.page.go(HOME, flash="money_settled")


async def _open_attempt(here: Here, attempt_id: UUID) -> AttemptView:
    act = await act_of(here)
    attempt = await read_attempt(here.conn, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound(what="payment")
    await _subject(here, act, attempt.charge_id)
    return attempt


@post(ATTEMPT + "/ask", status_code=303)
async def ask_now(till: NamedDependency[Till], attempt_id: FromPath[UUID]) -> Response[Any]:
    """Ask the provider at once."""
    async with till.open_here() as here:
        attempt = await _open_attempt(here, attempt_id)
    if attempt.is_open:
        await ask(till.means, attempt_id=attempt_id, at_once=True)
    async with till.open_here() as here:
        return here.page.go(_way_back(here, attempt), flash="asked_now")


@post(ATTEMPT + "/stop", status_code=303)
async def stop_one(till: NamedDependency[Till], attempt_id: FromPath[UUID]) -> Response[Any]:
    """Give up a payment that is not decided, so that another can begin; that it was done is written down."""
    async with till.open_here() as here:
        attempt = await _open_attempt(here, attempt_id)
    stopped = attempt
    if attempt.is_open and attempt.kind == "payment":
        try:
            stopped = await stop(till.means, attempt_id=attempt_id) or attempt
        except YoyakuError:  # the provider cannot, or does not answer: it goes on, and the page says so
            stopped = attempt
    async with till.open_here() as here:
        flash = "payment_goes_on" if stopped.is_open else "payment_stopped"
        if not stopped.is_open:
            facts = {"amount_yen": attempt.amount_yen, "state": stopped.state}
            act, subject = await act_of(here), ("booking", str(attempt.charge_id))
            await audit(here.conn, act=act, what="payment_stopped", subject=subject, why=None, facts=facts)
        return here.page.go(_way_back(here, attempt), flash=flash)


def _way_back(here: Here, attempt: AttemptView) -> str:
    """To the booking for whoever sees bookings, else to the queue."""
    return f"/counter/bookings/{attempt.charge_id}/money" if here.visit.actor == "clerk" else HOME


ROUTES: Final = [show_waiting, show_item, settle, ask_now, stop_one]
