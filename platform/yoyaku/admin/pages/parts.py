"""What several pages of the console show: papers to be ticked, and the sheet with id and one-time code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response

from yoyaku.admin.pages.desk import crumbs
from yoyaku.registration.pages.door import Door
from yoyaku.registration.service.details import Profile
from yoyaku.registration.terms import Paper
from yoyaku.ui.words import Words


def paper_views(papers: Iterable[Paper], words: Words, *, prefix: str) -> list[dict[str, Any]]:
    """Papers as a form asks for them: which kind of each was seen."""
    return [
        {
            "name": prefix + paper.code,
            "label": words.text(paper.name),
            "required": paper.required,
            "kinds": [(code, words.text(kind)) for code, kind in paper.any_of.items()]
            or [("seen", words.say("staff.paper_seen"))],
        }
        for paper in papers
    ]


def show_code_sheet(door: Door, profile: Profile, code: str) -> Response[Any]:
    """The sheet to hand over; it is shown this once."""
    return door.page.show(
        "admin/code_sheet.html",
        profile=profile,
        code=f"{code[:5]} {code[5:]}",
        id_label=door.words.text(door.terms.login.id_label),
        address=f"{door.place.address}/password/code",
        crumbs=crumbs(door, (door.words.say("staff.code_sheet"), None)),
    )
