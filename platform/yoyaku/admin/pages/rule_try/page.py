"""The page on which rules are tried out, for drafts and for versions; it only ever reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk
from yoyaku.admin.pages.dry_run.said import clause_words
from yoyaku.admin.pages.rule_try.asked import Asked, read_asked
from yoyaku.admin.pages.rules.shown import DRAFT, HOME, draft_path, rules_crumbs
from yoyaku.admin.service.rule_try import (
    SeenSlot,
    Tried,
    look,
    lotteries_at,
    night_groups,
    rules_of_draft,
    sandbox,
)
from yoyaku.booking.pages.answers import asked_questions
from yoyaku.booking.pages.day import slot_cell
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.picked import tick_value
from yoyaku.booking.pages.price import price_reasons
from yoyaku.booking.pages.schedules import planned_schedules
from yoyaku.booking.pages.views import request_hours
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy.eligibility import RESIDENCIES
from yoyaku.registration.policy.form import fields_asked, form_facts
from yoyaku.registration.policy.roles import Permission
from yoyaku.rules.trace import Trace
from yoyaku.ruleset.service import get_draft, latest_inventory_version

OF_VERSION: Final = HOME + "/versions/{version:int}/try"


@get(DRAFT + "/try")
async def try_draft(
    here: NamedDependency[Here], request: Request[Any, Any, Any], draft_id: FromPath[UUID]
) -> Response[Any]:
    """A draft, as last saved."""
    path = draft_path(draft_id)
    if here.session is None:
        return here.page.go(f"/login?next={path}/try")
    at_desk(here, Permission.RULES)
    draft = await get_draft(here.conn, draft_id=draft_id)
    rules = await rules_of_draft(here.conn, tenant_id=here.visit.tenant_id, draft=draft)
    return await _page(here, rules, request.query_params, title=draft.title, back=path)


@get(OF_VERSION)
async def try_version(
    here: NamedDependency[Here], request: Request[Any, Any, Any], version: FromPath[int]
) -> Response[Any]:
    """A published version, over the facilities of now."""
    path = f"{HOME}/versions/{version}"
    if here.session is None:
        return here.page.go(f"/login?next={path}/try")
    at_desk(here, Permission.RULES)
    inventory_version = await latest_inventory_version(here.conn, tenant_id=here.visit.tenant_id)
    rules = await here.rules_for.pinned(version=version, inventory_version=inventory_version)
    title = here.words.say("rule_try.version", number=version)
    return await _page(here, rules, request.query_params, title=title, back=path)


async def _page(
    here: Here, rules: ServiceRules | None, query: Mapping[str, str], *, title: str, back: str
) -> Response[Any]:
    asked = None if rules is None else read_asked(here, rules, query)
    frame: dict[str, Any] = {
        "title": title,
        "back": back,
        "path": f"{back}/try",
        "has_faults": rules is None,
        "asked": asked,
        "crumbs": rules_crumbs(here, (title, back), (here.words.say("rule_try.title"), None)),
    }
    if rules is None or asked is None:
        return here.page.show("admin/rule_try/page.html", **frame)
    visit = sandbox(here.visit, facts=asked.facts, channel=asked.channel, now=asked.now)
    tried = Tried(placed=asked.placed, day=asked.day, nights=asked.nights, guests=asked.guests)
    seen, drawn = await look(here.conn, visit=visit, rules=rules, tried=tried)
    chosen = next((one for one in seen if _value(asked, one) == asked.slot), None)
    return here.page.show(
        "admin/rule_try/page.html",
        status=422 if asked.errors else 200,
        **frame,
        **_choices(here, rules, asked),
        rows=[_row(here, rules, asked, one) for one in seen],
        drawn=drawn,
        chosen=None if chosen is None else _chosen(here, rules, visit, chosen),
        lotteries=lotteries_at(rules, asked.now),
        fields=_fields(here, rules, asked),
        questions=_questions(here, rules, asked, chosen or next(iter(seen), None)),
    )


def _value(asked: Asked, one: SeenSlot) -> str:
    return tick_value(asked.placed.space.code, one.state.slot)


def _row(here: Here, rules: ServiceRules, asked: Asked, one: SeenSlot) -> dict[str, Any]:
    """A slot as a resident sees it, with what it costs, or why not, and when it would be possible."""
    cell = slot_cell(asked.placed, one.state)
    possible = None if one.refusal is None else one.refusal.facts.get("allowed_from")
    civil = None if possible is None else possible.astimezone(rules.zone)  # type: ignore[attr-defined]
    later = {} if civil is None else {"on": civil.date().isoformat(), "at": f"{civil:%H:%M}"}
    return {
        **cell,
        "yen": None if one.plan is None else one.plan.quote.total_yen,
        "refusal": None if one.refusal is None else here.words.sentence(one.refusal),
        "clause": None if one.refusal is None else _refusing(here, one.refusal),
        "link": None if one.plan is None else {**asked.query(), "slot": _value(asked, one)},
        "later": {**asked.query(), **later} if later else None,
    }


def _refusing(here: Here, refusal: YoyakuError) -> str | None:
    trace: Trace = getattr(refusal, "trace", ())
    return clause_words(here.words, trace[-1].path, trace[-1].reference) if trace else None


def _chosen(here: Here, rules: ServiceRules, visit: Visit, one: SeenSlot) -> dict[str, Any] | None:
    """The slot that was chosen: its price with the reasons, how it begins, what cancelling returns day by day."""
    if one.plan is None:
        return None
    plan = replace(one.plan, request=one.request)
    return {
        "hours": request_hours(rules, one.request, here.words),
        "quote": plan.quote,
        "reasons": price_reasons(rules, plan.quote.trace, here.words),
        "state": plan.state,
        "lapses_at": plan.lapses_at,
        "dues": plan.payment,
        "schedules": planned_schedules(rules, plan, visit=visit),
    }


def _choices(here: Here, rules: ServiceRules, asked: Asked) -> dict[str, Any]:
    words = here.words
    nights = night_groups(rules, asked.placed, asked.day, asked.now)
    spaces = [one for one in asked.facility.spaces if one.online] or asked.facility.spaces
    return {
        "classes": [(one.code, words.text(one.name)) for one in rules.registration.classes],
        "residencies": [(one, words.say(f"rule_try.residency.{one}")) for one in sorted(RESIDENCIES)],
        "stages": [(one.code, words.text(one.name)) for one in rules.registration.stages],
        "channels": [(one.code, words.text(one.name)) for one in rules.booking.channels],
        "facilities": [
            (one.code, words.text(one.name))
            for one in rules.inventory.facilities.values()
            if one.bookable and one.spaces
        ],
        "spaces": [(one.code, words.text(one.name)) for one in spaces],
        "groups": [] if nights is None else [(one.code, words.text(one.name)) for one in nights.age_groups],
    }


def _fields(here: Here, rules: ServiceRules, asked: Asked) -> Sequence[tuple[str, bool]]:
    """The questions of the registration form that somebody of the class is asked, and whether they must be answered."""
    facts = form_facts(asked.user_class, way="web")
    return [(here.words.text(one.field.label), one.required) for one in fields_asked(rules.registration, facts)]


def _questions(here: Here, rules: ServiceRules, asked: Asked, one: SeenSlot | None) -> Sequence[tuple[str, bool]]:
    if one is None:
        return []
    found = asked_questions(rules, [one.request], person=asked.facts)
    return [(here.words.text(each.label), each.required) for each in found]


ROUTES: Final = [try_draft, try_version]
