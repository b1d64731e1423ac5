"""Finding a clause: by the article of the ordinance it cites, or by any words, in the version in force or in a draft."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, may
from yoyaku.admin.pages.rule_editor.parts import HOME, path_in_words
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.editing.finding import Found, find_clauses
from yoyaku.rulebook.stored import files_of
from yoyaku.ruleset.policy import Draft, Texts
from yoyaku.ruleset.service import get_draft, list_drafts

LONGEST_QUERY: Final = 200


@get(HOME + "/search")
async def search_rules(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The lines that hold what was asked for, each with its clause in words and the lines around it."""
    at_desk(here, Permission.RULES)
    words, query = here.words, request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    drafts = [draft for draft in await list_drafts(here.conn) if not draft.is_over]
    draft, texts = await _chosen(here, request.query_params.get("in", ""))
    return here.page.show(
        "admin/rule_editor/search.html",
        query=query,
        where="" if draft is None else str(draft.draft_id),
        choices=[("", words.say("rule_editor.in_force")), *((str(one.draft_id), one.title) for one in drafts)],
        found=[_told(here, one, draft) for one in find_clauses(texts, query)] if query else None,
        crumbs=crumbs(here, (words.say("rule_editor.rules"), HOME), (words.say("rule_editor.search"), None)),
    )


async def _chosen(here: Here, where: str) -> tuple[Draft | None, Texts]:
    """What is searched: a draft, or else the version in force."""
    if where:
        try:
            draft = await get_draft(here.conn, draft_id=UUID(where))
        except ValueError:
            raise NotFound(what="rule_draft") from None
        return draft, draft.files
    rules = await here.rules()
    visit = here.visit
    texts = await files_of(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=rules.version)
    return None, texts


def _told(here: Here, found: Found, draft: Draft | None) -> dict[str, Any]:
    editable = draft is not None and may(here, Permission.EDIT_RULES)
    path = f"{HOME}/drafts/{draft.draft_id}/edit" if draft is not None and editable else None
    return {
        "file": found.file,
        "line": found.line,
        "where": path_in_words(here.words, found.path),
        "reference": found.reference,
        "text": found.text,
        "first": found.first,
        "link": None if path is None else here.page.url(path, file=found.file, line=found.line),
    }


ROUTES: Final = [search_rules]
