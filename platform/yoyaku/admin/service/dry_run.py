"""Asking what a draft would do to the city's own data, stopping that, and reading what was found."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.kernel.ids import new_id
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.dryrun import Tally
from yoyaku.rulebook.dryrun import repository as stored
from yoyaku.rulebook.dryrun.repository import Page, Run, StoredFinding
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.ruleset.policy import Draft

MOST_STORED: Final = 100_000
"""Findings that are kept of one run; the summary counts them all."""


class DraftNotTryable(YoyakuError):
    """The draft has faults (``faults``: how many) with which nothing can be decided."""

    status = 422
    code = "draft_not_tryable"
    title = "The draft has faults. Please mend them first."


async def ask_dry_run(conn: AsyncConnection, *, tenant_id: str, draft: Draft, staff_id: UUID, now: datetime) -> UUID:
    """Ask for a dry run of a draft as it was last saved; where one is under way, that one.

    ``now`` is the business time for which everything is looked at.

    Raises:
        DraftNotTryable: it has faults.
    """
    draft_id = UUID(str(draft.draft_id))
    facilities = await stored_facilities(conn, tenant_id=tenant_id)
    checked = await asyncio.to_thread(check_draft, draft.files, facilities, name=draft.title, with_examples=False)
    if checked.errors:
        raise DraftNotTryable(faults=len(checked.errors))
    run_id = new_id()
    if await stored.add_run(conn, run_id=run_id, draft=(draft_id, draft.revision), asked_by=staff_id, as_of=now):
        return run_id
    under_way = await stored.read_latest(conn, draft_id=draft_id)
    if under_way is None:
        raise LookupError("a run is under way and is not there")
    return under_way.run_id


async def cancel_dry_run(conn: AsyncConnection, *, run_id: UUID) -> None:
    """Stop a run: at once where it waits, else the worker does at the next piece."""
    await stored.ask_to_cancel(conn, run_id=run_id)


async def get_run(conn: AsyncConnection, *, run_id: UUID) -> Run:
    """One run.

    Raises:
        NotFound: there is none.
    """
    run = await stored.read_run(conn, run_id=run_id)
    if run is None:
        raise NotFound(what="dry_run")
    return run


async def latest_run(conn: AsyncConnection, *, draft_id: UUID) -> Run | None:
    """The latest run of a draft; its ``revision`` says of which save."""
    return await stored.read_latest(conn, draft_id=draft_id)


def tally_of(run: Run) -> Tally:
    """What a run found, counted."""
    return msgspec.convert(run.tally, Tally)


async def findings(
    conn: AsyncConnection,
    *,
    run_id: UUID,
    kind: str | None = None,
    path: str | None = None,
    breaking: bool = False,
    page: Page = (0, 100),
) -> list[StoredFinding]:
    """What a run found, in order: by kind, by clause, or only what it would break; from a place on, so many."""
    return await stored.read_findings(conn, run_id=run_id, kind=kind, path=path, breaking=breaking, page=page)
