"""Late charges: what comes, what was done and can be taken back, letters, and who is suspended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, may, need_id, read_form, ways
from yoyaku.admin.service.audit import note_act
from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.arrears import late_counter
from yoyaku.billing.repository.arrears import StepLine, letters_of_arrears, lines_of_batch, step_batches
from yoyaku.billing.service.arrears_desk import apply_again, coming_batches, print_letters, revert_batch
from yoyaku.billing.service.suspending import StillOverdue, reinstate
from yoyaku.billing.ties import charge_keeper
from yoyaku.booking.pages.here import Here, need_date
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.repository.suspensions import current_suspensions
from yoyaku.rules.values import Text

HOME: Final = "/counter/arrears"
BATCH: Final = HOME + "/steps/{step:str}/{day:str}"


async def _opened(here: Here) -> tuple[ServiceRules, MoneyAct]:
    at_desk(here, Permission.ARREARS)
    rules = await here.rules()
    visit = replace(here.visit, actor="clerk")  # staff of whatever role: what they may was looked at before
    return rules, money_act(visit, rules, rules_of=here.rules_for.pinned)


@get(HOME)
async def show_arrears(here: NamedDependency[Here]) -> Response[Any]:
    """What comes by itself, what was done, who is suspended, how many letters wait."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    return await _home(here)


async def _home(here: Here, error: str | None = None) -> Response[Any]:
    rules, act = await _opened(here)
    names = step_names(here, rules)
    by_name = may(here, Permission.PEOPLE)
    suspended = await current_suspensions(here.conn)
    if by_name:
        for one in suspended:
            await _note(here, "person_found", one.registrant_id)
    return here.page.show(
        "admin/arrears.html",
        status=200 if error is None else 409,
        errors={} if error is None else {"": error},
        coming=await coming_batches(here.conn, act=act),
        batches=[(one, names.get(one.step, one.step)) for one in await step_batches(here.conn)],
        suspended=suspended,
        by_name=by_name,
        letters=len(await letters_of_arrears(here.conn)),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("arrears.title"), None)),
    )


def step_names(here: Here, rules: ServiceRules) -> dict[str, str]:
    """What the city calls its steps, by code."""
    return {step.code: here.words.text(step.name) for one in rules.payment.arrears for step in one.steps}


async def _note(here: Here, act: str, registrant_id: UUID) -> None:
    visit = replace(here.visit, purpose=here.visit.purpose or "review")
    await note_act(here.conn, visit=visit, act=act, subject=("registrant", str(registrant_id)))


@get(BATCH)
async def show_batch(here: NamedDependency[Here], step: FromPath[str], day: FromPath[str]) -> Response[Any]:
    """The charges that came to a step on a day."""
    return await _batch(here, step, day)


