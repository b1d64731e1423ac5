"""Checks of identity at the counter: which wait, what was sent, and the decision."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form
from yoyaku.admin.pages.parts import answer_rows, paper_views
from yoyaku.admin.service.looking import note_look
from yoyaku.admin.service.persons import decide
from yoyaku.extension.identity import ClerkSaw
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.service.details import read_profile
from yoyaku.registration.service.identity_views import CheckToDecide, look_at_check, read_document, waiting_checks
from yoyaku.ui.formats import birth_date

CLAIMED: Final = ("name", "kana", "birth_date", "address", "issuer")
SHOWN_AT_MOST: Final = 200
PICTURE_POLICY: Final = "default-src 'none'; sandbox"
REVIEW: Final = "review"
"""For what whoever decides looks at somebody: that is the purpose."""


@get("/counter/registrations")
async def show_waiting(door: NamedDependency[Door]) -> Response[Any]:
    """What waits for a decision, the longest waiting first."""
    if door.session is None:
        return door.page.go("/login?next=/counter/registrations")
    at_desk(door, Permission.REVIEW)
    names = {step.code: step.name for step in door.terms.identity}
    waiting = await waiting_checks(door.conn, at_most=SHOWN_AT_MOST)
    rows = [
        {"one": one, "step": names.get(one.step, one.step), "days": max((door.now - one.since).days, 0)}
        for one in waiting
    ]
    for one in waiting:
        await note_look(door.conn, act=door.act, purpose=REVIEW, registrant_id=one.registrant_id, done="person_found")
    return door.page.show(
        "admin/registrations.html", rows=rows, crumbs=crumbs(door, (door.words.say("staff.waiting"), None))
    )


@get("/counter/registrations/{check_id:uuid}")
async def show_check(door: NamedDependency[Door], check_id: FromPath[UUID]) -> Response[Any]:
    """One check: what was sent beside what was typed."""
    at_desk(door, Permission.REVIEW)
    return await _page(door, check_id)


@get("/counter/registrations/{check_id:uuid}/files/{document_id:uuid}")
async def send_document(
    door: NamedDependency[Door], check_id: FromPath[UUID], document_id: FromPath[UUID]
) -> Response[Any]:
    """One file, for this clerk's eyes: never kept by a browser, never run."""
    at_desk(door, Permission.REVIEW)
    found = await look_at_check(door.conn, act=door.act, check_id=check_id)
    if document_id not in found.document_ids:
        raise NotFound(what="document")
    media_type, content = await read_document(door.conn, seal=door.means.seal, document_id=document_id)
    await note_look(
        door.conn, act=door.act, purpose=REVIEW, registrant_id=found.check.registrant_id, done="document_seen"
    )
    headers = {
        "cache-control": "no-store",
        "content-security-policy": PICTURE_POLICY,
        "x-content-type-options": "nosniff",
        "content-disposition": "inline",
    }
    return Response(content, media_type=media_type, headers=headers)


@post("/counter/registrations/{check_id:uuid}", status_code=303)
async def decide_one(
    door: NamedDependency[Door], check_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Approve, or refuse with a reason; whoever comes second is told so."""
    at_desk(door, Permission.REVIEW)
    form = await read_form(request)
    papers = {name.removeprefix("paper."): kind for name, kind in form.items() if name.startswith("paper.") and kind}
    saw = ClerkSaw(
        approved=form.get("decision") == "approve",
        papers=papers,
        by_proxy=bool(form.get("by_proxy")),
        note=form.get("note", ""),
    )
    try:
        if form.get("decision") not in {"approve", "reject"}:
            return await _page(door, check_id, form=form, error=("decision", door.words.say("staff.decision_missing")))
        await decide(door.conn, act=door.act, means=door.identity_means, check_id=check_id, saw=saw, purpose=REVIEW)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await _page(door, check_id, form=form, error=(_field_of(refusal), door.words.sentence(refusal)))
    return door.page.go("/counter/registrations", flash="staff_done")


def _field_of(refusal: YoyakuError) -> str:
    """Where a refusal stands: at the paper that is missing, or at the note."""
    paper = refusal.facts.get("code")
    return f"paper.{paper}" if paper else "note"


def _claims(door: Door, found: CheckToDecide) -> list[tuple[str, str, bool]]:
    """What a provider says of the person, and whether it differs from what was typed."""
    if found.claims is None:
        return []
    differs = found.evidence.get("differs", ())
    said = {name: getattr(found.claims, name) for name in CLAIMED}
    shown = {
        name: birth_date(value, door.words.language) if isinstance(value, date) else value
        for name, value in said.items()
    }
    return [(door.words.say(f"desk.claim.{name}"), text, name in differs) for name, text in shown.items() if text]


async def _page(
    door: Door, check_id: UUID, *, form: dict[str, str] | None = None, error: tuple[str, str] | None = None
) -> Response[Any]:
    found = await look_at_check(door.conn, act=door.act, check_id=check_id, means=door.identity_means)
    profile = await read_profile(door.conn, registrant_id=found.check.registrant_id)
    await note_look(door.conn, act=door.act, purpose=REVIEW, registrant_id=found.check.registrant_id)
    by_code = {paper.code: paper for paper in [*found.papers, *found.papers_by_proxy]}
    return door.page.show(
        "admin/registration.html",
        status=422 if error else 200,
        errors=dict([error]) if error else {},
        form=form or {},
        found=found,
        profile=profile,
        is_open=found.check.state in {"begun", "submitted"},
        claims=_claims(door, found),
        files=[f"/counter/registrations/{check_id}/files/{one}" for one in found.document_ids],
        rows=answer_rows(door, profile),
        papers=paper_views(by_code.values(), door.words, prefix="paper."),
        crumbs=crumbs(door, (door.words.say("staff.waiting"), "/counter/registrations"), (profile.row.name, None)),
    )


ROUTES: Final = [show_waiting, show_check, send_document, decide_one]
