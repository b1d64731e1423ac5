"""The city's notices: written, looked at, shown from when to when, to whom and where; ended early."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import crumbs, read_form, ways
from yoyaku.admin.pages.site.common import admin, by_language, errors_of, fault_words, language_names, site_of_request
from yoyaku.admin.service.notices import NoticeChangedMeanwhile, end_notice, read_notice, save_notice
from yoyaku.admin.service.site import SiteTextWrong
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.notices import ShownNotice
from yoyaku.booking.rules import ServiceRules, is_within_reach
from yoyaku.tenancy.policy.notices import AUDIENCES, IMPORTANCE, NoticeText, notice_faults
from yoyaku.tenancy.repository.notices import NoticeRow, list_notices
from yoyaku.tenancy.service import Site
from yoyaku.ui.prose import prose_html

HOME: Final = "/counter/notices"
NEW: Final = HOME + "/new"
ONE: Final = HOME + "/{notice_id:uuid}"
REFUSED: Final = (SiteTextWrong, NoticeChangedMeanwhile)


@get(HOME)
async def show_notices(here: NamedDependency[Here]) -> Response[Any]:
    """All notices: those to come, those shown, those that are over."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    admin(here)
    rules = await here.rules()
    rows = [
        {
            "one": one,
            "state": state_of(one, here.visit.now),
            "where": _where(here, rules, one),
            "who": _who(here, rules, one),
        }
        for one in await list_notices(here.conn)
    ]
    here_now = crumbs(here, (here.words.say("notices.title"), None))
    return here.page.show("admin/notices/list.html", rows=rows, ways=ways(here), crumbs=here_now)


def state_of(notice: NoticeRow, now: datetime) -> str:
    """Whether it is to come, shown, over or ended early, at an instant of business time."""
    if notice.ended_at is not None:
        return "ended"
    if now < notice.shown_from:
        return "planned"
    return "over" if notice.shown_until is not None and notice.shown_until <= now else "shown"


def _where(here: Here, rules: ServiceRules, notice: NoticeRow) -> str:
    top = [here.words.say("notices.on_top_short")] if notice.on_top else []
    found = rules.inventory.facilities.get(notice.facility_id or "")
    return "、".join([*top, *([here.words.text(found.name)] if found else [])])


def _who(here: Here, rules: ServiceRules, notice: NoticeRow) -> str:
    if notice.audience != "class":
        return here.words.say(f"notices.audience.{notice.audience}")
    return dict(_classes(here, rules)).get(notice.user_class or "", notice.user_class or "")


def _classes(here: Here, rules: ServiceRules) -> list[tuple[str, str]]:
    return [(one.code, here.words.text(one.name)) for one in rules.registration.classes]


def _facilities(here: Here, rules: ServiceRules) -> list[tuple[str, str]]:
    return [(one.code, here.words.text(one.name)) for one in rules.inventory.facilities.values()]


