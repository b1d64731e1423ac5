"""Accounts of applicants, initial passwords, and passwords set by a link, a code, or knowing the present one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.integration.registration.rules import terms_of

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.act import Act
from yoyaku.registration.policy import (
    CodeWrong,
    CurrentPasswordWrong,
    LoginFailed,
    LoginIdMalformed,
    LoginIdTaken,
    NewPasswordRefused,
    PasswordToBeSet,
    PasswordTooWeak,
    SessionLimits,
    StageMayNotLogIn,
    TooManyAttempts,
)
from yoyaku.registration.service import (
    Gate,
    LoginAttempt,
    NewRegistrant,
    Origin,
    Throttle,
    add_registrant,
    begin_session,
    create_login,
    log_in,
    resolve_session,
)
from yoyaku.registration.service.setting import (
    CodeEntry,
    PasswordEntry,
    ask_for_password_link,
    change_password,
    issue_clerk_code,
    set_password_by_code,
    set_password_by_token,
    whose_link,
)
from yoyaku.registration.service.tokens import LinkExpired, LinkUnknown, LinkUsed, Owner, issue_token
from yoyaku.registration.terms import IssuedId, LoginTerms, PasswordTerms, Stage

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
BORN = date(1978, 6, 16)
OWN = "kasumi-no-tozan"
LIMITS = SessionLimits(idle_minutes=30)
ISSUED = LoginTerms(
    id_label="利用者番号",
    id_pattern="[0-9]{6}",
    issued=IssuedId(digits=6, first_digits="4"),
    password=PasswordTerms(initial="birth_date"),
)
CHOSEN = LoginTerms(id_label="利用者ID", id_pattern="[A-Za-z0-9]{6,16}")


@dataclass
class Town:
    """One service's accounts, inside a transaction that is rolled back."""

    conn: object
    throttle: Throttle
    login: LoginTerms = ISSUED

    def act(self, now=NOW, **more):
        return Act(terms=terms_of(self.login), rule_set_version=1, now=now, real_now=now, today=now.date(), **more)

    async def apply(self, *, login_id=None, password=None, email="taro@example.jp", birth_date=BORN):
        new = NewRegistrant(name="港　太郎", kana="ミナト　タロウ", user_class="i", stage="registered", email=email)
        registrant_id = await add_registrant(self.conn, new=new, registered_at=NOW)
        return await create_login(
            self.conn,
            act=self.act(),
            registrant_id=registrant_id,
            login_id=login_id,
            password=password,
            birth_date=birth_date,
            personal=[new.name, new.kana],
        )

    async def enter(self, login_id, password, *, now=NOW, **more):
        attempt = LoginAttempt(login_id=login_id, password=password, address="192.0.2.1", browser="Chrome/1 Windows")
        terms = terms_of(self.login, **more)
        gate = Gate(terms=terms, limits=LIMITS, throttle=self.throttle, real_now=now, today=now.date())
        return await log_in(self.conn, attempt=attempt, gate=gate)

    async def link(self, account_id, now=NOW):
        return await issue_token(
            self.conn,
            purpose="set_password",
            owner=Owner(account_id=account_id),
            lasts=timedelta(hours=24),
            real_now=now,
        )

    async def told(self, kind="password_to_set"):
        rows = await self.conn.execute(text("SELECT facts FROM outbox WHERE kind = :kind"), {"kind": kind})
        return list(rows.scalars())

    async def enter_code(self, login_id, code, password=OWN, now=NOW):
        entry = CodeEntry(login_id=login_id, code=code, password=password, address="192.0.2.1")
        return await set_password_by_code(self.conn, act=self.act(now), throttle=self.throttle, entry=entry)


@pytest.fixture
def town(conn, throttle):
    return Town(conn=conn, throttle=throttle)


@pytest.mark.fact("ML-060")
async def test_an_issued_id_has_six_digits_and_is_not_the_next_number(town):
    ids = {(await town.apply()).login_id for _ in range(8)}
    assert all(len(one) == 6 and one.isdigit() and one.startswith("4") for one in ids)
    ordered = sorted(map(int, ids))
    assert len(ids) == 8
    assert any(later - earlier > 1 for earlier, later in itertools.pairwise(ordered))


async def test_ids_are_drawn_again_where_they_clash_until_none_is_left(town):
    town.login = LoginTerms(id_label="番号", id_pattern="[0-9]{4}", issued=IssuedId(digits=4, first_digits="123"))
    for _ in range(10):
        await town.apply(birth_date=None)
    with pytest.raises(LoginIdTaken):
        await town.apply(birth_date=None)


@pytest.mark.fact("ML-060", "ML-061", "ML-037")
async def test_t_s1_the_initial_password_opens_no_session_but_the_way_to_an_own_one(town):
    made = await town.apply()
    assert made.password_state == "initial"
    with pytest.raises(PasswordToBeSet) as refused:
        await town.enter(made.login_id, "19780616")
    assert refused.value.facts["mail"] == "t***@e***.jp"
    assert await town.told() == [{"why": "initial", "account_id": str(made.account_id)}]
    assert await town.conn.scalar(text("SELECT count(*) FROM login_session")) == 0


