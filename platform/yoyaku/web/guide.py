"""The guide for residents, written by the rules in force, and what begins and ends in a month."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import is_within_reach
from yoyaku.rulebook.printed import Edition, printed_guide, printed_timeline
from yoyaku.rulebook.words import Tongue, timeline_svg
from yoyaku.rules.moment import add_months
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Words

_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@get("/guide")
async def show_guide(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[str]:
    """The guide of the rules in force today, in the page's language or in easy Japanese."""
    tongue = tongue_of(request, here.words)
    edition = await _in_force(here, tongue)
    shown = await printed_guide(here.conn, edition, wording=here.words.wording, on=here.today)
    return here.page.show("web/guide.html", guide=shown, tongue=tongue, crumbs=[Crumb(label=shown.title)])


@get("/guide/timeline")
async def show_timeline(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[str]:
    """What begins and ends in a month, as a picture and as tables."""
    month, tongue = month_of(request, here.today), tongue_of(request, here.words)
    edition = await _in_force(here, tongue)
    shown = await printed_timeline(here.conn, edition, wording=here.words.wording, month=month)
    return here.page.show(
        "web/timeline.html",
        timeline=shown,
        picture=timeline_svg(shown),
        tongue=tongue,
        months=months_beside(month),
        crumbs=[Crumb(label=here.words.say("nav.guide"), path="/guide"), Crumb(label=shown.title)],
    )


async def _in_force(here: Here, tongue: Tongue) -> Edition:
    rules = await here.rules()
    return Edition(
        tenant_id=here.visit.tenant_id,
        service_id=here.visit.service_id,
        version=rules.version,
        inventory_version=rules.inventory_version,
        tongue=tongue,
    )


def tongue_of(request: Request[Any, Any, Any], words: Words) -> Tongue:
    """English, Japanese, or easy Japanese where it is asked for (``easy=1``)."""
    if words.language == "en":
        return "en"
    return "ja-easy" if request.query_params.get("easy") == "1" else "ja"


def month_of(request: Request[Any, Any, Any], today: date) -> date:
    """The first day of the month that is asked for (``month=2027-02``), else of this month."""
    found = _MONTH.fullmatch(request.query_params.get("month", ""))
    first = today.replace(day=1)
    if found is None or not is_within_reach(date(int(found[1]) or 1, int(found[2]), 1)):
        return first
    return date(int(found[1]), int(found[2]), 1)


def months_beside(month: date) -> tuple[date | None, date | None]:
    """The months before and after, where they are within reach."""
    before, after = (add_months(month, step, month_day=1) for step in (-1, 1))
    return before if is_within_reach(before) else None, after if is_within_reach(after) else None


ROUTES: Final = [show_guide, show_timeline]
