"""``dryrun``: a hundred thousand open bookings of a real city, decided once by the version they keep and once by a draft.

Three drafts: one like its base, one with another tier of refunds, and one in which every price, a tier and the ground of all
decisions differ, so that nothing can be passed over. Beside them, in the same run and on the same machine: reading the rows
and nothing else.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
import psycopg

from bench.rush import SCENE
from bench.town import ROOT, database, prepare
from yoyaku.admin.service.dry_run import get_run, tally_of
from yoyaku.admin.service.dry_running import NOBODY, PEOPLE_AT_ONCE, DryRun
from yoyaku.booking.policy import BookingRequest, Person, decide_booking, window_for
from yoyaku.booking.repository.rows import new_row
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json, make_engine, tenant_transaction
from yoyaku.facility.policy import PlacedSpace, Slot, offered_slots, time_of_day
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.ids import new_id
from yoyaku.rulebook.book import read_book, read_rules
from yoyaku.rulebook.dryrun import repository as stored
from yoyaku.rulebook.dryrun.rows import read_subject
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.writing import write_rules
from yoyaku.ruleset.service import begin_draft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from yoyaku.booking.rules import ServiceRules
    from yoyaku.testing.stack.databases import Database

FOLDER: Final = ROOT / "rulesets" / f"{SCENE.tenant}-{SCENE.service}"
NOW: Final = datetime(2027, 1, 31, 3, 0, tzinfo=UTC)
FIRST_DAY, DAYS = date(2027, 2, 5), 24
A_PERSON: Final = 10
"""Bookings of one person."""
LONGEST_SECONDS: Final = 60.0
MOST_TIMES_THE_ROWS: Final = 15.0
AT_ONCE: Final = 5000

_STAFF = (
    "INSERT INTO staff (tenant_id, service_id, staff_id, name, roles) VALUES (%s, %s, %s, 'bench', '{tenant_admin}')"
)
_APPLICATION = """
    INSERT INTO application (tenant_id, service_id, application_id, registrant_id, channel, made_at, form, accepted_terms)
    SELECT %s, %s, gen_random_uuid(), registrant_id, 'web', now(), '{}', '{}' FROM registrant
    WHERE tenant_id = %s AND service_id = %s ORDER BY registrant_id RETURNING application_id, registrant_id
"""
_BOOKINGS = "INSERT INTO booking SELECT * FROM jsonb_populate_recordset(NULL::booking, %s::jsonb)"
_CHARGES = """
    INSERT INTO charge (tenant_id, service_id, charge_id, number, registrant_id, payee, raised_at, fiscal_year, owed_yen)
    SELECT tenant_id, service_id, booking_id, number, registrant_id, payee, made_at, 2026, total_yen FROM booking
    WHERE total_yen > 0
"""
_DEFAULTS = {"kept_tax": "out_of_scope", "payee": "city"}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One draft: seconds by the clock and of this process, what was looked at, what was found."""

    name: str
    seconds: float
    busy: float
    looked: int
    findings: int
    broken: int


