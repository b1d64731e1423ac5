"""The saves of a draft: who saved what when, and the way back to an earlier one."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may, read_form
from yoyaku.admin.pages.rules.draft import draft_page, seen_revision
from yoyaku.admin.pages.rules.shown import DRAFT, draft_path, rules_crumbs
from yoyaku.admin.service.rule_drafts import save
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.texts import text_difference
from yoyaku.ruleset import service as ruleset


@get(DRAFT + "/saves")
async def show_saves(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """All saves, the latest first."""
    at_desk(here, Permission.RULES)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    return here.page.show(
        "admin/rules/saves.html",
        draft=draft,
        saves=await ruleset.saves_of(here.conn, draft_id=draft_id),
        path=draft_path(draft_id),
        crumbs=rules_crumbs(here, (draft.title, draft_path(draft_id)), (here.words.say("rules.saves"), None)),
    )


@get(DRAFT + "/saves/{revision:int}")
async def show_save(here: NamedDependency[Here], draft_id: FromPath[UUID], revision: FromPath[int]) -> Response[Any]:
    """What a save changed, and how it differs from the draft as it is now."""
    at_desk(here, Permission.RULES)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    saves = await ruleset.saves_of(here.conn, draft_id=draft_id)
    found = next((one for one in saves if one.revision == revision), None)
    if found is None:
        raise NotFound(what="rule_draft_save", revision=revision)
    texts = await ruleset.draft_files_at(here.conn, draft_id=draft_id, revision=revision)
    before = {} if revision == 1 else await ruleset.draft_files_at(here.conn, draft_id=draft_id, revision=revision - 1)
    title = here.words.say("rules.save_of", revision=revision)
    return here.page.show(
        "admin/rules/save.html",
        title=title,
        draft=draft,
        save=found,
        changed=await asyncio.to_thread(text_difference, before, texts) if revision > 1 else [],
        since=await asyncio.to_thread(text_difference, texts, draft.files),
        may_restore=may(here, Permission.EDIT_RULES) and not draft.is_over and revision != draft.revision,
        path=draft_path(draft_id),
        crumbs=rules_crumbs(
            here,
            (draft.title, draft_path(draft_id)),
            (here.words.say("rules.saves"), draft_path(draft_id, "saves")),
            (title, None),
        ),
    )


@post(DRAFT + "/saves/restore", status_code=303)
async def restore(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take the draft back to an earlier save: as a save of its own."""
    at_desk(here, Permission.EDIT_RULES)
    form = await read_form(request)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    texts = await ruleset.draft_files_at(here.conn, draft_id=draft_id, revision=read_number(form.get("revision")) or 0)
    try:
        await save(
            here.conn,
            visit=here.visit,
            draft_id=draft_id,
            seen_revision=seen_revision(form),
            texts=texts,
            transition=draft.transition,
        )
    except YoyakuError as refusal:
        return await draft_page(here, draft_id, errors={"": here.words.sentence(refusal)})
    return here.page.go(draft_path(draft_id), flash="rules_restored")


ROUTES: Final = [show_saves, show_save, restore]
