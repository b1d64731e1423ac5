"""Dry runs of drafts that were asked for, in turns."""

from __future__ import annotations

from typing import Final

import structlog

from yoyaku.admin.service.dry_running import LONGEST_TURN_SECONDS, DryRun
from yoyaku.db.engine import Busy, platform_transaction, tenant_transaction
from yoyaku.rulebook.dryrun.repository import DueRun, due_runs
from yoyaku.worker.jobs import kept
from yoyaku.worker.runtime import Runtime

AT_ONCE: Final = 5

log = structlog.get_logger(__name__)


async def do_dry_runs(runtime: Runtime) -> int:
    """Go on with every run that waits or that a killed worker left; how many came to their end."""
    async with platform_transaction(runtime.engine) as conn:
        due = await due_runs(conn, at_most=AT_ONCE)
    return sum([await _go_on(runtime, one, seconds=LONGEST_TURN_SECONDS / len(due)) for one in due])


async def _go_on(runtime: Runtime, one: DueRun, *, seconds: float) -> bool:
    run = DryRun(
        tenant_id=one.tenant_id,
        service_id=one.service_id,
        run_id=one.id,
        transaction=lambda: tenant_transaction(runtime.engine, one.tenant_id, one.service_id),
        longest_seconds=seconds,
    )
    try:
        return await run.go_on()
    except Busy:
        log.info("dry_run_waits", id=str(one.id))
        return False
    except Exception as error:
        log.exception("dry_run_failed", id=str(one.id), tenant=one.tenant_id, service=one.service_id)
        await run.fail(kept(error))
        return True
