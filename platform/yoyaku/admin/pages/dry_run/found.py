"""What a dry run found, one by one: as a list with ways to the bookings, and as a file."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may
from yoyaku.admin.pages.dry_run.said import Names, Said, clause_links, names_of, say_finding
from yoyaku.admin.pages.rules.shown import DRAFT, draft_path, rules_crumbs
from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.dry_run import MOST_STORED, findings, latest_run, tally_of
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.spreadsheet import csv_file
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.dryrun import KINDS
from yoyaku.rulebook.dryrun.repository import Run, StoredFinding
from yoyaku.ruleset.service import get_draft

PAGE: Final = DRAFT + "/dry-run/findings"
AT_ONCE: Final = 100
COLUMNS: Final = (
    "kind", "subject", "number", "facility", "use_on", "was", "becomes", "change_yen", "breaks", "clause",
)  # fmt: skip


@get(PAGE)
async def show_findings(
    here: NamedDependency[Here], request: Request[Any, Any, Any], draft_id: FromPath[UUID]
) -> Response[Any]:
    """The findings of the latest run, of one kind or all, a hundred at a time."""
    at_desk(here, Permission.RULES)
    run = await _need_run(here, draft_id)
    asked = request.query_params
    kind = asked.get("kind") if asked.get("kind") in KINDS else None
    breaking = bool(asked.get("breaking"))
    after = read_number(asked.get("after")) or 0
    found = await findings(here.conn, run_id=run.run_id, kind=kind, breaking=breaking, page=(after, AT_ONCE + 1))
    draft, here_path = await get_draft(here.conn, draft_id=draft_id), draft_path(draft_id, "dry-run")
    paths = {str(one.becomes.get("path", "")) for one in found[:AT_ONCE]}
    return here.page.show(
        "admin/dry_run/found.html",
        run=run,
        tally=tally_of(run),
        rows=[(one, said, _facility(here, names, one)) for names, one, said in await _said(here, found[:AT_ONCE])],
        links=await clause_links(here, draft, run, paths),
        next_after=found[AT_ONCE].place if len(found) > AT_ONCE else None,
        is_first=after == 0,
        kind=kind,
        breaking=breaking,
        kinds=[one for one in KINDS if one in tally_of(run).kinds],
        may_open=may(here, Permission.BOOKINGS),
        may_see=may(here, Permission.PEOPLE),
        path=here_path,
        crumbs=rules_crumbs(
            here,
            (draft.title, draft_path(draft_id)),
            (here.words.say("dry_run.title"), here_path),
            (here.words.say("dry_run.findings"), None),
        ),
    )


@get(PAGE + ".csv")
async def send_findings(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """Everything that is kept of the latest run, without people's names; that it was taken is written down."""
    at_desk(here, Permission.RULES)
    run = await _need_run(here, draft_id)
    found = await findings(here.conn, run_id=run.run_id, page=(0, MOST_STORED))
    names = names_of(await here.rules())
    content = await asyncio.to_thread(_file, here, names, found)  # so many take seconds, in which others want answers
    await note_act(here.conn, visit=here.visit, act="dry_run_exported", subject=("rule_draft", str(draft_id)))
    headers = {"content-disposition": 'attachment; filename="dry-run.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv", headers=headers)


def _file(here: Here, names: Names, found: list[StoredFinding]) -> bytes:
    words = here.words
    rows = [
        (
            words.say(f"dry_run.kind.{one.kind}"),
            words.say(f"dry_run.subject.{one.subject_kind}"),
            one.number,
            _facility(here, names, one),
            "" if one.use_on is None else one.use_on.isoformat(),
            said.was,
            said.becomes,
            str(one.change_yen),
            words.say("dry_run.breaks") if one.breaks else "",
            said.clause,
        )
        for one in found
        for said in [say_finding(words, names, one)]
    ]
    return csv_file([words.say(f"dry_run.column.{name}") for name in COLUMNS], rows)


async def _need_run(here: Here, draft_id: UUID) -> Run:
    run = await latest_run(here.conn, draft_id=draft_id)
    if run is None:
        raise NotFound(what="dry_run")
    return run


async def _said(here: Here, found: list[StoredFinding]) -> list[tuple[Any, StoredFinding, Said]]:
    names = names_of(await here.rules())
    return [(names, one, say_finding(here.words, names, one)) for one in found]


def _facility(here: Here, names: Any, one: StoredFinding) -> str:  # noqa: ANN401  # see ``names_of``
    return here.words.text(names.facilities.get(one.facility_id or "", ""))


ROUTES: Final = [show_findings, send_findings]
