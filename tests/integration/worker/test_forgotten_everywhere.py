"""Whoever is forgotten is named in no table at all (T-P2): each is read whole, also those that nobody thought of."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from tests.integration.worker.life import act_at, at, work
from tests.integration.worker.test_forgetting import LONG_AFTER, PERSONAL, used_booking

from yoyaku.db.tables import metadata
from yoyaku.registration.policy.groups import Role
from yoyaku.registration.repository import groups
from yoyaku.registration.service.mail import want_mail
from yoyaku.registration.service.tokens import Owner, issue_token
from yoyaku.testing.town import NOW
from yoyaku.worker.tidying import tidy_services

OF_THE_CITY = {"rule_set_version", "inventory_version", "tenant", "service", "host", "heartbeat"}
"""What cities publish names nobody of the residents."""


async def everything(town, *, but):
    """Every row of every table as text, but those of one registrant who stays."""
    said = {}
    for table in sorted(set(metadata.tables) - OF_THE_CITY):
        rows = await town.see(f"SELECT {table}::text FROM {table}")  # noqa: S608  # names of the catalogue
        said[table] = " ".join(row for (row,) in rows if str(but) not in row)
    return said


async def test_t_p2_no_table_names_whoever_was_forgotten(town, runtime, smtp):
    one, stays = await used_booking(town), town.residents[1].registrant_id
    async with town.act() as conn:
        await conn.execute(
            text(
                "UPDATE registrant SET mail_verified_at = :now, phone_key = '+819012345678' WHERE registrant_id = :who"
            ),
            {"who": one.registrant_id, "now": NOW},
        )
        await want_mail(conn, act=act_at(NOW), registrant_id=one.registrant_id, email="resident0@aoba-neu.example")
        await issue_token(
            conn,
            purpose="verify_mail",
            owner=Owner(registrant_id=one.registrant_id),
            lasts=timedelta(days=9999),
            real_now=NOW,
            facts={"email": "resident0@aoba-neu.example"},
        )
        member = groups.added(group_id=stays, name="髙田 0", kana="タカダ 0", role=Role.MEMBER, added_at=NOW)
        await groups.add_member(conn, {**member, "state": "linked", "registrant_id": one.registrant_id})
    await work(runtime)
    before = await everything(town, but=stays)
    assert {table for table, said in before.items() if "髙田 0" in said} >= {"registrant", "mail", "message"}
    await at(town, LONG_AFTER)
    await work(runtime)
    await tidy_services(runtime)
    left = await everything(town, but=UUID(int=0))
    kept = {table: re.sub(r"(髙田|タカダ) ?[1-9]", "", said) for table, said in left.items()}
    named = {
        (table, word) for table, said in kept.items() for word in (*PERSONAL, "aoba-neu", "9012345678") if word in said
    }
    assert smtp.mailbox.mails()
    assert named == set()
