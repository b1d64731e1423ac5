from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from tests.integration.registration.rules import terms_of

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy import (
    LoginFailed,
    LoginIdMalformed,
    LoginIdTaken,
    PasswordTooWeak,
    SessionLimits,
)
from yoyaku.registration.service import (
    Credentials,
    Gate,
    LoginAttempt,
    NewRegistrant,
    add_walk_in,
    create_account,
    create_staff,
    find_registrants,
    get_registrant,
    log_in,
    log_out,
    person_facts,
    resolve_session,
)
from yoyaku.registration.terms import LoginTerms

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
LIMITS = SessionLimits(idle_minutes=30, longest_hours=12)
PASSWORD = "midori-no-mado"
TERMS = LoginTerms(id_label="利用者登録番号", id_pattern="[0-9]{8}", leading_zeros_optional_to=8)
YOSHIKO = NewRegistrant(
    name="髙﨑　𠮷子",
    kana="タカサキ　ヨシコ",
    user_class="individual",
    residency="resident",
    stage="registered",
    email="yoshiko@aoba.example",
    facts={"school_grade": 3},
)
CLUB = NewRegistrant(
    name="葛\U000e0100城テニスクラブ", kana="カツラギテニスクラブ", kind="group", user_class="group", stage="registered"
)


async def register(conn, *, login_id="00040675", password=PASSWORD, new=YOSHIKO):
    credentials = Credentials(login_id=login_id, password=password)
    return await create_account(conn, terms=TERMS, credentials=credentials, new=new, real_now=NOW)


@pytest.fixture
def enter(conn, throttle):
    """Logs in by id and password."""

    async def log(login_id="40675", password=PASSWORD, *, now=NOW, address="192.0.2.1", previous=None):
        attempt = LoginAttempt(login_id=login_id, password=password, address=address, previous_token=previous)
        gate = Gate(terms=terms_of(TERMS), limits=LIMITS, throttle=throttle, real_now=now, today=now.date())
        return await log_in(conn, attempt=attempt, gate=gate)

    return log


async def who(conn, token, *, now=NOW):
    return await resolve_session(conn, token=token, limits=LIMITS, real_now=now)


@pytest.mark.fact("MG-067", "MG-T8", "KC-006")
@pytest.mark.parametrize("login_id", ["40675", "00040675", "４０６７５"])
async def test_one_logs_in_with_or_without_leading_noughts(conn, enter, login_id):
    registrant_id = await register(conn)
    session = await enter(login_id)
    assert session.view.registrant_id == registrant_id
    assert session.view.person_facts == {
        "user_class": "individual",
        "account_kind": "individual",
        "residency": "resident",
        "registration": "registered",
        "mail_verified": True,
        "school_grade": 3,
    }


@pytest.mark.fact("KC-005", "KC-007")
async def test_after_logging_in_a_group_is_called_by_its_name(conn, enter):
    await register(conn, new=CLUB)
    assert (await enter()).view.display_name == "葛\U000e0100城テニスクラブ"


async def test_an_unknown_id_and_a_wrong_password_read_alike(conn, enter):
    await register(conn)
    with pytest.raises(LoginFailed) as wrong:
        await enter(password="midori-no-kado")
    with pytest.raises(LoginFailed) as unknown:
        await enter("99999999")
    assert str(wrong.value) == str(unknown.value)
    assert wrong.value.facts == unknown.value.facts == {}


async def test_passwords_and_tokens_are_not_in_the_database(conn, enter):
    await register(conn)
    session = await enter()
    rows = await conn.execute(text("SELECT a::text || s::text FROM account a, login_session s"))
    (stored,) = rows.scalars()
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored
    assert PASSWORD not in stored
    assert session.token not in stored
    assert session.token not in repr(
        LoginAttempt(login_id="a", password="b", address="c", previous_token=session.token)
    )


@pytest.mark.fact("KC-008")
async def test_logging_out_ends_the_session(conn, enter):
    await register(conn)
    session = await enter()
    assert (await who(conn, session.token)).login_id == "00040675"
    await log_out(conn, token=session.token)
    assert await who(conn, session.token) is None


@pytest.mark.fact("KC-009")
async def test_a_session_left_unused_is_over(conn, enter):
    await register(conn)
    session = await enter()
    assert await who(conn, session.token, now=NOW + timedelta(minutes=31)) is None


async def test_one_action_keeps_a_session_that_was_about_to_end(conn, enter):
    await register(conn)
    session = await enter()
    late = NOW + timedelta(minutes=29)
    kept = await resolve_session(conn, token=session.token, limits=LIMITS, real_now=late)
    assert kept.idle_until == late + timedelta(minutes=30)
    assert await who(conn, session.token, now=NOW + timedelta(minutes=58)) is not None


