"""Closing something: the form, what it would do, and doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.closures.standing import HOME, closer, own_facilities
from yoyaku.admin.pages.closures.typed import (
    ALL_DAY,
    KINDS,
    NAMES,
    Typed,
    grounds_choices,
    read_typed,
    time_choices,
)
from yoyaku.admin.pages.desk import crumbs, may, need_id
from yoyaku.admin.service.closure_refusals import ClosureHitsChanged, ClosureWhileDrawn
from yoyaku.admin.service.closure_units import choose_units
from yoyaku.admin.service.closures import ClosurePreview, Hit, apply_closure, preview_closure
from yoyaku.booking.pages.booked import booking_row
from yoyaku.booking.pages.closed import place_choices, place_words, when_words
from yoyaku.booking.pages.here import Here
from yoyaku.booking.policy.closing import Closing, touched_spaces
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import UnknownSpace
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import NotAllowed, NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.formats import yen

FIELD_OF: Final = {"closure_past": "first_on", "closure_too_long": "last_on", "closure_grounds_missing": "grounds"}


@get(HOME + "/new")
async def show_form(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form for one facility; without one, the list asks for it."""
    closer(here)
    code = request.query_params.get("facility", "")
    if not code:
        return here.page.go(HOME)
    first = here.today.isoformat()
    return await _form(here, Typed(form={"facility": code, "kind": "closure", "first_on": first, "time": ALL_DAY}))


@post(HOME + "/form", status_code=200)
async def show_form_again(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form with what was typed before."""
    closer(here)
    typed = read_typed(here, await request.form())
    return await _form(here, Typed(form=typed.form, places=typed.places))


@post(HOME + "/preview", status_code=200)
async def show_preview(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whom it would displace; nothing is changed."""
    closer(here)
    typed = read_typed(here, await request.form())
    if typed.closing is None:
        return await _form(here, typed)
    rules = await here.rules(typed.closing.first_on)
    try:
        closing = await choose_units(
            here.conn, visit=closer(here), rules=rules, closing=typed.closing, counts=typed.counts
        )
    except UnknownSpace:
        raise NotFound(what="space") from None
    return await _preview(here, replace(typed, places=closing.places), closing)


@post(HOME, status_code=303)
async def close(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Close, having seen whom it displaces."""
    visit, sent = closer(here), await request.form()
    typed = read_typed(here, sent)
    if typed.closing is None:
        return await _form(here, typed)
    if not sent.get("sure"):
        missing = here.words.say("form.missing", label=here.words.say("closures.apply_sure"))
        return await _preview(here, typed, typed.closing, {"sure": missing})
    try:
        await apply_closure(
            here.conn,
            visit=visit,
            rules=await here.rules(typed.closing.first_on),
            rules_of=here.rules_for.pinned,
            closing=typed.closing,
            grounds=typed.form["grounds"],
            why=typed.form["reason_ja"],
            seen=_seen(str(sent.get("seen", ""))),
        )
    except (NotFound, NotAllowed):
        raise
    except (ClosureHitsChanged, ClosureWhileDrawn) as refusal:
        return await _preview(here, typed, typed.closing, {"": here.words.sentence(refusal)})
    except YoyakuError as refusal:
        return await _refused(here, typed, refusal)
    return here.page.go(HOME, flash="closure_applied")


def _seen(text: str) -> frozenset[UUID]:
    return frozenset(need_id(one, "booking") for one in text.split())


async def _refused(here: Here, typed: Typed, refusal: YoyakuError) -> Response[Any]:
    errors = {FIELD_OF.get(refusal.code, "grounds"): here.words.sentence(refusal)}
    return await _form(here, Typed(form=typed.form, places=typed.places, errors=errors))


async def _form(here: Here, typed: Typed) -> Response[Any]:
    rules, words = await here.rules(), here.words
    if typed.form["facility"] not in dict(own_facilities(here, rules)):
        raise NotFound(what="facility")
    facility = rules.inventory.facility(typed.form["facility"])
    return here.page.show(
        "admin/closures/form.html",
        status=422 if typed.errors else 200,
        facility=facility,
        form={**dict.fromkeys(NAMES, ""), **typed.form},
        **_chosen(facility, typed),
        errors=typed.errors,
        kinds=[(kind, words.say(f"closures.kind.{kind}")) for kind in KINDS],
        places=place_choices(facility, words),
        times=time_choices(rules, facility, words),
        grounds=grounds_choices(rules, words),
        today=here.today.isoformat(),
        crumbs=crumbs(here, (words.say("closures.title"), HOME), (words.say("closures.begin"), None)),
    )


def _chosen(facility: Facility, typed: Typed) -> dict[str, Any]:
    """What was ticked, of what only some can be closed, and how many of it."""
    counted = {one.code: one.capacity for one in facility.spaces if one.capacity > 1 and not one.choose_unit}
    some = Counter(place.partition("#")[0] for place in typed.places if "#" in place)
    counts = {code: count for code, count in some.items() if code in counted}
    return {"chosen": {*typed.places, *counts}, "counted": counted, "counts": {**counts, **typed.counts}}


async def _preview(
    here: Here, typed: Typed, closing: Closing, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    rules, words = await here.rules(closing.first_on), here.words
    try:
        found = await preview_closure(
            here.conn,
            visit=closer(here),
            rules=rules,
            rules_of=here.rules_for.pinned,
            closing=closing,
            grounds=typed.form["grounds"],
        )
    except (NotFound, NotAllowed):
        raise
    except YoyakuError as refusal:
        return await _refused(here, typed, refusal)
    return here.page.show(
        "admin/closures/preview.html",
        status=422 if errors else 200,
        errors=errors or {},
        form=typed.form,
        places=typed.places,
        when=when_words(closing, words),
        where=place_words(rules, closing, words),
        kind=words.say(f"closures.kind_short.{closing.kind}"),
        grounds=dict(grounds_choices(rules, words)).get(typed.form["grounds"]),
        touched=[words.text(placed.space.name) for placed in touched_spaces(rules, closing)],
        **await _concerned(here, rules, found),
        crumbs=crumbs(here, (words.say("closures.title"), HOME), (words.say("closures.preview_title"), None)),
    )


async def _concerned(here: Here, rules: ServiceRules, found: ClosurePreview) -> dict[str, Any]:
    """Whom it displaces, in words."""
    refunds = [hit.plan.refund_yen for hit in found.hits if hit.plan is not None]
    return {
        "hits": [
            {"row": booking_row(rules, hit.booking, here), "gets": _gets(here, hit), "stays": hit.plan is None}
            for hit in found.hits
        ],
        "may_see": may(here, Permission.BOOKINGS),
        "refund_yen": sum(refunds),
        "wins": len(found.wins),
        "wishing": found.entries,
        "drawn_until": max((one.announces_at for one in found.drawing), default=None),
        "blocked": bool(found.blocked),
        "seen": " ".join(sorted(str(one) for one in found.seen)),
    }


def _gets(here: Here, hit: Hit) -> str:
    words = here.words
    if hit.plan is None:
        return words.say("closures.cannot")
    if hit.plan.refund_yen:
        return words.say("closures.gets_refund", yen=yen(hit.plan.refund_yen, words.language))
    if hit.plan.kept_yen:
        return words.say("closures.gets_kept", yen=yen(hit.plan.kept_yen, words.language))
    return words.say("closures.gets_nothing_owed")


ROUTES: Final = [show_form, show_form_again, show_preview, close]
