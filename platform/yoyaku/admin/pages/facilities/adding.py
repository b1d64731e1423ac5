"""Lending a new facility: typed with its first space, looked at as the rules take it, kept with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import crumbs
from yoyaku.admin.pages.facilities.editing import told_faults
from yoyaku.admin.pages.facilities.sections import NotANumber, new_facility
from yoyaku.admin.pages.facilities.showing import HOME, activity_choices, cut_lines, differences, keeper
from yoyaku.admin.service.facility_changes import FacilityChange, FacilityCodeTaken, preview_new, save_new
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.places import code_words
from yoyaku.booking.service import WhyMissing
from yoyaku.kernel.errors import NotAllowed, YoyakuError

NEW: Final = f"{HOME}-new"
NEEDED: Final = {
    "code": "facilities.code",
    "name.ja": "facilities.key.name",
    "opens.new": "facilities.opens",
    "closes.new": "facilities.closes",
    "new.code": "facilities.space_code",
    "new.name.ja": "facilities.space_name",
    "new.kind": "facilities.kind",
}
"""What has to be typed, and what it is called."""
OURS: Final = frozenset({"_csrf_token", "act", "why", "version"})
BUCKETS: Final = ("30", "60", "15", "10", "1440")


@get(NEW)
async def show_new(here: NamedDependency[Here]) -> Response[Any]:
    """The empty form."""
    if here.session is None:
        return here.page.go(f"/login?next={NEW}")
    return await _form(
        here, FormMultiDict([("opens.new", "09:00"), ("closes.new", "21:00"), ("new.capacity", "1")]), {}
    )


@post(NEW, status_code=200)
async def send_new(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at it, go back to what was typed, or keep it."""
    visit, form = keeper(here), await request.form()
    if form.get("act") == "again":
        return await _form(here, form, {})
    errors = {
        name: here.words.say("form.missing", label=here.words.say(label))
        for name, label in NEEDED.items()
        if not str(form.get(name, "")).strip()
    }
    if errors:
        return await _form(here, form, errors)
    try:
        document = msgspec.json.encode(new_facility(form, visit.service_id)).decode()
        return await _look_or_save(here, form, document)
    except NotANumber as wrong:
        label = here.words.say("facilities.number")
        return await _form(here, form, {wrong.name: here.words.say("form.not_a_number", label=label)})
    except NotAllowed:
        raise
    except FacilityCodeTaken as taken:
        return await _form(here, form, {"code": here.words.sentence(taken)})
    except YoyakuError as refusal:
        return await _form(here, form, told_faults(here, refusal))


async def _look_or_save(here: Here, form: FormMultiDict, document: str) -> Response[Any]:
    visit, rules = keeper(here), await here.rules()
    if form.get("act") != "save":
        return _preview(here, form, await preview_new(here.conn, visit=visit, rules=rules, document=document))
    try:
        code = await _save(here, form, document)
    except WhyMissing as refusal:
        change = await preview_new(here.conn, visit=visit, rules=rules, document=document)
        return _preview(here, form, change, {"why": here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{code}", flash="facility_added")


async def _save(here: Here, form: FormMultiDict, document: str) -> str:
    async with here.conn.begin_nested():
        return await save_new(
            here.conn,
            visit=keeper(here),
            rules=await here.rules(),
            document=document,
            why=str(form.get("why", "")).strip(),
            seen_version=read_number(str(form.get("version", ""))) or 0,
        )


async def _form(here: Here, form: FormMultiDict, errors: Mapping[str, str]) -> Response[Any]:
    if keeper(here).facilities:
        raise NotAllowed
    rules, words = await here.rules(), here.words
    lent = rules.inventory.facilities.values()
    groups = sorted({group for one in lent for group in one.groups})
    categories = sorted({one.category for one in lent if one.category})
    kinds = sorted({placed.space.kind for placed in rules.inventory.spaces.values()})
    return here.page.show(
        "admin/facilities/new.html",
        status=422 if errors else 200,
        typed={name: value for name, value in form.multi_items() if isinstance(value, str)},
        chosen=form.getall("group", []),
        activities=activity_choices(rules, words),
        done=form.getall("new.activity", []),
        errors=errors,
        action=NEW,
        groups=[(code, code_words(words, "group", code)) for code in groups],
        categories=[(code, code_words(words, "category", code)) for code in categories],
        kinds=[(code, code_words(words, "space_kind", code)) for code in kinds],
        buckets=[(minutes, words.say(f"facilities.bucket.{minutes}")) for minutes in BUCKETS],
        numbered=any(one.number_code for one in lent),
        crumbs=_crumbs(here),
    )


def _preview(
    here: Here, form: FormMultiDict, change: FacilityChange, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    return here.page.show(
        "admin/facilities/new_preview.html",
        status=422 if errors else 200,
        errors=errors or {},
        facility=change.after,
        changes=differences(None, change.after, here.words),
        cuts=cut_lines(change.rules, change.after, here.words),
        kept=[(name, value) for name, value in form.multi_items() if name not in OURS and isinstance(value, str)],
        version=change.version,
        action=NEW,
        crumbs=_crumbs(here),
    )


def _crumbs(here: Here) -> list[Any]:
    words = here.words
    return crumbs(here, (words.say("facilities.admin_title"), HOME), (words.say("facilities.add"), None))


ROUTES: Final = [show_new, send_new]