async def _batch(
    here: Here,
    step: str,
    day: str,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[Any]:
    rules, _ = await _opened(here)
    lines = await lines_of_batch(here.conn, step=step, day=need_date(day))
    if not lines:
        raise NotFound(what="step")
    by_name = may(here, Permission.PEOPLE)
    if by_name:
        for one in lines:
            await _note(here, "person_found", one.registrant_id)
    name = step_names(here, rules).get(step, step)
    return here.page.show(
        "admin/arrears_batch.html",
        status=422 if errors else 200,
        name=name,
        day=need_date(day),
        lines=lines,
        by_name=by_name,
        standing=any(one.revoked_at is None for one in lines),
        again=any(one.revoked_at is not None and one.state == "open" for one in lines),
        path=f"{HOME}/steps/{step}/{day}",
        form=form or {},
        errors=errors or {},
        crumbs=crumbs(here, (here.words.say("arrears.title"), HOME), (name, None)),
    )


@post(BATCH, status_code=303)
async def take_back(
    here: NamedDependency[Here], step: FromPath[str], day: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take the step back, with the reason; everybody concerned is told."""
    _, act = await _opened(here)
    form = await read_form(request)
    words = here.words
    errors = {
        name: words.say("form.missing", label=words.say(key))
        for name, key in (("why", "arrears.revert_why"), ("sure", "arrears.revert_sure"))
        if not form.get(name)
    }
    if errors:
        return await _batch(here, step, day, form, errors)
    done = await revert_batch(here.conn, act=act, step=step, day=need_date(day), why=form["why"])
    if done.went_on and not done.revoked:
        return await _batch(here, step, day, form, {"": words.say("arrears.went_on", count=done.went_on)})
    return here.page.go(HOME, flash="arrears_revoked")


@post(BATCH + "/again", status_code=303)
async def let_come_again(here: NamedDependency[Here], step: FromPath[str], day: FromPath[str]) -> Response[Any]:
    """Let a step that was taken back come again."""
    _, act = await _opened(here)
    await apply_again(here.conn, act=act, step=step, day=need_date(day))
    return here.page.go(HOME, flash="arrears_again")


@post(HOME + "/suspensions/{suspension_id:uuid}", status_code=303)
async def let_in_again(here: NamedDependency[Here], suspension_id: FromPath[UUID]) -> Response[Any]:
    """Let somebody in again who has paid everything."""
    _, act = await _opened(here)
    try:
        await reinstate(here.conn, act=act, suspension_id=suspension_id)
    except StillOverdue as refusal:
        return await _home(here, here.words.sentence(refusal))
    return here.page.go(HOME, flash="arrears_reinstated")


@get(HOME + "/letters")
async def show_letters(here: NamedDependency[Here]) -> Response[Any]:
    """The letters that are to be printed."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}/letters")
    rules, _ = await _opened(here)
    at_desk(here, Permission.LETTERS)
    lines = await letters_of_arrears(here.conn)
    for one in lines:
        await _note(here, "person_found", one.registrant_id)
    return here.page.show(
        "admin/arrears_letters.html",
        rows=[(one, step_names(here, rules).get(one.step, one.step)) for one in lines],
        crumbs=crumbs(here, (here.words.say("arrears.title"), HOME), (here.words.say("arrears.letters"), None)),
    )


@post(HOME + "/letters", status_code=200)
async def print_chosen(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The letters that were ticked, one a sheet; they count as sent."""
    rules, act = await _opened(here)
    at_desk(here, Permission.LETTERS)
    sent = await request.form()
    ticked = [str(value).partition(" ") for name, value in sent.multi_items() if name == "letter"]
    chosen = [(need_id(charge_id, "charge"), step) for charge_id, _, step in ticked]
    lines = await print_letters(here.conn, act=act, chosen=chosen) if chosen else []
    for one in lines:
        await _note(here, "letter_printed", one.registrant_id)
    names = step_names(here, rules)
    return here.page.show(
        "admin/arrears_print.html",
        letters=[
            (one, names.get(one.step, one.step), _body(here, one), await _pay_at(act, here, one)) for one in lines
        ],
        today=here.today,
        crumbs=crumbs(
            here, (here.words.say("arrears.letters"), HOME + "/letters"), (here.words.say("button.print"), None)
        ),
    )


async def _pay_at(act: MoneyAct, here: Here, one: StepLine) -> Text:
    """Who takes it, by the rules of the booking (KS-093); the facility where they name nobody."""
    subject = await charge_keeper().read(here.conn, act=act, charge_id=one.charge_id)
    found = late_counter(subject.terms, subject.occasion().facts)
    return here.words.say("arrears.pay_at_any") if found is None else found.name


def _body(here: Here, one: StepLine) -> str:
    """The city's words of a step where it has any, else those of any demand."""
    return here.words.maybe(f"arrears.letter.{one.step}") or here.words.say("arrears.letter.any")


ROUTES: Final = [show_arrears, show_batch, take_back, let_come_again, let_in_again, show_letters, print_chosen]
