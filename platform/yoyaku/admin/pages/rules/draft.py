"""A draft at a glance: what is done, what is next, what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may, read_form, ways
from yoyaku.admin.pages.rules.checklist import ago, hindered, steps
from yoyaku.admin.pages.rules.differing import differing
from yoyaku.admin.pages.rules.meanwhile import meanwhile_page
from yoyaku.admin.pages.rules.shown import (
    DRAFT,
    by_options,
    draft_path,
    read_applies,
    rules_crumbs,
    shown_faults,
    shown_outcomes,
)
from yoyaku.admin.service.rule_drafts import save, save_adapted, with_applies
from yoyaku.admin.service.rule_publishing import Standing, hindrances, standing_of
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.editing import EditRefused
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import DraftChangedMeanwhile, FilesRefused


@get(DRAFT)
async def show_draft(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """The draft's checklist."""
    if here.session is None:
        return here.page.go(f"/login?next={draft_path(draft_id)}")
    at_desk(here, Permission.RULES)
    return await draft_page(here, draft_id)


@post(DRAFT + "/applies", status_code=303)
async def set_applies(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """To what the draft would apply, and from when: written into its text."""
    at_desk(here, Permission.EDIT_RULES)
    form, words = await read_form(request), here.words
    applies, errors = read_applies(here, form)
    if applies is None:
        missing = {"applies_from": words.say("form.missing", label=words.say("rules.applies_from"))}
        return await draft_page(here, draft_id, form=form, errors=errors or missing)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    try:
        texts = with_applies(draft.files, applies)
        seen = seen_revision(form)
        await save(
            here.conn,
            visit=here.visit,
            draft_id=draft_id,
            seen_revision=seen,
            texts=texts,
            transition=draft.transition,
        )
    except (EditRefused, DraftChangedMeanwhile) as refusal:
        return await draft_page(here, draft_id, form=form, errors={"applies_from": words.sentence(refusal)})
    return here.page.go(draft_path(draft_id), flash="rules_saved")


@post(DRAFT + "/transition", status_code=303)
async def set_transition(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What is to become of bookings that the draft would break."""
    at_desk(here, Permission.EDIT_RULES)
    form = await read_form(request)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    seen, typed = seen_revision(form), form.get("transition", "")
    try:
        await save(
            here.conn, visit=here.visit, draft_id=draft_id, seen_revision=seen, texts=draft.files, transition=typed
        )
    except DraftChangedMeanwhile:
        mine = await ruleset.draft_files_at(here.conn, draft_id=draft_id, revision=seen)
        return await meanwhile_page(here, draft, seen_revision=seen, mine=mine, transition=typed)
    except FilesRefused as refusal:
        return await draft_page(here, draft_id, form=form, errors={"transition": here.words.sentence(refusal)})
    return here.page.go(draft_path(draft_id), flash="rules_saved")


@post(DRAFT + "/examples", status_code=303)
async def adapt_examples(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Write the examples that were ticked as they come out now."""
    at_desk(here, Permission.EDIT_RULES)
    form = await read_form(request)
    ticked = [read_number(name.removeprefix("example.")) for name in form if name.startswith("example.")]
    chosen = [place for place in ticked if place is not None]
    if not chosen:
        return await draft_page(here, draft_id, errors={"examples": here.words.say("rules.adapt_none")})
    try:
        await save_adapted(
            here.conn, visit=here.visit, draft_id=draft_id, seen_revision=seen_revision(form), chosen=chosen
        )
    except (EditRefused, DraftChangedMeanwhile, FilesRefused) as refusal:
        return await draft_page(here, draft_id, errors={"examples": here.words.sentence(refusal)})
    return here.page.go(f"{draft_path(draft_id)}#faults", flash="rules_saved")


def seen_revision(form: Mapping[str, str]) -> int:
    """The save that a form was filled in over; none that exists where it does not say."""
    return read_number(form.get("seen_revision")) or 0


async def draft_page(
    here: Here, draft_id: UUID, *, form: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    """The overview of a draft, with what was typed and refused."""
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    standing = await standing_of(
        here.conn, visit=here.visit, draft=draft, today=here.today, installation=here.installation
    )
    session = here.session
    authors = await ruleset.authors_of(here.conn, draft=draft)
    outcomes = shown_outcomes(here, standing.checked)
    return here.page.show(
        "admin/rules/draft.html",
        status=422 if errors else 200,
        draft=draft,
        standing=standing,
        hindered=hindered(here, hindrances(standing), draft.draft_id),
        faults=shown_faults(here, standing.checked.faults),
        outcomes=outcomes,
        failing=sum(not one.passed for one in outcomes),
        steps=steps(here, standing),
        ago=ago(here, draft.changed_at),
        differing=await differing(here, version=standing.newest.version, texts=draft.files, rules=standing.rule_set),
        reviews=await ruleset.reviews_of(here.conn, draft_id=draft_id),
        may_edit=may(here, Permission.EDIT_RULES) and not draft.is_over,
        is_author=session is not None and session.staff_id in authors,
        by=by_options(here),
        form=form or _as_written(standing),
        errors=errors or {},
        path=draft_path(draft_id),
        ways=ways(here),
        crumbs=rules_crumbs(here, (draft.title, None)),
    )


def _as_written(standing: Standing) -> dict[str, str]:
    """The form filled in with what the draft says now."""
    said = standing.applies
    applies = {} if said is None else {"applies_by": said.by, "applies_from": said.since}
    return {**applies, "transition": standing.draft.transition}


ROUTES: Final = [show_draft, set_applies, set_transition, adapt_examples]
