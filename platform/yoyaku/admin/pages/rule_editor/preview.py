"""A draft as residents would read it: the month as a picture, the guide, and what it says otherwise than now."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.rule_editor.parts import ONE, address, draft_crumbs, fault_told, open_draft
from yoyaku.admin.service.rule_checking import check_texts
from yoyaku.booking.pages.here import Here, read_month
from yoyaku.booking.rules import is_within_reach
from yoyaku.rulebook.stored import rules_of_version, stored_facilities
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words import Change, Tongue, difference, guide, timeline, timeline_svg
from yoyaku.rules.moment import add_months
from yoyaku.ruleset.policy import Draft


@get(ONE + "/preview")
async def show_preview(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The rules as they would be read; where they have errors, what these are."""
    draft = await open_draft(here, draft_id)
    checked = await check_texts(here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=draft.files)
    month = read_month(request.query_params.get("month"), fallback=here.today)
    rules = checked.book.rules if checked.book is not None and not checked.errors else None
    return here.page.show(
        "admin/rule_editor/preview.html",
        draft=draft,
        faults=[fault_told(here.words, fault) for fault in checked.errors],
        base=here.page.url(address(draft)),
        path=address(draft, "preview"),
        crumbs=draft_crumbs(here, draft, here.words.say("rule_editor.preview")),
        **({} if rules is None else await _written(here, draft, rules, month)),
    )


async def _written(here: Here, draft: Draft, rules: RuleSet, month: date) -> dict[str, Any]:
    """The month, the guide and the changes."""
    tongue: Tongue = "en" if here.words.language == "en" else "ja"
    wording, visit = here.words.wording, here.visit
    facilities = await stored_facilities(here.conn, tenant_id=visit.tenant_id)
    before = await rules_of_version(
        here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=draft.based_on
    )
    shown = timeline(rules, facilities, month=month, language=tongue, wording=wording)
    changes = difference(before, rules, language=tongue, facilities=facilities, wording=wording)
    beside = [add_months(month, step, month_day=1) for step in (-1, 1)]
    return {
        "timeline": shown,
        "picture": timeline_svg(shown),
        "months": [one if is_within_reach(one) else None for one in beside],
        "guide": guide(rules, facilities, language=tongue, wording=wording, on=here.today, for_admins=True),
        "sections": _by_section(changes),
    }


def _by_section(changes: list[Change]) -> list[tuple[str, list[Change]]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.section, []).append(change)
    return list(found.items())


ROUTES: Final = [show_preview]