async def test_a_wrong_initial_password_reads_like_any_wrong_one(town):
    made = await town.apply()
    with pytest.raises(LoginFailed):
        await town.enter(made.login_id, "19780617")
    assert await town.told() == []


@pytest.mark.fact("ML-068")
async def test_t_s1_without_mail_the_way_is_a_clerk_s_code(town):
    made = await town.apply(email=None)
    with pytest.raises(PasswordToBeSet) as refused:
        await town.enter(made.login_id, "19780616")
    assert refused.value.facts["mail"] is None
    assert await town.told() == []


async def test_an_account_without_a_password_lets_nobody_in(town):
    made = await town.apply(birth_date=None)
    assert made.password_state == "none"
    for password in ("", "None", "19780616"):
        with pytest.raises(LoginFailed):
            await town.enter(made.login_id, password)


@pytest.mark.fact("ML-062")
async def test_who_chooses_a_password_when_applying_logs_in_with_it(town):
    town.login = CHOSEN
    made = await town.apply(login_id="Tozan78", password=OWN)
    assert (made.login_id, made.password_state) == ("Tozan78", "own")
    assert (await town.enter("Tozan78", OWN)).view.account_id == made.account_id


async def test_an_id_or_a_password_that_may_not_be_leaves_no_account(town):
    town.login = CHOSEN
    for login_id, password, error in (
        ("A", OWN, LoginIdMalformed),
        (None, OWN, LoginIdMalformed),
        ("Tozan78", "19780616", PasswordTooWeak),
    ):
        with pytest.raises(error):
            await town.apply(login_id=login_id, password=password)
    await town.apply(login_id="Tozan78", password=OWN)
    with pytest.raises(LoginIdTaken):
        await town.apply(login_id="Tozan78", password=OWN)


@pytest.mark.fact("ML-066", "KS-045", "KS-046")
@pytest.mark.parametrize("email", ["taro@example.jp", " TARO@example.jp", "ｔａｒｏ@example.jp"])
async def test_a_link_is_asked_for_where_id_and_address_fit(town, email):
    made = await town.apply()
    await ask(town, made.login_id, email)
    assert await town.told() == [{"why": "initial", "account_id": str(made.account_id)}]


async def test_nothing_is_told_where_they_do_not_fit(town):
    made = await town.apply()
    for login_id, email in ((made.login_id, "jiro@example.jp"), ("499999", "taro@example.jp"), (made.login_id, "")):
        await ask(town, login_id, email)
    assert await town.told() == []


async def test_links_are_not_asked_for_by_mail_where_the_rules_say_the_clerk_only(town):
    made = await town.apply()
    town.login = LoginTerms(id_label="番号", id_pattern="[0-9]{6}", password=PasswordTerms(reset_by=["clerk"]))
    await ask(town, made.login_id, "taro@example.jp")
    assert await town.told() == []


async def test_asking_for_links_is_slowed_where_it_comes_from(town):
    for _ in range(10):
        await ask(town, "400000", "taro@example.jp")
    with pytest.raises(TooManyAttempts):
        await ask(town, "400000", "taro@example.jp")


async def ask(town, login_id, email):
    await ask_for_password_link(
        town.conn, act=town.act(), throttle=town.throttle, login_id=login_id, email=email, address="192.0.2.1"
    )


@pytest.mark.fact("KC-T3", "ML-066")
async def test_t_s3_a_link_sets_a_password_once_and_ends_all_sessions(town):
    made = await town.apply()
    begun = await begin_session(town.conn, account_id=made.account_id, limits=LIMITS, real_now=NOW)
    token = await town.link(made.account_id)
    assert (await whose_link(town.conn, act=town.act(), token=token)).login_id == made.login_id

    await set_password_by_token(town.conn, act=town.act(), token=token, password=OWN)

    assert await resolve_session(town.conn, token=begun.token, limits=LIMITS, real_now=NOW) is None
    assert (await town.enter(made.login_id, OWN)).view.account_id == made.account_id
    assert await town.told("password_changed") == [{}]
    with pytest.raises(LinkUsed):
        await set_password_by_token(town.conn, act=town.act(), token=token, password=OWN)


@pytest.mark.fact("KC-T3")
async def test_t_s3_a_link_is_over_after_a_day_and_an_altered_one_is_none(town):
    token = await town.link((await town.apply()).account_id)
    with pytest.raises(LinkExpired):
        await whose_link(town.conn, act=town.act(NOW + timedelta(hours=24)), token=token)
    with pytest.raises(LinkUnknown):
        await whose_link(town.conn, act=town.act(), token=token[:-1])


