"""Dry runs as rows, and everything of a service that one looks at, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import encode_json

RunState = Literal["waiting", "running", "done", "cancelled", "failed"]
Page = tuple[int, int]
"""From which place on, and how many."""

OPEN: Final = """
    (b.state IN ('tentative', 'confirmed') AND b.ends_at > :as_of
     OR b.state IN ('tentative', 'confirmed', 'used') AND c.charge_id IS NOT NULL)
"""
CHARGE: Final = """
    LEFT JOIN charge c ON (c.tenant_id, c.service_id, c.charge_id) = (b.tenant_id, b.service_id, b.booking_id)
        AND c.state = 'open'
"""
_STANDING = """
    lottery_entry e JOIN lottery l USING (tenant_id, service_id, lottery_id)
    JOIN lottery_applicant a USING (tenant_id, service_id, applicant_id)
    LEFT JOIN lottery_win w ON (w.tenant_id, w.service_id, w.entry_id) = (e.tenant_id, e.service_id, e.entry_id)
    WHERE e.rank IS NOT NULL AND (l.state IN ('open', 'sealed', 'drawn') OR w.state = 'won')
"""
_ADD = text("""
    INSERT INTO dry_run (tenant_id, service_id, run_id, draft_id, revision, state, asked_at, asked_by, as_of,
                         newest_version, inventory_version)
    VALUES (current_setting('app.tenant_id'), current_setting('app.service_id'), :run_id, :draft_id, :revision,
            'waiting', clock_timestamp(), :asked_by, :as_of,
            (SELECT max(version) FROM rule_set_version
             WHERE (tenant_id, service_id) = (current_setting('app.tenant_id'), current_setting('app.service_id'))),
            (SELECT max(version) FROM inventory_version WHERE tenant_id = current_setting('app.tenant_id')))
    ON CONFLICT DO NOTHING RETURNING run_id
""")
_RUN = """
    SELECT r.run_id, r.draft_id, r.revision, r.state, r.asked_at, r.started_at, r.finished_at, r.total, r.done,
           r.cancel_asked, r.broken, r.tally, r.error, r.as_of, r.reached, s.name AS asked_by_name
    FROM dry_run r JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (r.tenant_id, r.service_id, r.asked_by)
"""
_ONE = text(f"{_RUN} WHERE r.run_id = :run_id")
_LATEST = text(f"{_RUN} WHERE r.draft_id = :draft_id ORDER BY r.asked_at DESC, r.run_id LIMIT 1")
_FILES = text("SELECT files FROM rule_draft_save WHERE draft_id = :draft_id AND revision = :revision")
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('dry run ' || CAST(:run_id AS text), 0))")
_COUNT = text(f"""
    SELECT (SELECT count(*) FROM booking b {CHARGE} WHERE {OPEN}) + (SELECT count(*) FROM {_STANDING})
""")  # noqa: S608  # constants of this module
_START = text("""
    UPDATE dry_run SET state = 'running', started_at = clock_timestamp(), total = :total
    WHERE run_id = :run_id AND state = 'waiting'
""")
_ADVANCE = text("""
    UPDATE dry_run SET done = done + :looked, reached = :reached, tally = CAST(:tally AS jsonb), broken = :broken,
        total = greatest(total, done + :looked)
    WHERE run_id = :run_id AND state = 'running'
""")
_FINISH = text("""
    UPDATE dry_run SET state = :state, finished_at = clock_timestamp(), error = :error, summary = tally
    WHERE run_id = :run_id AND state IN ('waiting', 'running')
""")
_CANCEL = text("""
    UPDATE dry_run SET cancel_asked = true, state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
        finished_at = CASE state WHEN 'waiting' THEN clock_timestamp() END
    WHERE run_id = :run_id AND state IN ('waiting', 'running')
""")
_PEOPLE = text("""
    SELECT registrant_id FROM registrant WHERE registrant_id > :after ORDER BY registrant_id LIMIT :at_most
