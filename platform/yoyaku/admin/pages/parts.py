"""What several pages of the console show: papers to be ticked, and the sheet with id and one-time code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response

from yoyaku.admin.pages.desk import crumbs
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import shown_answers
from yoyaku.registration.policy.form import fields_asked
from yoyaku.registration.service.details import Profile, profile_facts
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


def answer_rows(door: Door, profile: Profile) -> list[tuple[str, str]]:
    """What somebody answered, each code once: by the question that is asked of them, else by any (a proxy's name)."""
    asked = {one.field.code: one.field for one in fields_asked(door.terms, profile_facts(profile, door.terms))}
    questions = {one.code: asked.get(one.code, one) for one in door.terms.fields if one.code != "email"}
    return shown_answers(questions.values(), profile.answers, door.words)


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
