"""Doing a dry run: person by person, each piece in a transaction of its own together with how far it is.

Whoever is killed leaves the pieces that were done; the next goes on after them. Nothing of what is looked at is changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.dry_run import MOST_STORED, get_run, tally_of
from yoyaku.booking.policy import HeldBooking
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.submit import LONGEST_COUNTED
from yoyaku.db.engine import encode_json
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.ids import Key
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.draft import read_draft
from yoyaku.rulebook.dryrun import (
    Comparison,
    EntrySubject,
    Finding,
    RegistrationSubject,
    Subject,
    WideCount,
    compare_registration,
    wide_limits,
)
from yoyaku.rulebook.dryrun import repository as stored
from yoyaku.rulebook.dryrun.repository import Run
from yoyaku.rulebook.dryrun.repository.past import read_past
from yoyaku.rulebook.dryrun.repository.registered import count_registered, read_registered
from yoyaku.rulebook.dryrun.rows import read_entry, read_registration, read_subject
from yoyaku.rulebook.dryrun.values import Head
from yoyaku.rulebook.provider import StoredInventory
from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset.policy import Days, NoRuleSetInForce, choose_version
from yoyaku.ruleset.service import document_of, inventory_of, latest_inventory_version
from yoyaku.ruleset.service import versions as versions_of

PEOPLE_AT_ONCE: Final = 200
PEOPLE_COUNTED_AT_ONCE: Final = 1000
NOBODY: Final = UUID(int=0)
LONGEST_TURN_SECONDS: Final = 120.0
"""Then the worker turns to other work; the run goes on at its next turn."""

Looked = Subject | EntrySubject | RegistrationSubject
Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class DraftGone(YoyakuError):
    """The draft cannot be read any more; it was checked when the run was asked for."""

    status = 500
    code = "draft_unreadable"
    title = "The draft cannot be read."


@dataclass(kw_only=True)
class DryRun:
    """One turn at a run: which service's, by which transactions; versions and comparisons are kept while it lasts."""

    tenant_id: str
    service_id: str
    run_id: UUID
    transaction: Transaction
    longest_seconds: float = LONGEST_TURN_SECONDS
    _draft: RuleSet | None = None
    _of_today: tuple[ServiceRules, ServiceRules] | None = None
    _too_many: Mapping[Hashable, Finding] = field(default_factory=dict)
    _compared: dict[tuple[int, int], Comparison] = field(default_factory=dict)

    async def go_on(self) -> bool:
        """Do as much as fits into one turn; whether the run is over. One worker at a time is at it."""
        async with self.transaction() as guard:
            if not await stored.hold_alone(guard, run_id=self.run_id):
                return False
            ends = time.monotonic() + self.longest_seconds
            while time.monotonic() < ends:
                if await self.do_piece():
                    return True
        return False

    async def do_piece(self) -> bool:
        """Look at the next people and keep what is found, all in one transaction; whether the run is over."""
        async with self.transaction() as conn:
            run = await get_run(conn, run_id=self.run_id)
            if run.is_over:
                return True
            if run.cancel_asked:
                await stored.forget_findings(conn, run_id=self.run_id)
                return await stored.finish_run(conn, run_id=self.run_id, state="cancelled")
            if run.state == "waiting":
                await self._prepare(conn, run, set())
                total = await stored.count_subjects(conn, as_of=run.as_of)
                total += await count_registered(conn) if self._of_today else 0
                if not await stored.start_run(conn, run_id=self.run_id, total=total):
                    return True
            after = run.reached or NOBODY
            people = await stored.read_people(conn, after=after, at_most=PEOPLE_AT_ONCE)
            if not people:
                return await stored.finish_run(conn, run_id=self.run_id, state="done")
            await self._look(conn, run, after=after, upto=people[-1])
            return False

    async def fail(self, error: str) -> None:
        """End the run as failed, whatever it found so far."""
        async with self.transaction() as conn:
            await stored.finish_run(conn, run_id=self.run_id, state="failed", error=error)

    async def _look(self, conn: AsyncConnection, run: Run, *, after: UUID, upto: UUID) -> None:
        bookings = await stored.read_bookings(conn, after=after, upto=upto, as_of=run.as_of)
        entries = await stored.read_entries(conn, after=after, upto=upto)
        since = run.as_of.date() - LONGEST_COUNTED
        past = await read_past(conn, after=after, upto=upto, as_of=run.as_of, since=since)
        subjects: list[Looked] = [read_subject(told, as_of=run.as_of) for told in bookings]
        subjects += [read_entry(told) for told in entries]
        await self._prepare(conn, run, {subject.head.versions for subject in subjects})
        if self._of_today is not None:
            registered = await read_registered(conn, after=after, upto=upto)
            versions = self._of_today[0].version, self._of_today[0].inventory_version
            subjects += [read_registration(told, versions=versions) for told in registered]
        by_person: dict[Key, list[Looked]] = {}
        for subject in subjects:
            by_person.setdefault(subject.head.registrant_id, []).append(subject)
        tally = tally_of(run)
        rows: list[dict[str, Any]] = []
        for person, mine in by_person.items():
            found = self._findings(mine, past.get(UUID(str(person)), ()), run.as_of)
            tally.add_person([(one.head.kind, self._falls(one), findings) for one, findings in found])
            for one, findings in found:
                room = MOST_STORED - tally.stored
                kept = [_row(one.head, finding, tally.stored + place) for place, finding in enumerate(findings[:room])]
                tally.stored += len(kept)
                rows += kept
        await stored.add_findings(conn, run_id=run.run_id, rows=rows)
        told = encode_json(tally)
        await stored.advance_run(
            conn, run_id=run.run_id, looked=len(subjects), reached=upto, tally=told, broken=tally.broken
        )

    def _findings(
        self, subjects: Sequence[Looked], past: Sequence[HeldBooking], as_of: datetime
    ) -> list[tuple[Looked, list[Finding]]]:
        """What is found about everything of one person; limits count what was made before, what is over by now, too."""
        held: list[HeldBooking] = []
        entered: dict[tuple[str, date], list[EntrySubject]] = {}
        found: list[tuple[Looked, list[Finding]]] = []
        for one in subjects:
            if isinstance(one, RegistrationSubject):
                found.append((one, self._registration_findings(one, as_of)))
                continue
            comparison = self._compared[one.head.versions]
            if isinstance(one, EntrySubject):
                mine = entered.setdefault((one.scheme, one.month.starts), [])
                found.append((one, comparison.entry_findings(one, mine)))
                mine.append(one)
            else:
                before = [other for other in past if other.made_at <= one.booked.made_at]
                told = comparison.findings(one, [*before, *held])
                wide = self._too_many.get(one.booked.booking_id)
                refused = any(finding.kind == "validity" for finding in told)
                found.append((one, told if wide is None or refused else [*told, wide]))
                held.append(one.held)
        return found

    def _registration_findings(self, subject: RegistrationSubject, as_of: datetime) -> list[Finding]:
        if self._of_today is None:
            return []
        old, new = self._of_today
        return compare_registration(old, new, subject, today=old.civil_date(as_of))

    def _falls(self, subject: Looked) -> bool:
        """Whether it would fall under the draft by its own ``applies``, if it were made anew."""
        draft = self._draft
        if draft is None:
            return False
        compared = None if isinstance(subject, RegistrationSubject) else self._compared[subject.head.versions].old
        rules = compared or (self._of_today or (None,))[0]
        if rules is None:
            return False
        day = subject.days(rules.civil_date).by(draft.applies.by)
        return draft.applies.since <= day.isoformat()

    async def _prepare(self, conn: AsyncConnection, run: Run, versions: set[tuple[int, int]]) -> None:
        """The draft beside each pair of versions that something keeps, over the facilities of that time."""
        if self._draft is None:
            self._draft = await self._read_draft(conn, run)
            await self._beside_today(conn, run, self._draft)
        for version, inventory_version in sorted(versions - self._compared.keys()):
            document = await document_of(conn, tenant_id=self.tenant_id, service_id=self.service_id, version=version)
            facilities = await self._facilities(conn, inventory_version)
            old = _compiled(msgspec.json.decode(document, type=RuleSet), facilities)
            new = _compiled(self._draft, facilities)
            self._compared[version, inventory_version] = Comparison(old, new, now=run.as_of)

    async def _beside_today(self, conn: AsyncConnection, run: Run, draft: RuleSet) -> None:
        """What is compared with the version in force now: registrations, and limits of everybody together."""
        here = {"tenant_id": self.tenant_id, "service_id": self.service_id}
        inventory_version = await latest_inventory_version(conn, tenant_id=self.tenant_id)
        facilities = await self._facilities(conn, inventory_version)
        new = _compiled(draft, facilities)
        today = new.civil_date(run.as_of)
        try:
            head = choose_version(await versions_of(conn, **here), Days(made_on=today, used_on=today))
        except NoRuleSetInForce:
            return
        document = msgspec.json.decode(await document_of(conn, **here, version=head.version), type=RuleSet)
        old = compile_rules(document, facilities, version=head.version, inventory_version=inventory_version)
        if document.registration != draft.registration:
            self._of_today = old, new
        if limits := wide_limits(old, new):
            count = WideCount(rules=new, limits=limits)
            await self._count_all(conn, run, count)
            self._too_many = count.too_many()

    async def _count_all(self, conn: AsyncConnection, run: Run, count: WideCount) -> None:
        after = NOBODY
        while people := await stored.read_people(conn, after=after, at_most=PEOPLE_COUNTED_AT_ONCE):
            told = await stored.read_bookings(conn, after=after, upto=people[-1], as_of=run.as_of)
            count.add(read_subject(one, as_of=run.as_of) for one in told)
            after = people[-1]

    async def _read_draft(self, conn: AsyncConnection, run: Run) -> RuleSet:
        texts = await stored.read_texts(conn, draft_id=run.draft_id, revision=run.revision)
        rule_set = read_draft(texts, [], name=str(run.draft_id)).rule_set
        if rule_set is None:
            raise DraftGone(draft=str(run.draft_id))
        return rule_set

    async def _facilities(self, conn: AsyncConnection, version: int) -> list[Facility]:
        stored_inventory = await inventory_of(conn, tenant_id=self.tenant_id, version=version)
        return msgspec.json.decode(stored_inventory, type=StoredInventory).facilities


def _compiled(rule_set: RuleSet, facilities: list[Facility]) -> ServiceRules:
    return compile_rules(rule_set, facilities)


def _row(head: Head, finding: Finding, place: int) -> dict[str, Any]:
    return {
        "place": place,
        "kind": finding.kind,
        "subject_kind": head.kind,
        "subject_id": head.subject_id,
        "number": head.number,
        "registrant_id": head.registrant_id,
        "facility_id": head.facility_id or None,
        "use_on": None if head.kind == "registration" else head.use_on,
        "was": finding.was,
        "becomes": {**finding.becomes, "path": finding.path, "reference": finding.reference},
        "change_yen": finding.change_yen,
        "breaks": finding.breaks,
    }
