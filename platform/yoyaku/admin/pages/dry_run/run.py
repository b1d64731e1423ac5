"""One dry run: asked for, followed while it goes on, stopped, and what it came to."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may
from yoyaku.admin.pages.dry_run.said import clause_links, clause_words
from yoyaku.admin.pages.rules.shown import DRAFT, draft_path, rules_crumbs
from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.dry_run import ask_dry_run, cancel_dry_run, latest_run, tally_of
from yoyaku.admin.service.rule_publishing import stale_told, staleness_of
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.dryrun import KINDS, Tally
from yoyaku.rulebook.dryrun.repository import Run
from yoyaku.ruleset.service import get_draft, tried_of

PAGE: Final = DRAFT + "/dry-run"
CLAUSES_SHOWN: Final = 50
WATCH_SECONDS: Final = 5


@get(PAGE)
async def show_run(
    here: NamedDependency[Here], request: Request[Any, Any, Any], draft_id: FromPath[UUID]
) -> Response[Any]:
    """The latest run of the draft: how far it is, or what it found."""
    if here.session is None:
        return here.page.go(f"/login?next={draft_path(draft_id, 'dry-run')}")
    at_desk(here, Permission.RULES)
    shown = await _page(here, draft_id)
    run = await latest_run(here.conn, draft_id=draft_id)
    if "watch" in request.query_params and run is not None and not run.is_over:
        shown.headers["refresh"] = str(WATCH_SECONDS)
    return shown


@post(PAGE + "/ask", status_code=303)
async def ask_run(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Ask for a run of the draft as it stands."""
    session = at_desk(here, Permission.EDIT_RULES)
    draft = await get_draft(here.conn, draft_id=draft_id)
    staff_id = session.staff_id
    if staff_id is None:
        raise LookupError("let pass without staff")
    try:
        run_id = await ask_dry_run(
            here.conn, tenant_id=here.visit.tenant_id, draft=draft, staff_id=staff_id, now=here.visit.now
        )
    except YoyakuError as refusal:
        return await _page(here, draft_id, refusal=here.words.sentence(refusal))
    facts = {"revision": draft.revision, "run": str(run_id)}
    await note_act(here.conn, visit=here.visit, act="rules_tried", subject=("rule_draft", str(draft_id)), facts=facts)
    return here.page.go(draft_path(draft_id, "dry-run"), flash="dry_run_asked")


@post(PAGE + "/cancel", status_code=303)
async def cancel_run(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Stop the run that is under way."""
    at_desk(here, Permission.EDIT_RULES)
    run = await latest_run(here.conn, draft_id=draft_id)
    if run is not None and not run.is_over:
        await cancel_dry_run(here.conn, run_id=run.run_id)
    return here.page.go(draft_path(draft_id, "dry-run"), flash="dry_run_stopping")


async def _page(here: Here, draft_id: UUID, *, refusal: str | None = None) -> Response[Any]:
    draft = await get_draft(here.conn, draft_id=draft_id)
    run = await latest_run(here.conn, draft_id=draft_id)
    tried = await tried_of(here.conn, draft=draft)
    stale = await staleness_of(here.conn, visit=here.visit, tried=tried)
    tally = None if run is None else tally_of(run)
    clauses = [] if tally is None else _clauses(here, tally)
    paths = {line.path for _, line in clauses}
    return here.page.show(
        "admin/dry_run/run.html",
        status=422 if refusal else 200,
        draft=draft,
        run=run,
        is_current=run is not None and run.revision == draft.revision,
        path=draft_path(draft_id, "dry-run"),
        draft_path=draft_path(draft_id),
        may_ask=may(here, Permission.EDIT_RULES) and not draft.is_over and (run is None or run.is_over),
        may_stop=may(here, Permission.EDIT_RULES) and _goes_on(run),
        kinds=[] if tally is None else [tally.kinds[kind] for kind in KINDS if kind in tally.kinds],
        clauses=clauses,
        links={} if run is None else await clause_links(here, draft, run, paths),
        tally=tally,
        looked=0 if tally is None else sum(tally.looked.values()),
        refusal=refusal,
        stale="" if tried is None or stale is None else here.words.sentence(stale_told(stale, tried)),
        crumbs=rules_crumbs(here, (draft.title, draft_path(draft_id)), (here.words.say("dry_run.title"), None)),
    )


def _goes_on(run: Run | None) -> bool:
    return run is not None and not run.is_over and not run.cancel_asked


def _clauses(here: Here, tally: Tally) -> list[tuple[str, Any]]:
    """The clauses that make differences, the one that concerns most people first."""
    ordered = sorted(tally.clauses.values(), key=lambda line: (-line.people, line.kind, line.path))
    return [(clause_words(here.words, line.path, line.reference), line) for line in ordered[:CLAUSES_SHOWN]]


ROUTES: Final = [show_run, ask_run, cancel_run]
