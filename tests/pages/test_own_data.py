"""The mail address and its link, renewal, one's own data, and ending the registration, over HTTP."""

import html
import itertools
import json
import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import text
from tests.api_client import Api
from tests.cities import Person

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.registration.service import Credentials, NewRegistrant, create_account
from yoyaku.registration.terms import LoginTerms
from yoyaku.worker.jobs import tell_events
from yoyaku.worker.runtime import Runtime

NUMBERS = itertools.count(7_100_000)
PASSWORD = "three rivers 88 boats"
TERMS = LoginTerms(id_label="ID", id_pattern=".*")


class Desk:
    """Somebody new in a service, and what stands in its database."""

    def __init__(self, engine, service):
        self.engine, self.service = engine, service
        self.person = None
        self.registrant_id = None

    async def add(self, **more):
        login_id = f"user{next(NUMBERS)}"
        values = {"user_class": "individual", "stage": "registered", "email": "old@example.jp", **more}
        new = NewRegistrant(name="試験 太郎", kana="シケン タロウ", **values)
        async with tenant_transaction(self.engine, self.service.tenant, self.service.code) as conn:
            self.registrant_id = await create_account(
                conn,
                terms=TERMS,
                credentials=Credentials(login_id=login_id, password=PASSWORD),
                new=new,
                real_now=datetime.now(tz=UTC),
            )
        self.person = Person(login_id=login_id, password=PASSWORD, name=new.name)
        return self.person

    async def run(self, sql, **values):
        async with tenant_transaction(self.engine, self.service.tenant, self.service.code) as conn:
            found = await conn.execute(text(sql), {"who": self.registrant_id, **values})
            return [tuple(row) for row in found] if found.returns_rows else []


@pytest.fixture
async def engine(city_settings):
    made = make_engine(city_settings.database_url, pool_size=2)
    yield made
    await made.dispose()


@pytest.fixture
async def mails(city_settings):
    """Turns events into mails, and finds the link in the last one to an address."""
    runtime = Runtime.from_settings(city_settings)

    async def link_to(desk, address):
        await tell_events(runtime)
        rows = await desk.run(
            "SELECT body FROM mail WHERE recipient = :to ORDER BY created_at DESC LIMIT 1", to=address
        )
        return re.search(r"https?://[^/]+(/mail/verify\?token=\S+)", rows[0][0])[1]

    yield link_to
    await runtime.engine.dispose()


@pytest.fixture
def desk(engine, services):
    return lambda code: Desk(engine, services[code])


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


@pytest.mark.fact("KC-047", "KC-048", "KC-049", "KC-053", "KC-056")
async def test_a_new_address_is_marked_until_its_link_was_followed_and_the_page_says_what_waits(browse, desk, mails):
    one = desk("halls")
    site = browse("halls")
    await site.log_in(await one.add(), "/account/mail")
    answer = await site.post("/account/mail", email="new@example.jp", email_again="new@example.jp")
    assert answer.status_code == 200
    page = text_of(answer.text)
    assert "new@example.jp宛に認証確認メールを送信しました。メール本文のURLで認証を行ってください。" in page
    assert "未認証メール" in page
    assert "認証メール再送信" in page
    assert "ネットからの予約ができなくなります" in page
    link = await mails(one, "new@example.jp")
    away = browse("halls")
    await away.get(link)
    assert await one.run("SELECT email FROM registrant WHERE registrant_id = :who") == [("old@example.jp",)]
    done = await away.post("/mail/verify", token=link.partition("token=")[2])
    assert "認証が完了しました" in done.text
    assert await one.run("SELECT email FROM registrant WHERE registrant_id = :who") == [("new@example.jp",)]
    assert "未認証メール" not in (await site.get("/account/mail")).text


@pytest.mark.fact("KC-050", "KC-051", "KC-052", "KC-054")
async def test_the_mail_bears_the_citys_title_link_and_contact(browse, desk, mails):
    one = desk("halls")
    site = browse("halls")
    await site.log_in(await one.add(), "/account/mail")
    await site.post("/account/mail", email="title@example.jp", email_again="title@example.jp")
    await mails(one, "title@example.jp")
    ((subject, body),) = await one.run("SELECT subject, body FROM mail WHERE recipient = 'title@example.jp'")
    assert subject == "メール認証通知（熊本市公民館施設予約）"
    assert re.search(r"http://halls\.kumamoto\.localhost/mail/verify\?token=\S{43}\n", body)
    for said in ("24時間", "生涯学習課", "096-328-2736"):
        assert said in body


@pytest.mark.fact("ML-067")
async def test_a_city_gives_its_mails_a_title_of_its_own(browse, desk, mails):
    one = desk("lodging")
    site = browse("lodging")
    await site.log_in(await one.add(), "/account/mail")
    await site.post("/account/mail", email="lodge@example.jp", email_again="lodge@example.jp")
    await mails(one, "lodge@example.jp")
    ((subject,),) = await one.run("SELECT subject FROM mail WHERE recipient = 'lodge@example.jp'")
    assert subject.startswith("港区区民保養施設予約システムからのお知らせ")