def run(bookings: int) -> int:
    """Make the bookings, run the three drafts, print; 0 when the bounds hold."""
    with database() as place:
        prepare(place, SCENE, people=max(bookings // A_PERSON, 1))
        _write(place, bookings)
        return asyncio.run(_measure(place))


def _rules() -> ServiceRules:
    return replace(read_rules(FOLDER, tenants=ROOT / "tenants"), version=1, inventory_version=1)


def _write(place: Database, bookings: int) -> None:
    """The bookings as the platform would have written them, but for triggers: only how they are read is measured."""
    rules = _rules()
    url = place.superuser_url.replace("+psycopg", "")
    here = (SCENE.tenant, SCENE.service)
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        people = connection.execute(_APPLICATION, here * 2).fetchall()
        rows = itertools.islice(_rows(rules, people), bookings)
        while batch := list(itertools.islice(rows, AT_ONCE)):
            connection.execute(_BOOKINGS, [encode_json(batch)])
        connection.execute(_CHARGES)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE booking, charge, application")


def _rows(rules: ServiceRules, people: list[tuple[UUID, UUID]]) -> Iterator[Mapping[str, Any]]:
    """Bookings of slots that the rules offer, each made while its window was open; slots come again when all are taken."""
    chance = random.Random(2027)
    facts = {"user_class": SCENE.user_class, "account_kind": "individual", "registration": SCENE.stage}
    person = Person(facts={**facts, "mail_verified": True}, registered_at=NOW - timedelta(days=400))
    wishes = list(_wishes(rules, person))
    owners = itertools.cycle(people)
    for number in itertools.count():
        request, opens_at = wishes[number % len(wishes)]
        made_at = opens_at + timedelta(seconds=chance.randrange(14 * 86_400))
        application_id, registrant_id = next(owners)
        try:
            plan = decide_booking(
                rules, request=request, person=person, channel="web", actor="resident", held=(),
                now=min(made_at, NOW), check_form=False,
            )  # fmt: skip
        except YoyakuError:
            continue
        visit = _visit(min(made_at, NOW), person, registrant_id)
        row = new_row(
            plan, visit=visit, booking_id=new_id(), application_id=application_id, number=f"B{number}", versions=(1, 1)
        )
        yield {**_DEFAULTS, **row, "arose": "first_come", "bans_same_slot": False}


def _wishes(rules: ServiceRules, person: Person) -> Iterator[tuple[BookingRequest, datetime]]:
    """Every slot of the weeks ahead whose window has opened, and when it did."""
    days = [FIRST_DAY + timedelta(days=offset) for offset in range(DAYS)]
    lent = [one for one in rules.inventory.spaces.values() if one.facility.bookable and one.space.online]
    for placed, day in itertools.product(lent, days):
        try:
            slots = offered_slots(rules, placed.space_id, day, NOW)
            window = window_for(rules, space_id=placed.space_id, use_on=day, person=person, channel="web", now=NOW)
        except YoyakuError:
            continue
        if window.opens_at is not None and window.opens_at <= NOW:
            for slot in slots:
                yield _request(placed, day, slot), window.opens_at


def _request(placed: PlacedSpace, day: date, slot: Slot) -> BookingRequest:
    unit = 1 if placed.space.choose_unit else None
    request = BookingRequest(facility=placed.facility.code, space=placed.space.code, use_on=day, unit=unit)
    if slot.code is not None:
        return replace(request, bands=(slot.code,))
    return replace(request, starts=time_of_day(slot.starts_minute), ends=time_of_day(slot.ends_minute))


def _visit(now: datetime, person: Person, registrant_id: UUID) -> Visit:
    return Visit(
        tenant_id=SCENE.tenant,
        service_id=SCENE.service,
        now=now,
        real_now=now,
        channel="web",
        actor="resident",
        registrant_id=registrant_id,
        person=person,
    )


async def _measure(place: Database) -> int:
    engine = make_engine(place.url, pool_size=3)
    staff_id = new_id()
    with psycopg.connect(place.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(_STAFF, [SCENE.tenant, SCENE.service, staff_id])
    try:
        reading, rows = await _read(engine)
        drafts = {"like its base": _same, "one tier": _tier, "everything": _everything}
        found = [await _try(engine, name, change, staff_id) for name, change in drafts.items()]
    finally:
        await engine.dispose()
    return report(rows, reading, found)


async def _read(engine: AsyncEngine) -> tuple[float, int]:
    """Every row read and decoded in the same pieces, and nothing decided."""
    began, rows, after = time.perf_counter(), 0, NOBODY
    while True:
        async with tenant_transaction(engine, SCENE.tenant, SCENE.service) as conn:
            people = await stored.read_people(conn, after=after, at_most=PEOPLE_AT_ONCE)
            if not people:
                return time.perf_counter() - began, rows
            told = await stored.read_bookings(conn, after=after, upto=people[-1], as_of=NOW)
            rows += len([read_subject(one, as_of=NOW) for one in told])
            after = people[-1]


async def _try(engine: AsyncEngine, name: str, change: Callable[[dict[str, Any]], None], staff_id: UUID) -> Figures:
    texts = _texts(change)
    async with tenant_transaction(engine, SCENE.tenant, SCENE.service) as conn:
        draft = await begin_draft(
            conn, tenant_id=SCENE.tenant, service_id=SCENE.service, title=name, based_on=1, files=texts,
            staff_id=staff_id, now=NOW,
        )  # fmt: skip
        run_id = new_id()
        values = {"draft": (UUID(str(draft.draft_id)), 1), "asked_by": staff_id, "as_of": NOW}
        await stored.add_run(conn, run_id=run_id, **values)
    run = DryRun(
        tenant_id=SCENE.tenant,
        service_id=SCENE.service,
        run_id=run_id,
        transaction=lambda: tenant_transaction(engine, SCENE.tenant, SCENE.service),
    )
    began, worked = time.perf_counter(), time.process_time()
    while not await run.go_on():
        pass
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    async with tenant_transaction(engine, SCENE.tenant, SCENE.service) as conn:
        done = await get_run(conn, run_id=run_id)
    tally = tally_of(done)
    findings = sum(line.findings for line in tally.kinds.values())
    return Figures(name=name, seconds=seconds, busy=busy, looked=done.done, findings=findings, broken=done.broken)


def _texts(change: Callable[[dict[str, Any]], None]) -> Mapping[str, str]:
    document: dict[str, Any] = msgspec.to_builtins(read_book(FOLDER, tenants=ROOT / "tenants").rules)
    change(document)
    return write_rules(msgspec.convert(document, RuleSet))


def _same(document: dict[str, Any]) -> None:
    """Nothing."""
    del document


def _tier(document: dict[str, Any]) -> None:
    """Whoever cancels early gets a tenth less."""
    document["booking"]["cancellation"][1]["tiers"][0]["percent"] = 90


def _everything(document: dict[str, Any]) -> None:
    """Every price is ten yen more, a tier is another, and a note makes the ground of all decisions another."""
    _tier(document)
    document["registration"]["classes"][0]["note"] = "bench"
    for step in document["fees"]["steps"]:
        for row in step.get("table", []):
            row["yen"] = row["yen"] + 10 if isinstance(row["yen"], int) else row["yen"]


def report(rows: int, reading: float, found: list[Figures]) -> int:
    """Print the figures; 0 when the bounds hold."""
    print(f"{rows:,} open bookings: read and decoded alone in {reading:.1f} s")
    for one in found:
        print(
            f"{one.name}: {one.seconds:.1f} s, this process at work {one.busy:.1f} s; {one.seconds / reading:.1f} times the rows"
        )
        print(f"    {one.looked:,} looked at, {one.findings:,} found, {one.broken:,} broken")
    slowest = max(one.seconds for one in found)
    checks = [
        ("seconds", slowest, LONGEST_SECONDS),
        ("times the rows alone", slowest / reading, MOST_TIMES_THE_ROWS),
    ]
    for words, measured, most in checks:
        print(f"{words:24} {measured:6.1f} (at most {most:g}): {'ok' if measured <= most else 'too slow'}")
    return 0 if all(measured <= most for _, measured, most in checks) else 1
