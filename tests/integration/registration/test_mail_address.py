"""Addresses of mail: whose they may be, going back to the old one, and what the facts of a session say meanwhile."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import text
from tests.integration.worker.life import act_at

from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.policy.mail import MailJustSent, MailNothingToVerify, MailTaken, MailUnchanged
from yoyaku.registration.service import begin_session
from yoyaku.registration.service.mail import (
    issue_mail_link,
    look_at_mail_link,
    read_mail_state,
    resend,
    verify_mail,
    want_mail,
)
from yoyaku.registration.service.tokens import LinkExpired, LinkUnknown, LinkUsed
from yoyaku.registration.terms import MailTerms
from yoyaku.testing.town import NOW

OLD, NEW = "resident0@aoba.example", "new@aoba.example"


@pytest.fixture
async def who(town):
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET mail_verified_at = registered_at"))
    return town.residents[0].registrant_id


async def facts_of(town):
    act = act_at(NOW)
    async with town.act() as conn:
        limits = SessionLimits(idle_minutes=30, longest_hours=8)
        account_id = town.residents[0].account_id
        begun = await begin_session(conn, account_id=account_id, limits=limits, real_now=act.real_now)
        return begun.view.person_facts


async def wants(town, who, email=NEW, *, act=None):
    async with town.act() as conn:
        await want_mail(conn, act=act or act_at(NOW), registrant_id=who, email=email)


@pytest.mark.fact("KS-025")
async def test_somebody_elses_address_is_taken_unless_the_rules_want_one_for_each(town, who):
    others = "resident1@aoba.example"
    alone = replace(act := act_at(NOW), terms=msgspec.structs.replace(act.terms, mail=MailTerms(shared=False)))
    with pytest.raises(MailTaken):
        await wants(town, who, others, act=alone)
    await wants(town, who, others)
    async with town.act() as conn:
        assert (await read_mail_state(conn, registrant_id=who)).waiting == others


@pytest.mark.fact("KC-T3")
async def test_t_g6_a_change_counts_as_verified_for_24_hours_and_no_longer(town, who):
    act = act_at(NOW)
    await wants(town, who, act=act)
    assert (await facts_of(town))["mail_verified"] is True
    async with town.act() as conn:
        state = await read_mail_state(conn, registrant_id=who)
        assert (state.until - act.real_now).total_seconds() == 24 * 3600
        await conn.execute(text("UPDATE registrant SET email_wanted_until = now() WHERE email_wanted IS NOT NULL"))
    assert (await facts_of(town))["mail_verified"] is False
    async with town.act() as conn:
        await conn.execute(text("UPDATE outbox SET created_at = created_at - interval '2 minutes'"))
        assert await resend(conn, act=act_at(NOW), registrant_id=who) == NEW
    assert (await facts_of(town))["mail_verified"] is True


async def test_without_any_address_nothing_waits_to_be_verified(town, who):
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET email = NULL, mail_verified_at = NULL"))
    assert "mail_verified" not in await facts_of(town)
    async with town.act() as conn:
        with pytest.raises(MailNothingToVerify):
            await resend(conn, act=act_at(NOW), registrant_id=who)


async def test_going_back_to_the_old_address_ends_the_change_and_its_link(town, who):
    await wants(town, who)
    act = act_at(NOW)
    async with town.act() as conn:
        token = await issue_mail_link(conn, registrant_id=who, email=NEW, real_now=act.real_now)
    await wants(town, who, OLD)
    async with town.act() as conn:
        assert (await read_mail_state(conn, registrant_id=who)).waiting is None
        with pytest.raises(LinkUsed):
            await verify_mail(conn, act=act_at(NOW), token=token)
    with pytest.raises(MailUnchanged):
        await wants(town, who, OLD)


async def test_two_who_follow_one_link_at_once_verify_it_once(town, who):
    await wants(town, who)
    async with town.act() as conn:
        token = await issue_mail_link(conn, registrant_id=who, email=NEW, real_now=act_at(NOW).real_now)

    async def follow():
        async with town.act() as conn:
            return await verify_mail(conn, act=act_at(NOW), token=token)

    outcomes = await asyncio.gather(follow(), follow(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["LinkUsed", "VerifiedMail"]


@pytest.mark.fact("KC-051")
async def test_looking_at_a_link_changes_nothing_and_after_its_time_it_is_over(town, who):
    await wants(town, who)
    act = act_at(NOW)
    async with town.act() as conn:
        token = await issue_mail_link(conn, registrant_id=who, email=NEW, real_now=act.real_now)
        assert (await look_at_mail_link(conn, act=act, token=token)).email == NEW
        assert (await read_mail_state(conn, registrant_id=who)).email == OLD
        with pytest.raises(LinkUnknown):
            await look_at_mail_link(conn, act=act, token=token[:-1])
        await conn.execute(text("UPDATE one_time_token SET expires_at = now()"))
        with pytest.raises(LinkExpired):
            await verify_mail(conn, act=act_at(NOW), token=token)


async def test_a_second_change_within_a_minute_waits_and_nothing_is_lost(town, who):
    await wants(town, who)
    with pytest.raises(MailJustSent):
        await wants(town, who, "other@aoba.example")
    async with town.act() as conn:
        assert (await read_mail_state(conn, registrant_id=who)).waiting == NEW
