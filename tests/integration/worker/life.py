"""The town with a registration that lives: stages, a validity, retention, and mail that is to be verified."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import insert, text

from yoyaku.db.engine import tenant_transaction
from yoyaku.db.tables import rule_set_version
from yoyaku.registration.act import Act
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import NOW, SERVICE, TOWN, town_rule_set
from yoyaku.worker.jobs import meet_deadlines, send_mails, tell_events

REGISTRATION = {
    "classes": [{"code": "individual", "name": "個人"}],
    "stages": [
        {"code": "provisional", "name": "仮登録", "may_book": False, "next_step": "窓口へお越しください。"},
        {"code": "registered", "name": "登録済", "may_book": True},
        {"code": "over", "name": "期限切れ", "may_book": False},
    ],
    "login": {"id_label": "利用者番号", "id_pattern": "^[0-9]{8}$"},
    "fields": [
        {"code": "school", "kind": "text", "label": "学校"},
        {"code": "sport", "kind": "choice", "label": "種目", "choices": {"tennis": "テニス"}, "of_person": False},
    ],
    "mail": {"unverified_may_book_by": ["counter"], "unverified_may_enter_lottery": False},
    "validity": [
        {
            "code": "registration",
            "name": "利用登録",
            "from_stage": "registered",
            "months": 24,
            "remind_days_before": [30],
            "renewal_months_before": 2,
            "renewal_by": ["resident"],
            "then_stage": "over",
        }
    ],
    "retention": {"inactive_months": 36, "unfinished_days": 30, "unfinished_stages": ["provisional"]},
}


def rule_set(**registration):
    values = msgspec.to_builtins(town_rule_set())
    return msgspec.convert({**values, "registration": {**REGISTRATION, **registration}}, RuleSet)


async def publish(town, **registration):
    """Let these rules count from now on, as a further version."""
    await publish_rules(town, rule_set(**registration))


async def publish_rules(town, rules):
    """Let a whole rule set count from now on, as a further version."""
    document = msgspec.json.encode(rules).decode()
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        version = (await conn.execute(text("SELECT max(version) + 1 FROM rule_set_version"))).scalar_one()
        values = {
            "tenant_id": TOWN,
            "service_id": SERVICE,
            "version": version,
            "digest": str(version),
            "document": document,
            "applies_by": "made",
            "applies_from": datetime(2026, 1, 1, tzinfo=UTC).date(),
            "published_at": NOW,
            "published_by": "test",
        }
        await conn.execute(insert(rule_set_version).values(**values))


def act_at(now, **more):
    """Somebody acting at a business time."""
    rules = compile_rules(rule_set(), [], version=2, inventory_version=1)
    local = now.astimezone(rules.zone)
    values = {"now": now, "real_now": datetime.now(tz=UTC), "today": local.date(), **more}
    return Act(terms=rules.registration, rule_set_version=2, **values)


async def at(town, moment):
    """Let the town's clock stand at a moment."""
    seconds = int((moment - datetime.now(tz=UTC)) / timedelta(seconds=1)) + 1
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        await conn.execute(text("UPDATE service SET clock_offset_seconds = :seconds"), {"seconds": max(seconds, 0)})


async def work(runtime):
    """What the worker does each second."""
    runtime.sites.forget()
    await meet_deadlines(runtime)
    await tell_events(runtime)
    await send_mails(runtime)
