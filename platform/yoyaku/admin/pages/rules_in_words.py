"""Versions and drafts of the rules in words: their guide, the timeline of a month, what differs between two versions."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, ways
from yoyaku.admin.pages.rules.shown import DRAFT, HOME, draft_path, rules_crumbs
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import is_within_reach
from yoyaku.facility.terms import Facility
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.printed import Edition, printed_guide, printed_timeline
from yoyaku.rulebook.stored import rules_of_version, stored_facilities
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words import Change, Tongue, difference, guide, timeline, timeline_svg
from yoyaku.rules.moment import add_months
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import Draft

VERSION: Final = HOME + "/versions/{version:int}"
OF_VERSIONS: Final = ("guide", "timeline", "diff")
OF_DRAFTS: Final = ("guide", "timeline")
"""Which pages in words there are of versions and of drafts."""


@get(VERSION + "/guide")
async def show_guide(
    here: NamedDependency[Here], version: FromPath[int], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The guide of a version as residents would read it; where the city is silent, it says so."""
    at_desk(here, Permission.RULES)
    edition = await _edition(here, version, _tongue(here, request))
    shown = await printed_guide(here.conn, edition, wording=here.words.wording, on=here.today)
    return _page(here, "guide", version, guide=shown, tongue=edition.tongue)


@get(VERSION + "/timeline")
async def show_timeline(
    here: NamedDependency[Here], version: FromPath[int], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What begins and ends in a month by a version."""
    at_desk(here, Permission.RULES)
    month = _month(request.query_params.get("month", ""), here.today)
    edition = await _edition(here, version, _tongue(here, request))
    shown = await printed_timeline(here.conn, edition, wording=here.words.wording, month=month)
    picture = timeline_svg(shown)
    return _page(
        here, "timeline", version, timeline=shown, picture=picture, tongue=edition.tongue, months=_beside(month)
    )


@get(VERSION + "/diff")
async def show_difference(
    here: NamedDependency[Here], version: FromPath[int], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What another version (``to``) says otherwise than this one, in words; by default the newest."""
    at_desk(here, Permission.RULES)
    tenant_id, service_id = here.visit.tenant_id, here.visit.service_id
    heads = await ruleset.versions(here.conn, tenant_id=tenant_id, service_id=service_id)
    to = read_number(request.query_params.get("to", "")) or heads[-1].version
    old = await rules_of_version(here.conn, tenant_id=tenant_id, service_id=service_id, version=version)
    new = await rules_of_version(here.conn, tenant_id=tenant_id, service_id=service_id, version=to)
    facilities = await stored_facilities(here.conn, tenant_id=tenant_id)
    changes = difference(old, new, language=_tongue(here, request), facilities=facilities, wording=here.words.wording)
    others = [head.version for head in heads]
    return _page(here, "diff", version, sections=_by_section(changes), to=to, others=others)


@get(DRAFT + "/guide")
async def show_draft_guide(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The guide as residents would read it if a draft were in force."""
    at_desk(here, Permission.RULES)
    draft, tongue = await ruleset.get_draft(here.conn, draft_id=draft_id), _tongue(here, request)
    rules, facilities = await _rules_of(here, draft)
    if rules is None:
        return _draft_page(here, "guide", draft, guide=None)
    wording = here.words.wording
    shown = guide(rules, facilities, language=tongue, wording=wording, on=here.today, for_admins=True)
    return _draft_page(here, "guide", draft, guide=shown, tongue=tongue)


@get(DRAFT + "/timeline")
async def show_draft_timeline(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What would begin and end in a month by a draft."""
    at_desk(here, Permission.RULES)
    draft, tongue = await ruleset.get_draft(here.conn, draft_id=draft_id), _tongue(here, request)
    month = _month(request.query_params.get("month", ""), here.today)
    rules, facilities = await _rules_of(here, draft)
    if rules is None:
        return _draft_page(here, "timeline", draft, timeline=None)
    shown = timeline(rules, facilities, month=month, language=tongue, wording=here.words.wording)
    picture = timeline_svg(shown)
    return _draft_page(here, "timeline", draft, timeline=shown, picture=picture, tongue=tongue, months=_beside(month))


async def _rules_of(here: Here, draft: Draft) -> tuple[RuleSet | None, list[Facility]]:
    """The rule set of a draft, where it has no error, and the facilities that it speaks of."""
    facilities = await stored_facilities(here.conn, tenant_id=here.visit.tenant_id)
    checked = check_draft(draft.files, facilities, name=here.visit.service_id, with_examples=False)
    return None if checked.errors or checked.book is None else checked.book.rules, facilities


def _beside(month: date) -> list[date | None]:
    """The months before and after, where they are within reach."""
    beside = [add_months(month, step, month_day=1) for step in (-1, 1)]
    return [one if is_within_reach(one) else None for one in beside]


def _by_section(changes: list[Change]) -> list[tuple[str, list[Change]]]:
    """The changes under the headings of the rule set, in its order."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.section, []).append(change)
    return list(found.items())


async def _edition(here: Here, version: int, tongue: Tongue) -> Edition:
    tenant_id = here.visit.tenant_id
    return Edition(
        tenant_id=tenant_id,
        service_id=here.visit.service_id,
        version=version,
        inventory_version=await ruleset.latest_inventory_version(here.conn, tenant_id=tenant_id),
        tongue=tongue,
        for_admins=True,
    )


def _tongue(here: Here, request: Request[Any, Any, Any]) -> Tongue:
    if here.words.language == "en":
        return "en"
    return "ja-easy" if request.query_params.get("easy") == "1" else "ja"


def _month(text: str, today: date) -> date:
    """The month that is asked for, else this one."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if is_within_reach(asked) else today.replace(day=1)


def _page(here: Here, name: str, version: int, **context: Any) -> Response[Any]:  # noqa: ANN401 -- what its template shows
    title = here.words.say(f"rules_words.{name}", version=version)
    path = f"{HOME}/versions/{version}"
    of = here.words.say("rules_words.version", version=version)
    return _show(here, name, title=title, path=path, of=of, ways_on=OF_VERSIONS, version=version, **context)


def _draft_page(here: Here, name: str, draft: Draft, **context: Any) -> Response[Any]:  # noqa: ANN401 -- as above
    title = here.words.say(f"rules_words.draft_{name}", title=draft.title)
    path = draft_path(draft.draft_id)
    return _show(here, name, title=title, path=path, of=draft.title, ways_on=OF_DRAFTS, **context)


def _show(here: Here, name: str, *, title: str, path: str, of: str, **context: Any) -> Response[Any]:  # noqa: ANN401 -- as above
    return here.page.show(
        f"admin/rules_in_words/{name}.html",
        title=title,
        path=path,
        ways=ways(here),
        crumbs=rules_crumbs(here, (of, path), (title, None)),
        **context,
    )


ROUTES: Final = [show_guide, show_timeline, show_difference, show_draft_guide, show_draft_timeline]
