import asyncio
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from tests.integration.worker.life import act_at, at, publish, work

from yoyaku.registration.repository.events import tell
from yoyaku.registration.service.mail import resend, verify_mail, want_mail
from yoyaku.registration.service.stages import advance_registration, begin_registration, renew_registration
from yoyaku.worker.jobs import meet_deadlines, send_mails, tell_events

JOINED = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)
LAST_DAY_OVER = datetime(2029, 1, 20, 15, 0, tzinfo=UTC)
REMINDED = datetime(2028, 12, 21, 0, 0, tzinfo=UTC)


async def join(town, *, stage="registered"):
    """The first resident, registered on 20 January 2027 under rules with a validity."""
    await publish(town)
    who = town.residents[0].registrant_id
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET stage = 'provisional' WHERE registrant_id = :who"), {"who": who})
        await begin_registration(conn, act=act_at(JOINED), registrant_id=who)
        if stage != "provisional":
            await advance_registration(conn, act=act_at(JOINED), registrant_id=who, to_stage=stage)
    return who


async def stage_of(town, who):
    return (await town.see("SELECT stage FROM registrant WHERE registrant_id = :who", who=who))[0][0]


def link_in(mail):
    return re.search(r"token=([\w-]+)", mail.text)[1]


async def test_reaching_a_stage_twice_tells_it_once(town, runtime, smtp):
    who = await join(town)
    async with town.act() as conn:
        assert not await advance_registration(conn, act=act_at(JOINED), registrant_id=who, to_stage="registered")
    await work(runtime)
    (mail,) = smtp.mailbox.to("resident0@aoba.example")
    assert mail.subject == "利用者登録が「登録済」になりました（青葉町）"
    assert await town.see("SELECT subject FROM message") == [(mail.subject,)]


async def test_before_the_end_a_reminder_goes_out_once_and_after_it_the_registration_is_over(town, runtime, smtp):
    who = await join(town)
    await work(runtime)
    await at(town, REMINDED)
    await work(runtime)
    await work(runtime)
    assert smtp.mailbox.mails()[-1].subject == "有効期限は2029年1月20日（土）までです（利用登録）"
    assert len(smtp.mailbox.mails()) == 2
    await at(town, LAST_DAY_OVER)
    await work(runtime)
    assert await stage_of(town, who) == "over"
    assert smtp.mailbox.mails()[-1].subject == "有効期限が切れました（利用登録）"
    await work(runtime)
    assert len(smtp.mailbox.mails()) == 3


async def test_many_workers_at_once_end_a_registration_once(town, runtime):
    await join(town)
    await at(town, LAST_DAY_OVER)
    await asyncio.gather(*(meet_deadlines(runtime) for _ in range(3)))
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'registration_expired'") == [(1,)]


async def test_a_worker_killed_in_the_middle_ends_the_registration_once_all_the_same(town, runtime, monkeypatch):
    who = await join(town)
    await at(town, LAST_DAY_OVER)
    from yoyaku.worker import deadlines  # noqa: PLC0415  # only here

    real = deadlines.work.mark_done

    async def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(deadlines.work, "mark_done", killed)
    with pytest.raises(KeyboardInterrupt):
        await meet_deadlines(runtime)
    assert await stage_of(town, who) == "registered"
    monkeypatch.setattr(deadlines.work, "mark_done", real)
    await meet_deadlines(runtime)
    assert await stage_of(town, who) == "over"
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'registration_expired'") == [(1,)]


async def test_whoever_renews_in_time_is_not_ended_and_whoever_renews_late_is_registered_again(town, runtime):
    who = await join(town)
    await at(town, REMINDED)
    async with town.act() as conn:
        until = await renew_registration(
            conn, act=act_at(REMINDED), registrant_id=who, validity="registration", by="resident"
        )
    assert until.isoformat() == "2031-01-20"
    await at(town, LAST_DAY_OVER)
    await work(runtime)
    assert await stage_of(town, who) == "registered"
    over = LAST_DAY_OVER.replace(year=2031)
    await at(town, over)
    await work(runtime)
    assert await stage_of(town, who) == "over"
    async with town.act() as conn:
        await renew_registration(conn, act=act_at(over), registrant_id=who, validity="registration", by="resident")
    assert await stage_of(town, who) == "registered"


async def test_rules_that_change_move_no_date_that_was_given(town, runtime):
    who = await join(town)
    await publish(town, validity=[])
    await at(town, LAST_DAY_OVER)
    await work(runtime)
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'registration_expired'") == [(1,)]
    assert await stage_of(town, who) == "registered", "today's rules name no stage for it"


@pytest.mark.fact("KC-047", "KC-051", "KC-052")
async def test_an_address_is_verified_by_the_link_in_its_mail_which_stands_nowhere_else(town, runtime, smtp):
    await publish(town)
    who = town.residents[0].registrant_id
    async with town.act() as conn:
        await want_mail(conn, act=act_at(JOINED), registrant_id=who, email="new@aoba.example")
    await work(runtime)
    (mail,) = smtp.mailbox.to("new@aoba.example")
    assert mail.subject == "メール認証通知（青葉町）"
    assert "24時間" in mail.text
    assert "000-000-0000" in mail.text
    token = link_in(mail)
    assert await town.see("SELECT body FROM mail") == [("",)]
    ((inbox,),) = await town.see("SELECT body FROM message")
    assert token not in inbox
    async with town.act() as conn:
        assert (await verify_mail(conn, act=act_at(JOINED), token=token)).email == "new@aoba.example"
    assert await town.see(
        "SELECT email, mail_verified_at IS NOT NULL FROM registrant WHERE registrant_id = :who", who=who
    ) == [("new@aoba.example", True)]


