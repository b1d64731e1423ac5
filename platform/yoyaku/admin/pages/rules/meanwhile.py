"""Two at one draft: the second is shown both texts, and what they typed can be kept as a draft of its own."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk
from yoyaku.admin.pages.rules.shown import DRAFT, draft_path, rules_crumbs
from yoyaku.admin.service.rule_drafts import begin_with, save
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.texts import text_difference
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import LARGEST_BYTES, Draft, Texts

FILE: Final = "file."
LARGEST: Final = 8 * LARGEST_BYTES
"""Bytes of a form with the texts: escaped, a character takes up to three times its own."""


async def meanwhile_page(
    here: Here, draft: Draft, *, seen_revision: int, mine: Texts, transition: str
) -> Response[Any]:
    """What the other saved, what was typed here, and how each differs from the save that both began from (409)."""
    words = here.words
    title = words.say("rules.meanwhile")
    theirs = await ruleset.get_draft(here.conn, draft_id=draft.draft_id)
    try:
        base = await ruleset.draft_files_at(here.conn, draft_id=draft.draft_id, revision=seen_revision)
    except NotFound:  # whoever made the number up: all of both is shown
        base = {}
    return here.page.show(
        "admin/rules/meanwhile.html",
        status=409,
        title=title,
        draft=theirs,
        theirs=await asyncio.to_thread(text_difference, base, theirs.files),
        mine=await asyncio.to_thread(text_difference, base, mine),
        against=await asyncio.to_thread(text_difference, theirs.files, mine),
        typed=sorted(mine.items()),
        transition=transition,
        path=draft_path(draft.draft_id),
        crumbs=rules_crumbs(here, (draft.title, draft_path(draft.draft_id)), (title, None)),
    )


@post(DRAFT + "/keep", status_code=303, request_max_body_size=LARGEST)
async def keep_mine(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Keep what was typed as a draft of its own."""
    at_desk(here, Permission.EDIT_RULES)
    sent = await request.form()
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    texts = texts_of_form(dict(sent.multi_items()))
    title = here.words.say("rules.kept_title", title=draft.title)[:200]
    kept = await begin_with(here.conn, visit=here.visit, title=title, version=draft.based_on, texts=texts)
    if transition := str(sent.get("transition", "")).strip():
        await save(
            here.conn, visit=here.visit, draft_id=kept.draft_id, seen_revision=1, texts=texts, transition=transition
        )
    return here.page.go(draft_path(kept.draft_id), flash="rules_kept")


def texts_of_form(sent: dict[str, Any]) -> Texts:
    """The files of a form, whose fields are named ``file.<name>``; a form's lines end in CR and LF, ours do not."""
    return {
        name.removeprefix(FILE): value.replace("\r\n", "\n")
        for name, value in sent.items()
        if name.startswith(FILE) and isinstance(value, str)
    }


ROUTES: Final = [keep_mine]
