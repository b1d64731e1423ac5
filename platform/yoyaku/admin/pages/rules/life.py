"""From a draft to a version: asking for the review, reviewing what others wrote, publishing, giving up."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, read_form
from yoyaku.admin.pages.rules.checklist import hindered, standing_tried
from yoyaku.admin.pages.rules.differing import differing
from yoyaku.admin.pages.rules.draft import draft_page, seen_revision
from yoyaku.admin.pages.rules.shown import DRAFT, HOME, applies_words, draft_path, rules_crumbs
from yoyaku.admin.service.rule_drafts import drop, review, take_back
from yoyaku.admin.service.rule_publishing import (
    Standing,
    ask_for_review,
    last_hindrances,
    publish,
    require_newest,
    standing_of,
)
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import RemarkMissing, Verdict, VersionHead, life_of

VERDICTS: Final[tuple[Verdict, ...]] = ("approved", "returned")


@post(DRAFT + "/ask-review", status_code=303)
async def ask(here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask that somebody else reviews the draft."""
    at_desk(here, Permission.EDIT_RULES)
    seen = seen_revision(await read_form(request))
    asking = ask_for_review(
        here.conn,
        visit=here.visit,
        draft_id=draft_id,
        seen_revision=seen,
        today=here.today,
        installation=here.installation,
    )
    return await _done(here, draft_id, asking, then=draft_path(draft_id), flash="rules_review_asked")


@post(DRAFT + "/take-back", status_code=303)
async def go_on_writing(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Go on writing what is under review or approved."""
    at_desk(here, Permission.EDIT_RULES)
    taking_back = take_back(here.conn, visit=here.visit, draft_id=draft_id)
    return await _done(here, draft_id, taking_back, then=draft_path(draft_id), flash="rules_taken_back")


@post(DRAFT + "/drop", status_code=303)
async def give_up(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Give a draft up; its saves stay to be read."""
    at_desk(here, Permission.EDIT_RULES)
    return await _done(
        here, draft_id, drop(here.conn, visit=here.visit, draft_id=draft_id), then=HOME, flash="rules_dropped"
    )


async def _done(here: Here, draft_id: UUID, act: Awaitable[object], *, then: str, flash: str) -> Response[Any]:
    """Do something to a draft and go on, or say on its page why not; nothing is half done."""
    try:
        async with here.conn.begin_nested():
            await act
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await draft_page(here, draft_id, errors={"": here.words.sentence(refusal)})
    return here.page.go(then, flash=flash)


@get(DRAFT + "/review")
async def show_review(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """What the second person reads before they decide."""
    if here.session is None:
        return here.page.go(f"/login?next={draft_path(draft_id, 'review')}")
    at_desk(here, Permission.EDIT_RULES)
    return await _review_page(here, draft_id)


@post(DRAFT + "/review", status_code=303)
async def decide(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Approve, or return with a remark."""
    at_desk(here, Permission.EDIT_RULES)
    form, words = await read_form(request), here.words
    verdict = next((one for one in VERDICTS if one == form.get("verdict")), None)
    if verdict is None:
        missing = words.say("form.choose_one", label=words.say("rules.verdict"))
        return await _review_page(here, draft_id, form=form, errors={"verdict": missing})
    seen, remark = seen_revision(form), form.get("remark", "")
    try:
        await require_newest(here.conn, visit=here.visit, seen_newest=read_number(form.get("seen_newest")) or 0)
        await review(here.conn, visit=here.visit, draft_id=draft_id, seen_revision=seen, verdict=verdict, remark=remark)
    except NotFound:
        raise
    except YoyakuError as refusal:
        at = "remark" if isinstance(refusal, RemarkMissing) else ""
        return await _review_page(here, draft_id, form=form, errors={at: words.sentence(refusal)})
    return here.page.go(draft_path(draft_id), flash=f"rules_{verdict}")


@get(DRAFT + "/publish")
async def show_publication(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Exactly what publishing does, before it is done."""
    at_desk(here, Permission.EDIT_RULES)
    return await _publication_page(here, draft_id)


@post(DRAFT + "/publish", status_code=303)
async def publish_it(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Make the draft the next version."""
    at_desk(here, Permission.EDIT_RULES)
    form, words = await read_form(request), here.words
    if not form.get("sure"):
        missing = {"sure": words.say("form.missing", label=words.say("rules.publish_sure"))}
        return await _publication_page(here, draft_id, form=form, errors=missing)
    newest = read_number(form.get("seen_newest")) or 0
    try:
        async with here.conn.begin_nested():
            head = await publish(
                here.conn,
                visit=here.visit,
                draft_id=draft_id,
                seen_revision=seen_revision(form),
                seen_newest=newest,
                today=here.today,
                installation=here.installation,
            )
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await _publication_page(here, draft_id, form=form, errors={"": words.sentence(refusal)})
    here.rules_for.forget()
    return here.page.go(f"{HOME}/versions/{head.version}", flash="rules_published")


async def _review_page(
    here: Here, draft_id: UUID, *, form: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    return await _decision_page(here, draft_id, "review", form=form, errors=errors)


async def _publication_page(
    here: Here, draft_id: UUID, *, form: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    return await _decision_page(here, draft_id, "publish", form=form, errors=errors)


async def _decision_page(
    here: Here,
    draft_id: UUID,
    what: str,
    *,
    form: Mapping[str, str] | None,
    errors: Mapping[str, str] | None,
) -> Response[Any]:
    words = here.words
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    standing = await standing_of(
        here.conn, visit=here.visit, draft=draft, today=here.today, installation=here.installation
    )
    newest, rules, since = standing.newest.version, standing.rule_set, standing.applies_from
    heads = await ruleset.versions(here.conn, tenant_id=here.visit.tenant_id, service_id=here.visit.service_id)
    title = words.say(f"rules.{what}_title")
    return here.page.show(
        f"admin/rules/{what}.html",
        status=422 if errors else 200,
        title=title,
        draft=draft,
        standing=standing,
        newest=newest,
        hindered=hindered(here, last_hindrances(standing, seen_newest=newest), draft.draft_id),
        applies=None if rules is None or since is None else applies_words(here, rules.applies.by, since),
        differing=await differing(here, version=newest, texts=draft.files, rules=rules),
        is_author=here.visit.staff_id in await ruleset.authors_of(here.conn, draft=draft),
        tried_says=standing_tried(here, standing),
        overtaken=_overtaken(here, heads, standing),
        verdicts=[(one, words.say(f"rules.verdict.{one}")) for one in VERDICTS],
        form=form or {},
        errors=errors or {},
        path=draft_path(draft_id),
        crumbs=rules_crumbs(here, (draft.title, draft_path(draft_id)), (title, None)),
    )


def _overtaken(here: Here, heads: Sequence[VersionHead], standing: Standing) -> str:
    """The scheduled versions that would never be in force any more."""
    rules, since = standing.rule_set, standing.applies_from
    if rules is None or since is None:
        return ""
    coming = replace(heads[-1], version=heads[-1].version + 1, applies_by=rules.applies.by, applies_from=since)
    before, after = life_of(heads, here.today), life_of([*heads, coming], here.today)
    gone = [one for one, life in before.items() if life == "scheduled" and after[one] == "superseded"]
    return here.words.fact([here.words.say("rules.version", version=one) for one in gone])


ROUTES: Final = [ask, go_on_writing, give_up, show_review, decide, show_publication, publish_it]