async def test_the_old_address_holds_until_the_new_one_is_verified_and_is_told(town, runtime, smtp):
    await publish(town)
    who = town.residents[0].registrant_id
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET mail_verified_at = registered_at"))
        await want_mail(conn, act=act_at(JOINED), registrant_id=who, email="new@aoba.example")
    await work(runtime)
    (notice,) = smtp.mailbox.to("resident0@aoba.example")
    assert notice.subject == "メールアドレスの変更の手続き（青葉町）"
    seen = "SELECT email, email_wanted FROM registrant WHERE registrant_id = :who"
    assert await town.see(seen, who=who) == [("resident0@aoba.example", "new@aoba.example")]
    async with town.act() as conn:
        await verify_mail(conn, act=act_at(JOINED), token=link_in(smtp.mailbox.to("new@aoba.example")[0]))
    assert await town.see(seen, who=who) == [("new@aoba.example", None)]


async def test_a_link_is_dead_once_another_was_sent_or_another_address_is_wanted(town, runtime, smtp):
    await publish(town)
    who = town.residents[0].registrant_id
    async with town.act() as conn:
        await want_mail(conn, act=act_at(JOINED), registrant_id=who, email="new@aoba.example")
    await work(runtime)
    async with town.act() as conn:
        await conn.execute(text("UPDATE outbox SET created_at = created_at - interval '2 minutes'"))
        await resend(conn, act=act_at(JOINED), registrant_id=who)
    await work(runtime)
    first, second = smtp.mailbox.to("new@aoba.example")
    async with town.act() as conn:
        with pytest.raises(Exception, match="used already"):
            await verify_mail(conn, act=act_at(JOINED), token=link_in(first))
        await verify_mail(conn, act=act_at(JOINED), token=link_in(second))


async def test_an_event_told_by_a_worker_that_was_killed_is_told_once_with_a_link_that_works(
    town, runtime, smtp, monkeypatch
):
    await publish(town)
    who = town.residents[0].registrant_id
    async with town.act() as conn:
        await want_mail(conn, act=act_at(JOINED), registrant_id=who, email="new@aoba.example")
    from yoyaku.worker import telling  # noqa: PLC0415  # only here

    real = telling.work.mark_done

    async def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(telling.work, "mark_done", killed)
    with pytest.raises(KeyboardInterrupt):
        await tell_events(runtime)
    assert await town.see("SELECT count(*) FROM one_time_token") == [(0,)]
    monkeypatch.setattr(telling.work, "mark_done", real)
    await work(runtime)
    (mail,) = smtp.mailbox.to("new@aoba.example")
    async with town.act() as conn:
        await verify_mail(conn, act=act_at(JOINED), token=link_in(mail))


async def test_a_link_that_cannot_be_sent_is_gone_with_its_mail(town, runtime):
    await publish(town)
    async with town.act() as conn:
        await want_mail(
            conn, act=act_at(JOINED), registrant_id=town.residents[0].registrant_id, email="new@aoba.example"
        )
    await tell_events(runtime)
    async with town.act() as conn:
        await conn.execute(text("UPDATE mail SET recipient = 'two\nlines@aoba.example'"))
    assert await send_mails(runtime) == 0
    assert await town.see("SELECT given_up_at IS NOT NULL, body FROM mail") == [(True, "")]


@pytest.mark.parametrize(
    "kind",
    ["registration_applied", "registration_rejected", "registration_renewed", "password_changed", "login_changed",
     "documents_asked", "group_invited", "password_to_set"],
)  # fmt: skip
async def test_whatever_happens_to_a_registration_is_told_in_both_languages(town, runtime, smtp, kind):
    await publish(town)
    async with town.act() as conn:
        for place, language in enumerate(("ja", "en")):
            one = town.residents[place]
            await conn.execute(
                text("UPDATE registrant SET language = :language WHERE registrant_id = :who"),
                {"language": language, "who": one.registrant_id},
            )
            facts = {"account_id": str(one.account_id), "login_id": "00000001", "validity": "registration",
                     "until": "2031-01-20", "why": "書類が読めません。", "group_name": "青葉会", "papers": []}  # fmt: skip
            await tell(conn, kind=kind, registrant_id=one.registrant_id, facts=facts)
    await work(runtime)
    mails = smtp.mailbox.mails()
    assert {mail.to for mail in mails} == {"resident0@aoba.example", "resident1@aoba.example"}
    assert len({mail.subject for mail in mails}) == 2
    for mail in mails:
        assert "{" not in mail.subject + mail.text
    assert await town.see("SELECT count(*) FROM message") == [(2,)]


async def test_a_booking_is_told_in_the_inbox_too_also_to_whom_has_no_address(town, runtime, smtp):
    from yoyaku.testing.town import hours  # noqa: PLC0415  # only here

    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET email = NULL"))
    await town.book(0, hours("court"))
    await work(runtime)
    assert smtp.mailbox.mails() == []
    who = town.residents[0].registrant_id
    assert await town.see("SELECT registrant_id, subject FROM message") == [(who, "予約の受付（2027-000001）")]