@pytest.mark.fact("KC-051", "KC-T3")
async def test_t_s3_a_link_that_was_used_altered_or_is_over_says_so_and_offers_the_next_step(browse, desk, mails):
    one = desk("halls")
    site = browse("halls")
    await site.log_in(await one.add(), "/account/mail")
    await site.post("/account/mail", email="next@example.jp", email_again="next@example.jp")
    link = await mails(one, "next@example.jp")
    altered = await browse("halls").get(link[:-3])
    assert (altered.status_code, "途中で切れているか" in altered.text) == (404, True)
    await one.run("UPDATE one_time_token SET expires_at = now() WHERE registrant_id = :who")
    await one.run("UPDATE registrant SET email_wanted_until = now() WHERE registrant_id = :who")
    over = await site.get(link)
    assert (over.status_code, "期限は切れています" in over.text) == (410, True)
    assert 'href="/account/mail"' in over.text
    shown = text_of((await site.get("/account/mail")).text)
    assert "認証のリンクの期限が切れました" in shown
    await one.run("UPDATE one_time_token SET expires_at = now() + interval '1 hour' WHERE registrant_id = :who")
    stranger = browse("halls")
    await stranger.get(link)
    token = link.partition("token=")[2]
    await stranger.post("/mail/verify", token=token)
    again = await stranger.get(link)
    assert (again.status_code, "すでに使われています" in again.text) == (410, True)
    assert "/login?next=/account/mail" in again.text


async def test_every_fault_stands_at_its_field_and_what_was_typed_stays(browse, desk):
    one = desk("rooms")
    site = browse("rooms")
    await site.log_in(await one.add(), "/account/mail")
    answer = await site.post("/account/mail", email="new@example", email_again="other@example.jp")
    assert answer.status_code == 422
    assert re.findall(r'class="error-text" id="([^"]+)-error"', answer.text) == ["email", "email_again"]
    assert 'value="new@example"' in answer.text
    same = await site.post("/account/mail", email="old@example.jp", email_again="old@example.jp")
    assert "すでに登録されているメールアドレスと同じです" in same.text


async def test_asking_for_the_mail_twice_at_once_is_answered_politely(browse, desk):
    one = desk("rooms")
    site = browse("rooms")
    await site.log_in(await one.add(mail_verified=False), "/account/mail")
    assert (await site.post("/account/mail/resend")).status_code == 200
    again = await site.post("/account/mail/resend")
    assert (again.status_code, "先ほど送りました" in again.text) == (422, True)


@pytest.mark.fact("KC-053")
async def test_without_a_verified_address_one_sees_what_is_free_and_is_told_where_to_verify(browse, desk):
    one = desk("halls")
    site = browse("halls")
    await site.log_in(await one.add(mail_verified=False))
    assert (await site.get("/facilities")).status_code == 200
    page = text_of((await site.get("/account/mail")).text)
    assert "認証を完了しないと、ネットからの予約ができません。空き状況は見られます。" in page


@pytest.mark.fact("KC-053")
async def test_without_a_verified_address_what_is_free_is_free_but_not_booked_online(application, services, desk):
    one = desk("halls")
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), services["halls"].host)
    await api.log_in(await one.add(mail_verified=False))
    body = await api.submission()
    told = await api.post("/applications", body, expect=403, accept_language="ja")
    await api.client.aclose()
    assert told["code"] == "mail_not_verified"
    assert "「メールアドレス」で認証メールを受け取り" in told["detail"]


async def test_ones_data_are_shown_and_sent_only_to_who_knows_the_password(browse, desk):
    one = desk("sports")
    site = browse("sports")
    await site.log_in(await one.add(), "/account/data")
    refused = await site.post("/account/data", password="wrong", **{"as": "file"})
    assert refused.status_code == 422
    assert "シケン タロウ" not in refused.text
    shown = await site.post("/account/data", password=PASSWORD, **{"as": "page"})
    assert "シケン タロウ" in shown.text
    assert re.search(r"<dd>[^<]*\dT\d", shown.text) is None
    assert shown.text.index('id="part-registration"') < shown.text.index('id="part-login"')
    await site.get("/account/data")
    sent = await site.post("/account/data", password=PASSWORD, **{"as": "file"})
    assert sent.headers["content-disposition"] == 'attachment; filename="yoyaku-my-data.json"'
    held = json.loads(sent.content)
    assert held["registration"]["kana"] == "シケン タロウ"
    assert held["login"][0]["login_id"] == one.person.login_id
    assert PASSWORD not in sent.text
    assert "argon2" not in sent.text


async def test_whoever_ends_their_registration_is_logged_out_and_gone(browse, desk):
    one = desk("lodging")
    site = browse("lodging")
    await site.log_in(await one.add(), "/account/delete")
    if "窓口で受け付けます" in site.html:
        return
    empty = await site.post("/account/delete", password="wrong")
    assert re.findall(r'class="error-text" id="([^"]+)-error"', empty.text) == ["password", "understood"]
    done = await site.post("/account/delete", password=PASSWORD, understood="yes")
    assert "利用者登録を終わりにしました" in done.text
    assert "/login" in str((await site.get("/account/data")).url)
    assert await one.run("SELECT name, email FROM registrant WHERE registrant_id = :who") == [("—", None)]
    await site.get("/login")
    assert "IDかパスワードが違います" in (await site.log_in(one.person)).text


async def test_the_expiry_is_shown_with_the_way_to_renew_it(browse, desk):
    one = desk("rooms")
    site = browse("rooms")
    await site.log_in(await one.add(), "/account/renew")
    assert "有効期限" in site.html
    refused = await site.post("/account/renew", validity="nonsense")
    assert (refused.status_code, "更新するものはありません" in refused.text) == (422, True)


@pytest.mark.parametrize("path", ["/account/mail", "/account/data", "/account/delete", "/account/renew"])
async def test_who_is_not_logged_in_is_asked_to_and_comes_back(browse, path):
    answer = await browse("rooms").get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")
