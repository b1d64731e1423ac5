"""Applying is one transaction: everything that hangs on a registration stands together, or nothing does."""

import asyncio
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from sqlalchemy import text
from tests.integration.registration.applicants import ACT, ANSWERS, APPLICATION, RULES, SEAL, apply

from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy.form import ApplicationRefused
from yoyaku.registration.service.details import read_profile
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.terms import RegistrationTerms


async def count(conn, table):
    return (await conn.execute(text(f"SELECT count(*) FROM {table}"))).scalar()  # noqa: S608  # names of tables


@pytest.mark.fact("KS-024", "KS-025")
async def test_a_registration_stands_with_its_login_and_everything_told(conn):
    applied = await apply(conn)

    profile = await read_profile(conn, registrant_id=applied.registrant_id)
    row = profile.row
    assert (row.name, row.kana, row.stage, row.login_id) == ("髙橋　﨑太", "タカハシ　サキタ", "new", "sakita78")
    assert (row.birth_date, row.phone, row.email) == (date(1978, 6, 16), "0312345678", "saki@example.jp")
    assert not profile.mail_verified
    assert profile.answers["work_name"] == "青葉商店"
    assert applied.password_state == "own"
    key = (await conn.execute(text("SELECT phone_key FROM registrant WHERE name = '髙橋　﨑太'"))).scalar()
    assert key == "+81312345678"
    told = {kind for (kind,) in await conn.execute(text("SELECT kind FROM outbox"))}
    assert {"registration_applied", "mail_to_verify"} <= told
    secrets = [str(facts) for (facts,) in await conn.execute(text("SELECT facts FROM outbox"))]
    assert not any("kirin4maru8zebra" in facts for facts in secrets)


@pytest.mark.fact("KS-028", "KS-030")
async def test_a_group_names_its_people_and_gives_them_no_registration(conn):
    before = await count(conn, "registrant")
    answers = {
        **ANSWERS,
        "name": "青葉クラブ",
        "kana": "アオバクラブ",
        "representative": "髙橋 﨑太",
        "members": "港 一\n港 二",
    }
    applied = await apply(conn, replace(APPLICATION, user_class="group", answers=answers))

    profile = await read_profile(conn, registrant_id=applied.registrant_id)
    assert [(one.name, one.role) for one in profile.members] == [
        ("髙橋　﨑太", "representative"),
        ("港　一", "member"),
        ("港　二", "member"),
    ]
    assert await count(conn, "registrant") == before + 1


@pytest.mark.fact("KS-029")
async def test_the_same_person_is_refused_in_any_writing(conn):
    await apply(conn)
    other = {**ANSWERS, "name": "高橋 崎太", "email": "x@example.jp", "email_again": "x@example.jp"}
    with pytest.raises(ApplicationRefused) as refused:
        await apply(conn, replace(APPLICATION, answers=other, login_id="second78"))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("name", "person_registered")]


async def test_whose_own_application_waits_is_told_to_go_on(conn):
    await apply(conn)
    with pytest.raises(ApplicationRefused) as refused:
        await apply(conn, replace(APPLICATION, login_id="second78"))

    assert [fault.code for fault in refused.value.faults] == ["person_unfinished"]


async def test_a_clerk_may_say_that_two_are_two(conn):
    await apply(conn)
    other = await apply(conn, replace(APPLICATION, login_id="second78"), distinct_person_why="別人と確認")

    assert other.stage == "new"
    with pytest.raises(ApplicationRefused):
        await apply(conn, replace(APPLICATION, login_id="third789"))


async def test_a_form_sent_twice_is_one_registration(conn):
    once = replace(APPLICATION, form_key=str(new_id()))
    first, second = await apply(conn, once), await apply(conn, once)

    assert (first.registrant_id, first.login_id) == (second.registrant_id, second.login_id)
    assert (first.again, second.again) == (False, True)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"login_id": "ab"}, {"login_id": "login_id_malformed"}),
        ({"password": "abc"}, {"password": "password_too_weak"}),
        ({"password": "19780616"}, {"password": "password_too_weak"}),
        ({"login_id": "ab", "password": "abc"}, {"login_id": "login_id_malformed", "password": "password_too_weak"}),
    ],
)
async def test_a_bad_id_or_password_is_said_and_nothing_is_stored(conn, change, faults):
    before = await count(conn, "registrant")
    with pytest.raises(ApplicationRefused) as refused:
        await apply(conn, replace(APPLICATION, **change))

    assert {fault.field: fault.code for fault in refused.value.faults} == faults
    assert await count(conn, "registrant") == before