""")
# One column of JSON: so many columns cost the driver more than all rules together.
_BOOKINGS = text(f"""
    SELECT json_build_object(
        'booking_id', b.booking_id, 'application_id', b.application_id, 'number', b.number,
        'registrant_id', b.registrant_id, 'facility_id', b.facility_id, 'space_id', b.space_id, 'use_on', b.use_on,
        'starts_at', b.starts_at, 'ends_at', b.ends_at, 'nights', b.nights, 'surfaces', b.surfaces, 'unit', b.unit,
        'bands', b.bands, 'activity', b.activity, 'guests', b.guests, 'preferences', b.preferences,
        'equipment', b.equipment, 'lent', b.lent, 'unused', b.unused, 'form', b.form, 'state', b.state,
        'channel', b.channel, 'made_at', b.made_at,
        'lapses_at', b.lapses_at, 'confirmed_at', b.confirmed_at, 'total_yen', b.total_yen, 'paid_yen', b.paid_yen,
        'paid_by', b.paid_by, 'person', b.facts -> 'person', 'registered_at', b.facts -> 'registered_at',
        'rule_set_version', b.rule_set_version, 'inventory_version', b.inventory_version, 'entry_id', b.entry_id,
        'anchors', b.anchors, 'relief', f.code, 'unpaid', c.charge_id IS NOT NULL, 'time_zone', t.time_zone)::text
    FROM booking b JOIN tenant t USING (tenant_id) {CHARGE}
    LEFT JOIN relief_application f ON (f.tenant_id, f.service_id, f.booking_id, f.state)
        = (b.tenant_id, b.service_id, b.booking_id, 'approved')
    WHERE b.registrant_id > :after AND b.registrant_id <= :upto AND {OPEN}
    ORDER BY b.registrant_id, b.made_at, b.booking_id
""")  # noqa: S608
_ENTRIES = text(f"""
    SELECT json_build_object(
        'entry_id', e.entry_id, 'receipt', a.receipt, 'registrant_id', a.registrant_id, 'scheme', l.scheme,
        'period_starts', l.period_starts, 'period_ends', l.period_ends, 'opens_at', l.opens_at,
        'closes_at', l.closes_at, 'draws_at', l.draws_at, 'announces_at', l.announces_at,
        'releases_at', l.releases_at, 'requests', e.requests, 'form', e.form, 'channel', e.channel,
        'entered_at', e.entered_at, 'person', a.facts, 'rule_set_version', l.rule_set_version,
        'inventory_version', l.inventory_version,
        'won', w.state = 'won' AND l.state IN ('announced', 'released'))::text
    FROM {_STANDING} AND a.registrant_id > :after AND a.registrant_id <= :upto
    ORDER BY a.registrant_id, e.entered_at, e.entry_id
""")  # noqa: S608
_ADD_FINDINGS = text("""
    INSERT INTO dry_run_finding (tenant_id, service_id, run_id, place, kind, subject_kind, subject_id, number,
                                 registrant_id, facility_id, use_on, was, becomes, change_yen, breaks)
    SELECT current_setting('app.tenant_id'), current_setting('app.service_id'), :run_id, f.place, f.kind,
           f.subject_kind, f.subject_id, f.number, f.registrant_id, f.facility_id, f.use_on, f.was, f.becomes,
           f.change_yen, f.breaks
    FROM jsonb_populate_recordset(NULL::dry_run_finding, CAST(:findings AS jsonb)) AS f
""")
_FORGET = text("DELETE FROM dry_run_finding WHERE run_id = :run_id")
_FINDINGS = text("""
    SELECT place, kind, subject_kind, subject_id, number, facility_id, use_on, was, becomes, change_yen, breaks
    FROM dry_run_finding
    WHERE run_id = :run_id AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND place >= :after
      AND (CAST(:path AS text) IS NULL OR becomes ->> 'path' = :path) AND (NOT :breaking OR breaks)
    ORDER BY place LIMIT :at_most
""")
_ONLY_READ: Final = text("SET TRANSACTION READ ONLY")
_DUE: Final = text("SELECT tenant_id, service_id, id FROM due_dry_runs(:at_most)")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A dry run: how far it is, and what it found so far (``tally``, as JSON tells it)."""

    run_id: UUID
    draft_id: UUID
    revision: int
    state: RunState
    asked_at: datetime
    asked_by_name: str
    started_at: datetime | None
    finished_at: datetime | None
    total: int
    done: int
    cancel_asked: bool
    broken: int
    tally: Mapping[str, Any]
    error: str | None
    as_of: datetime
    reached: UUID | None

    @property
    def is_over(self) -> bool:
        """Whether it ended, in whatever way."""
        return self.state in {"done", "cancelled", "failed"}


@dataclass(frozen=True, kw_only=True)
class StoredFinding:
    """A finding as it is kept; ``becomes`` holds ``path`` and ``reference`` of the clause."""

    place: int
    kind: str
    subject_kind: str
    subject_id: UUID
    number: str
    facility_id: str | None
    use_on: date | None
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]
    change_yen: int
    breaks: bool


@dataclass(frozen=True, kw_only=True)
class DueRun:
    """Where a dry run waits for a worker."""

    tenant_id: str
    service_id: str
    id: UUID


async def add_run(
    conn: AsyncConnection, *, run_id: UUID, draft: tuple[UUID, int], asked_by: UUID, as_of: datetime
) -> bool:
    """Ask for a run of a draft (its id and revision); false where one is under way already."""
    values = {"run_id": run_id, "draft_id": draft[0], "revision": draft[1], "asked_by": asked_by, "as_of": as_of}
    return (await conn.execute(_ADD, values)).first() is not None