async def test_t_s4_a_password_that_is_refused_uses_up_no_link(town):
    made = await town.apply()
    token = await town.link(made.account_id)
    for password in (made.login_id + "99", "minatotaro", "12345678"):
        with pytest.raises(NewPasswordRefused):
            await set_password_by_token(town.conn, act=town.act(), token=token, password=password)
    await set_password_by_token(town.conn, act=town.act(), token=token, password=OWN)


async def test_a_clerk_s_code_sets_a_password_once_however_it_is_written(town):
    made = await town.apply()
    seal = town.throttle.seal
    older = await issue_clerk_code(town.conn, act=town.act(), seal=seal, account_id=made.account_id)
    code = await issue_clerk_code(town.conn, act=town.act(), seal=seal, account_id=made.account_id)
    assert len(code) == 10
    with pytest.raises(CodeWrong):
        await town.enter_code(made.login_id, older)
    with pytest.raises(NewPasswordRefused):
        await town.enter_code(made.login_id, code, "12345678")

    await town.enter_code(made.login_id, f"{code[:5]} - {code[5:]}")

    assert await town.enter(made.login_id, OWN)
    with pytest.raises(CodeWrong):
        await town.enter_code(made.login_id, code)


async def test_a_code_is_over_after_half_an_hour_and_good_for_one_account_only(town):
    made, other = await town.apply(), await town.apply()
    code = await issue_clerk_code(town.conn, act=town.act(), seal=town.throttle.seal, account_id=made.account_id)
    for login_id, now in ((made.login_id, NOW + timedelta(minutes=30)), (other.login_id, NOW), ("499999", NOW)):
        with pytest.raises(CodeWrong):
            await town.enter_code(login_id, code, now=now)


async def test_codes_are_not_tried_through(town):
    made = await town.apply()
    for number in range(10):
        with pytest.raises(CodeWrong):
            await town.enter_code(made.login_id, f"{number:010}")
    with pytest.raises(TooManyAttempts):
        await town.enter_code(made.login_id, "0000000099")


@pytest.mark.fact("ML-064", "ML-065")
async def test_changing_asks_for_the_present_password_and_ends_open_links(town):
    town.login = CHOSEN
    made = await town.apply(login_id="Tozan78", password=OWN)
    token = await town.link(made.account_id)

    async def change(current, password):
        entry = PasswordEntry(account_id=made.account_id, current=current, password=password, address="192.0.2.1")
        return await change_password(town.conn, act=town.act(), throttle=town.throttle, entry=entry)

    with pytest.raises(CurrentPasswordWrong):
        await change("wrong", "ame-nochi-hare")
    with pytest.raises(NewPasswordRefused):
        await change(OWN, "Tozan78!")
    await change(OWN, "ame-nochi-hare")
    with pytest.raises(LoginFailed):
        await town.enter("Tozan78", OWN)
    assert await town.enter("Tozan78", "ame-nochi-hare")
    with pytest.raises(LinkUsed):
        await whose_link(town.conn, act=town.act(), token=token)


async def test_a_stage_that_does_not_log_in_is_told_only_to_who_knows_the_password(town):
    town.login = CHOSEN
    await town.apply(login_id="Tozan78", password=OWN)
    stage = Stage(code="registered", name="停止中", may_book=False, may_log_in=False, next_step="窓口へ")
    with pytest.raises(StageMayNotLogIn) as refused:
        await town.enter("Tozan78", OWN, stages=[stage])
    assert refused.value.facts["next_step"] == "窓口へ"
    with pytest.raises(LoginFailed):
        await town.enter("Tozan78", "wrong", stages=[stage])


async def test_the_log_in_before_this_one_is_kept_and_the_registrant_is_active(town):
    town.login = CHOSEN
    await town.apply(login_id="Tozan78", password=OWN)
    later = NOW + timedelta(days=3)
    assert (await town.enter("Tozan78", OWN)).view.last_login_at is None
    assert (await town.enter("Tozan78", OWN, now=later)).view.last_login_at == NOW
    assert await town.conn.scalar(text("SELECT active_on FROM registrant")) == later.date()
    rows = await town.conn.execute(text("SELECT address, device, method FROM login_session"))
    assert {tuple(row) for row in rows} == {("192.0.2.*", "Chrome / Windows", "password")}


async def test_a_closed_account_has_no_link(town):
    made = await town.apply()
    token = await town.link(made.account_id)
    await town.conn.execute(text("UPDATE account SET closed_at = now()"))
    with pytest.raises(NotFound):
        await whose_link(town.conn, act=town.act(), token=token)
    await ask(town, made.login_id, "taro@example.jp")
    assert await town.told() == []


async def test_a_session_that_waits_for_its_second_factor_is_no_log_in_yet(town):
    made = await town.apply()
    origin = Origin(level="second_factor")
    await begin_session(town.conn, account_id=made.account_id, limits=LIMITS, real_now=NOW, origin=origin)
    assert await town.conn.scalar(text("SELECT last_login_at FROM account")) is None
    assert isinstance(made.account_id, UUID)