async def test_a_taken_id_is_said_and_nothing_is_stored(conn):
    await apply(conn)
    before = await count(conn, "registrant")
    other = {**ANSWERS, "name": "港 太郎"}
    with pytest.raises(ApplicationRefused) as refused:
        await apply(conn, replace(APPLICATION, answers=other))

    assert [fault.field for fault in refused.value.faults] == ["login_id"]
    assert await count(conn, "registrant") == before


async def test_an_address_of_mail_that_is_another_s_is_refused_where_the_rules_say_so(conn):
    terms = msgspec.convert({**RULES, "mail": {"required_for": [], "shared": False}}, RegistrationTerms)
    act = replace(ACT, terms=terms)
    await apply(conn, act=act)
    before = await count(conn, "registrant")
    with pytest.raises(ApplicationRefused) as refused:
        await apply(conn, replace(APPLICATION, answers={**ANSWERS, "name": "港 太郎"}, login_id="minato78"), act=act)

    assert [fault.field for fault in refused.value.faults] == ["email"]
    assert await count(conn, "registrant") == before


@pytest.mark.fact("ML-060")
async def test_an_issued_id_comes_with_the_birth_date_as_first_password(conn):
    login = {
        "id_label": "番号",
        "id_pattern": "^[0-9]{6}$",
        "issued": {"digits": 6},
        "password": {"initial": "birth_date"},
    }
    act = replace(ACT, terms=msgspec.convert({**RULES, "login": login}, RegistrationTerms))
    applied = await apply(conn, replace(APPLICATION, login_id=None, password=None), act=act)

    assert len(applied.login_id) == 6
    assert applied.password_state == "initial"


@pytest.mark.fact("KS-047")
async def test_at_the_counter_one_registers_without_password_or_mail(conn):
    answers = {code: typed for code, typed in ANSWERS.items() if not code.startswith("email")}
    applied = await apply(conn, replace(APPLICATION, way="counter", answers=answers, password=None))

    assert applied.password_state == "none"


@pytest.mark.fact("KS-024")
async def test_the_checks_of_identity_begin_with_the_application(conn):
    step = {
        "code": "counter",
        "plugin": "identity-counter",
        "name": "窓口",
        "at_stages": ["new"],
        "to_stage": "registered",
    }
    act = replace(ACT, terms=msgspec.convert({**RULES, "identity": [step]}, RegistrationTerms))
    means = IdentityMeans(seal=SEAL, plugin_profiles=None, return_url="https://aoba.example/identity/return")
    await apply(conn, act=act, means=means)

    begun = (await conn.execute(text("SELECT step, state FROM identity_check"))).all()
    assert [tuple(row) for row in begun] == [("counter", "begun")]


@pytest.mark.fact("KS-029")
async def test_of_many_applications_of_one_person_at_once_one_wins(town):
    async def one(place):
        application = replace(APPLICATION, login_id=f"sakita{place:02d}")
        try:
            async with town.act() as conn:
                return await apply(conn, application)
        except ApplicationRefused as refused:
            return [fault.code for fault in refused.faults]

    outcomes = await asyncio.gather(*(one(place) for place in range(6)))

    assert sorted(isinstance(outcome, list) for outcome in outcomes) == [False] + [True] * 5
    assert await town.see("SELECT count(*) FROM registrant WHERE name = '髙橋　﨑太'") == [(1,)]


async def test_one_form_sent_many_times_at_once_is_one_registration(town):
    once = replace(APPLICATION, form_key=str(new_id()))

    async def send():
        async with town.act() as conn:
            return await apply(conn, once)

    applied = await asyncio.gather(*(send() for _ in range(6)))

    assert {one.login_id for one in applied} == {"sakita78"}
    assert [one.again for one in applied].count(False) == 1