async def read_run(conn: AsyncConnection, *, run_id: UUID) -> Run | None:
    """One run."""
    return _run((await conn.execute(_ONE, {"run_id": run_id})).mappings().first())


async def read_latest(conn: AsyncConnection, *, draft_id: UUID) -> Run | None:
    """The latest run of a draft, of whichever revision."""
    return _run((await conn.execute(_LATEST, {"draft_id": draft_id})).mappings().first())


def _run(row: Any) -> Run | None:  # noqa: ANN401  # a row, or none
    if row is None:
        return None
    return Run(**{**row, "as_of": row["as_of"].astimezone(UTC)})


async def read_texts(conn: AsyncConnection, *, draft_id: UUID, revision: int) -> Mapping[str, str]:
    """The texts of a draft as they stood at a save."""
    found: Mapping[str, str] = (await conn.execute(_FILES, {"draft_id": draft_id, "revision": revision})).scalar_one()
    return found


async def hold_alone(conn: AsyncConnection, *, run_id: UUID) -> bool:
    """Whether this transaction is the only one at that run, until it ends (by whatever)."""
    alone: bool = (await conn.execute(_ALONE, {"run_id": run_id})).scalar_one()
    return alone


async def count_subjects(conn: AsyncConnection, *, as_of: datetime) -> int:
    """How much there is to look at: open bookings, unpaid charges, entries that stand."""
    counted: int = (await conn.execute(_COUNT, {"as_of": as_of})).scalar_one()
    return counted


async def start_run(conn: AsyncConnection, *, run_id: UUID, total: int) -> bool:
    """A run begins; false where it was cancelled meanwhile."""
    return (await conn.execute(_START, {"run_id": run_id, "total": total})).rowcount > 0


async def advance_run(
    conn: AsyncConnection, *, run_id: UUID, looked: int, reached: UUID, tally: str, broken: int
) -> None:
    """So many more were looked at, everybody up to that registrant."""
    values = {"run_id": run_id, "looked": looked, "reached": reached, "tally": tally, "broken": broken}
    await conn.execute(_ADVANCE, values)


async def finish_run(conn: AsyncConnection, *, run_id: UUID, state: RunState, error: str | None = None) -> bool:
    """A run is over; false where it was already."""
    return (await conn.execute(_FINISH, {"run_id": run_id, "state": state, "error": error})).rowcount > 0


async def ask_to_cancel(conn: AsyncConnection, *, run_id: UUID) -> None:
    """A run that waits is over at once; of one that goes on the worker stops at the next piece."""
    await conn.execute(_CANCEL, {"run_id": run_id})


async def read_people(conn: AsyncConnection, *, after: UUID, at_most: int) -> Sequence[UUID]:
    """The next registrants by id."""
    return (await conn.execute(_PEOPLE, {"after": after, "at_most": at_most})).scalars().all()


async def read_bookings(conn: AsyncConnection, *, after: UUID, upto: UUID, as_of: datetime) -> Sequence[str]:
    """Everything open of these registrants, as JSON, person by person in the order in which it was made."""
    values = {"after": after, "upto": upto, "as_of": as_of}
    return (await conn.execute(_BOOKINGS, values)).scalars().all()


async def read_entries(conn: AsyncConnection, *, after: UUID, upto: UUID) -> Sequence[str]:
    """Their entries that stand, and wins that wait, as JSON."""
    return (await conn.execute(_ENTRIES, {"after": after, "upto": upto})).scalars().all()


async def add_findings(conn: AsyncConnection, *, run_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep findings, all in one statement."""
    if rows:
        await conn.execute(_ADD_FINDINGS, {"run_id": run_id, "findings": encode_json(rows)})


async def forget_findings(conn: AsyncConnection, *, run_id: UUID) -> None:
    """Remove what a run found."""
    await conn.execute(_FORGET, {"run_id": run_id})


async def read_findings(
    conn: AsyncConnection,
    *,
    run_id: UUID,
    kind: str | None = None,
    path: str | None = None,
    breaking: bool = False,
    page: Page,
) -> list[StoredFinding]:
    """Findings in the order in which they were found, by kind, by clause, or only those that break something."""
    values = {"run_id": run_id, "kind": kind, "path": path, "breaking": breaking}
    rows = await conn.execute(_FINDINGS, {**values, "after": page[0], "at_most": page[1]})
    return [StoredFinding(**row) for row in rows.mappings()]


async def due_runs(conn: AsyncConnection, *, at_most: int) -> list[DueRun]:
    """The runs that wait for a worker, over all tenants."""
    rows = await conn.execute(_DUE, {"at_most": at_most})
    return [DueRun(**row) for row in rows.mappings()]


async def only_read(conn: AsyncConnection) -> None:
    """From here to the end of the transaction nothing can be written: the database sees to it."""
    await conn.execute(_ONLY_READ)
