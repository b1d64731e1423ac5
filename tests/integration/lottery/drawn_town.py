"""The town with lotteries: the courts of a month, whose wins are accepted; stays, whose wins are bookings at once."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import insert, text
from structlog.testing import capture_logs

from yoyaku.db.engine import tenant_transaction
from yoyaku.db.tables import rule_set_version
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.repository.dues import set_off_planning
from yoyaku.lottery.service.entering import enter
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import NOW, SERVICE, TOWN, hours, town_rule_set, visit_of
from yoyaku.worker.jobs import meet_deadlines


def of_month(day, at, months=-1):
    return {"from": "use_month", "months": months, "day": day, "at": at}


COURTS = {
    "code": "courts",
    "name": "コートの抽選",
    "when": {"space_kind": "court"},
    "channels": ["web", "counter"],
    "opens": of_month(6, "09:00"),
    "closes": of_month(10, "24:00"),
    "remind": of_month(10, "09:00"),
    "draws": of_month(11, "00:00"),
    "announces": of_month(11, "09:00"),
    "releases": of_month(16, "09:00"),
    "entry": {"at_most": 10, "parts_at_most": 3},
    "draw": {"algorithm": "rounds"},
    "win": {"accept": "required", "until": of_month(15, "24:00"), "remind": of_month(14, "09:00")},
    "proof": {"beacon": "beacon-drand", "profile": "test"},
}
STAYS = {
    **COURTS,
    "code": "stays",
    "name": "宿泊の抽選",
    "when": {"space_kind": "twin"},
    "entry": {"at_most": 3},
    "draw": {"algorithm": "rounds", "wins_at_most": 1},
    "win": {"accept": "automatic"},
}
MONTHS = {  # what an hour of the clock brings, month after month
    "opens": timedelta(days=5, hours=9),
    "reminds": timedelta(days=9, hours=9),
    "closes": timedelta(days=10),
    "announces": timedelta(days=10, hours=9),
    "reminds_win": timedelta(days=13, hours=9),
    "lapses": timedelta(days=15),
    "releases": timedelta(days=15, hours=9),
}


def moment(month, what, **more):
    """An instant of the lottery that is entered in that month of 2027 (the month before the one that is drawn)."""
    return datetime(2027, month, 1, tzinfo=UTC) - timedelta(hours=9) + MONTHS[what] + timedelta(**more)


def rule_set(*schemes, keeps_back=False):
    """The town's rules with these lotteries.

    First come is open all the time, so that the lotteries alone hold places back; with ``keeps_back`` what they draw is
    booked from its release on only, as the check of rules asks for.
    """
    values = msgspec.to_builtins(town_rule_set())
    schemes = list(schemes or (COURTS, STAYS))
    if keeps_back:
        values["booking"]["windows"] = list(windows_beside(schemes, values))
    return msgspec.convert({**values, "lottery": {"schemes": schemes}}, RuleSet)


def windows_beside(schemes, values):
    """The town's window for what no lottery draws, and one for each lottery that opens with its release."""
    (always,) = values["booking"]["windows"]
    drawn = {one["when"]["space_kind"] for one in schemes}
    kinds = {space["kind"] for facility in values["inventory"] for space in facility["spaces"]}
    yield {**always, "when": {"space_kind": sorted(kinds - drawn)}}
    for one in schemes:
        yield {**always, "code": f"after-{one['code']}", "when": one["when"], "opens": one["releases"]}


async def publish(town, *schemes, version=2, **more):
    """Let these lotteries count from now on; the rules."""
    made = rule_set(*schemes, **more)
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        values = {
            "tenant_id": TOWN,
            "service_id": SERVICE,
            "version": version,
            "digest": str(version),
            "document": msgspec.json.encode(made).decode(),
            "applies_by": "made",
            "applies_from": datetime(2026, 1, 1, tzinfo=UTC).date(),
            "published_at": NOW,
            "published_by": "test",
        }
        await conn.execute(insert(rule_set_version).values(**values))
        await set_off_planning(conn)
    return compile_rules(made, [], version=version, inventory_version=1)


async def at(town, instant):
    """Let the town's clock stand at an instant."""
    seconds = int((instant - datetime.now(tz=UTC)) / timedelta(seconds=1)) + 1
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        await conn.execute(text("UPDATE service SET clock_offset_seconds = :seconds"), {"seconds": max(seconds, 0)})


async def work(town, runtime, instant=None):
    """The worker's deadlines, at an instant; without the pauses after what failed."""
    if instant is not None:
        await at(town, instant)
    runtime.sites.forget()
    runtime.rules.forget()
    async with town.act() as conn:
        await conn.execute(text("UPDATE deadline SET next_try_at = '-infinity'"))
    with capture_logs():  # what fails is looked for in the table of deadlines
        return await meet_deadlines(runtime)


async def wish(town, rules, place, *requests, now, **more):
    """One resident's entry."""
    async with town.act() as conn:
        return await enter(
            conn,
            visit=visit_of(town.residents[place], now=now),
            rules=rules,
            request=EntryRequest(parts=requests),
            form={},
            accepted_terms=[],
            **more,
        )


def court(day, surfaces=1, starts="10:00"):
    return hours("court", starts, f"{int(starts[:2]) + 2}:00", day=day, surfaces=surfaces)


async def states(town):
    """State of each lottery by scheme and month."""
    found = await town.see("SELECT scheme, extract(month FROM period_starts)::int, state FROM lottery ORDER BY 1, 2")
    return {(scheme, month): state for scheme, month, state in found}


async def told(town, kind):
    """How many were told that, of whom each once."""
    rows = await town.see("SELECT subject_id FROM outbox WHERE kind = :kind", kind=kind)
    assert len(rows) == len(set(rows))
    return len(rows)