@get(NEW)
async def show_new(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The empty form: shown to everybody on the first page from now on, unless it says otherwise."""
    admin(here)
    site = site_of_request(request)
    typed = {"shown_from": _typed_moment(here.visit.now, site), "on_top": "yes", "importance": "normal"}
    return await _form(here, site, NEW, {**typed, "audience": "everyone", "seen": "0"}, {})


@get(ONE)
async def show_notice(
    here: NamedDependency[Here], notice_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One notice, to be changed or ended."""
    admin(here)
    site, one = site_of_request(request), await read_notice(here.conn, notice_id=notice_id)
    texts = {f"title.{code}": one.title.get(code, "") for code in site.languages}
    texts |= {f"body.{code}": one.body.get(code, "") for code in site.languages}
    typed = {
        **texts,
        "shown_from": _typed_moment(one.shown_from, site),
        "shown_until": "" if one.shown_until is None else _typed_moment(one.shown_until, site),
        "importance": one.importance,
        "audience": one.audience,
        "user_class": one.user_class or "",
        "on_top": "yes" if one.on_top else "",
        "facility": one.facility_id or "",
        "seen": str(one.revision),
    }
    return await _form(here, site, f"{HOME}/{notice_id}", typed, {}, stored=one)


def _typed_moment(at: datetime, site: Site) -> str:
    """An instant as ``<input type="datetime-local">`` has it, in the city's time."""
    return f"{at.astimezone(site.zone):%Y-%m-%dT%H:%M}"


async def _form(  # what the form is made of
    here: Here,
    site: Site,
    action: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    stored: NoticeRow | None = None,
) -> Response[Any]:
    rules = await here.rules()
    title = here.words.text(stored.title) if stored else here.words.say("notices.new")
    return here.page.show(
        "admin/notices/notice.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        title=title,
        action=action,
        open=stored is not None and state_of(stored, here.visit.now) in {"planned", "shown"},
        samples={} if errors or typed.get("act") != "preview" else _samples(here, site, typed),
        importance=[(one, here.words.say(f"notices.importance.{one}")) for one in IMPORTANCE],
        audiences=[(one, here.words.say(f"notices.audience.{one}")) for one in AUDIENCES],
        classes=_classes(here, rules),
        facilities=_facilities(here, rules),
        languages=language_names(here, site),
        crumbs=crumbs(here, (here.words.say("notices.title"), HOME), (title, None)),
    )


def _samples(here: Here, site: Site, typed: Mapping[str, str]) -> dict[str, list[ShownNotice]]:
    """The notice as residents would read it, by language."""
    return {
        code: [
            ShownNotice(
                title=typed[f"title.{code}"],
                body=prose_html(typed[f"body.{code}"], top_level=4),
                importance=typed["importance"],
                since=_moment(typed.get("shown_from", ""), site) or here.visit.now,
            )
        ]
        for code in site.languages
    }


@post(NEW, status_code=200)
async def send_new(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at it, or store it."""
    return await _send(here, request, None)


@post(ONE, status_code=200)
async def send_notice(
    here: NamedDependency[Here], notice_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Look at it, store it, or end it."""
    return await _send(here, request, notice_id)


async def _send(here: Here, request: Request[Any, Any, Any], notice_id: UUID | None) -> Response[Any]:
    admin(here)
    site, typed, rules = site_of_request(request), await read_form(request), await here.rules()
    stored = None if notice_id is None else await read_notice(here.conn, notice_id=notice_id)
    seen, notice = read_number(typed.get("seen")) or 0, _read(typed, site)
    allowed = {
        "languages": site.languages,
        "classes": [code for code, _ in _classes(here, rules)],
        "facilities": list(rules.inventory.facilities),
    }
    action = NEW if notice_id is None else f"{HOME}/{notice_id}"
    if typed.get("shown_until") and notice.shown_until is None and typed.get("act") != "end":
        no_moment = {"shown_until": here.words.say("site.fault.no_moment")}
        return await _form(here, site, action, typed, no_moment, stored=stored)
    try:
        if typed.get("act") == "end" and notice_id is not None:
            await end_notice(here.conn, visit=here.visit, notice_id=notice_id, seen=seen)
            return here.page.go(HOME, flash="notice_ended")
        if typed.get("act") == "preview":
            found = fault_words(here, notice_faults(notice, **allowed))
            return await _form(here, site, action, typed, found, stored=stored)
        await save_notice(here.conn, visit=here.visit, notice_id=notice_id, seen=seen, notice=notice, **allowed)
    except REFUSED as refused:
        return await _form(here, site, action, typed, errors_of(here, refused), stored=stored)
    return here.page.go(HOME, flash="notice_saved")


def _read(typed: Mapping[str, str], site: Site) -> NoticeText:
    return NoticeText(
        title=by_language(typed, "title", site),
        body=by_language(typed, "body", site),
        shown_from=_moment(typed.get("shown_from", ""), site),
        shown_until=_moment(typed.get("shown_until", ""), site),
        importance=typed.get("importance", ""),
        audience=typed.get("audience", ""),
        user_class=(typed.get("user_class") or None) if typed.get("audience") == "class" else None,
        on_top=typed.get("on_top") == "yes",
        facility_id=typed.get("facility") or None,
    )


def _moment(text: str, site: Site) -> datetime | None:
    """Read a day and a time of the city; ``None`` for anything else, and for years that no booking has."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=site.zone) if at.tzinfo is None and is_within_reach(at.date()) else None


ROUTES: Final = [show_notices, show_new, show_notice, send_new, send_notice]