async def test_no_session_lasts_longer_than_its_longest(conn, enter):
    await register(conn)
    session = await enter()
    for minutes in range(20, 720, 20):
        assert await who(conn, session.token, now=NOW + timedelta(minutes=minutes)) is not None
    assert await who(conn, session.token, now=NOW + timedelta(hours=12)) is None


async def test_an_invented_token_is_nobodys(conn):
    assert await who(conn, "x" * 43) is None


async def test_logging_in_gives_a_new_token_and_ends_the_old_one(conn, enter):
    await register(conn)
    first = await enter()
    second = await enter(previous=first.token)
    assert second.token != first.token
    assert await who(conn, first.token) is None
    assert await who(conn, second.token) is not None


async def test_two_devices_are_two_sessions_and_what_is_over_is_swept(conn, enter):
    await register(conn)
    first = await enter()
    await enter(now=NOW + timedelta(minutes=5))
    assert await who(conn, first.token, now=NOW + timedelta(minutes=6)) is not None
    await enter(now=NOW + timedelta(days=1))
    assert await conn.scalar(text("SELECT count(*) FROM login_session")) == 1


async def test_a_hash_of_other_costs_is_renewed_at_login(conn, enter):
    await register(conn)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("midori-no-mado")
    await conn.execute(text("UPDATE account SET password_hash = :weak"), {"weak": weak})
    await enter()
    assert "m=19456" in await conn.scalar(text("SELECT password_hash FROM account"))


@pytest.mark.parametrize("login_id", ["00040675", "40675"])
async def test_an_id_is_given_once_in_all_its_spellings(conn, login_id):
    await register(conn)
    with pytest.raises(LoginIdTaken):
        async with conn.begin_nested():
            await register(conn, login_id=login_id, new=CLUB)
    assert await conn.scalar(text("SELECT count(*) FROM registrant")) == 1


@pytest.mark.parametrize(
    ("login_id", "password", "error"),
    [
        ("A", "midori-no-mado", LoginIdMalformed),
        ("12345", "12345678", PasswordTooWeak),
        ("123", "short", PasswordTooWeak),
    ],
)
async def test_an_account_that_may_not_be_leaves_nothing(conn, login_id, password, error):
    with pytest.raises(error):
        await register(conn, login_id=login_id, password=password)
    assert await conn.scalar(text("SELECT count(*) FROM registrant")) == 0


async def test_a_name_is_kept_byte_for_byte_and_found_by_its_common_form(conn):
    registrant_id = await register(conn)
    await register(conn, login_id="00000001", new=CLUB)
    for query in ("高崎", "吉子", "髙﨑", "たかさき", "ﾖｼｺ", "40675"):
        (found,) = await find_registrants(conn, terms=TERMS, query=query)
        assert found.registrant_id == registrant_id
        assert found.name == "髙﨑　𠮷子"
    assert [row.name for row in await find_registrants(conn, terms=TERMS, query="葛城")] == [CLUB.name]


@pytest.mark.parametrize("query", ["", "　", "%", "_", "\\"])
async def test_a_query_without_a_name_finds_nobody(conn, query):
    await register(conn)
    assert await find_registrants(conn, terms=TERMS, query=query) == []


async def test_a_clerk_has_roles_and_no_facts_of_a_resident(conn, enter):
    credentials = Credentials(login_id="counter", password="madoguchi-no-hito")
    staff_id = await create_staff(
        conn, terms=TERMS, credentials=credentials, name="窓口　花子", roles=["counter_clerk"], real_now=NOW
    )
    view = (await enter("counter", "madoguchi-no-hito")).view
    assert (view.staff_id, view.display_name, view.roles) == (staff_id, "窓口　花子", {"counter_clerk"})
    assert view.registrant_id is None
    assert view.person_facts == {}


async def test_somebody_without_a_registration_is_taken_down_by_name_and_telephone(conn):
    registrant_id = await add_walk_in(conn, name="髙田", kana="", phone="000-111-2222", registered_at=NOW)
    found = await get_registrant(conn, registrant_id=registrant_id)
    assert (found.name, found.phone, found.login_id) == ("髙田", "000-111-2222", None)
    assert person_facts(found)["registration"] == "none"


async def test_an_unknown_registrant_is_not_found(conn):
    with pytest.raises(NotFound):
        await get_registrant(conn, registrant_id=new_id())
