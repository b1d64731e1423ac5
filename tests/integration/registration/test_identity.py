"""Checks of identity in the database: begun, answered, decided; what is sealed, told and deleted."""

import io
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from PIL import Image
from sqlalchemy import text
from tests.integration.registration.applicants import ACT, APPLICATION, RULES, SEAL

from yoyaku.extension.identity import AnswerRefused, ClerkSaw, SentFile, TypedCode
from yoyaku.extension.profiles import ProfileMissing
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.identity import CheckClosed, StepUnknown, residency_of
from yoyaku.registration.service.applying import apply_for_registration
from yoyaku.registration.service.identity import (
    answer_check,
    begin_check,
    begin_checks,
    decide_check,
    forget_identity,
)
from yoyaku.registration.service.identity_means import IdentityMeans, check_settings, settings_of
from yoyaku.registration.service.identity_outcome import delete_documents
from yoyaku.registration.service.identity_views import (
    letters_due,
    look_at_check,
    open_checks,
    print_letters,
    read_document,
    waiting_checks,
)
from yoyaku.registration.terms import AddressResidency, RegistrationTerms

STEPS = [
    {
        "code": "counter",
        "plugin": "identity-counter",
        "name": "窓口",
        "at_stages": ["new"],
        "to_stage": "registered",
        "papers": ["identity", "mandate", "consent"],
        "settings": {"confirms": ["name", "address"]},
    },
    {
        "code": "photo",
        "plugin": "identity-document",
        "name": "写真",
        "at_stages": ["new"],
        "to_stage": "registered",
        "deletes_after_days": 30,
    },
    {"code": "card", "plugin": "identity-postcard", "name": "はがき", "at_stages": ["registered"], "to_stage": "wide"},
]
PAPERS = [
    {"code": "identity", "name": "本人確認書類", "any_of": {"licence": "免許証"}},
    {"code": "mandate", "name": "委任状", "when": {"by_proxy": True, "age": {"at_least": 18}}},
    {"code": "consent", "name": "同意書", "when": {"age": {"at_most": 17}}},
]
TERMS = msgspec.convert(
    {
        **RULES,
        "stages": [*RULES["stages"], {"code": "wide", "name": "登録証到着", "may_book": True}],
        "identity": STEPS,
        "papers": PAPERS,
        "residency_by_address": {"begins_with": ["東京都青葉区"]},
    },
    RegistrationTerms,
)
IDENTITY_ACT = replace(ACT, terms=TERMS)
MEANS = IdentityMeans(seal=SEAL, plugin_profiles=None, return_url="http://aoba.localhost/identity/return")
SAW = ClerkSaw(approved=True, papers={"identity": "licence"})


def picture():
    packed = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(packed, "PNG")
    return packed.getvalue()


PHOTO = SentFile(name="x.png", claimed_type="image/png", content=picture())


@pytest.fixture
async def person(conn):
    answers = {**APPLICATION.answers, "postcode": "100-0014"}
    done = await apply_for_registration(
        conn, act=IDENTITY_ACT, seal=SEAL, application=replace(APPLICATION, answers=answers), means=MEANS
    )
    return done.registrant_id


async def see(conn, sql, **values):
    return [tuple(row) for row in await conn.execute(text(sql), values)]


async def checks(conn, person):
    found = await open_checks(conn, act=IDENTITY_ACT, means=MEANS, registrant_id=person)
    return {check.step.code: check for check in found}


async def answer(conn, person, step, told, act=IDENTITY_ACT):
    return await answer_check(conn, act=act, means=MEANS, registrant_id=person, step_code=step, answer=told)


async def decide(conn, check_id, saw=SAW):
    return await decide_check(conn, act=IDENTITY_ACT, means=MEANS, check_id=check_id, saw=saw)


@pytest.mark.fact("KS-024", "KS-031")
async def test_applying_begins_the_checks_and_a_clerks_yes_completes_the_registration(conn, person):
    begun = await checks(conn, person)
    assert {code: check.state for code, check in begun.items()} == {"counter": "begun", "photo": "begun"}

    assert (await decide(conn, begun["counter"].check_id)).state == "approved"

    assert await see(conn, "SELECT stage, residency FROM registrant WHERE registrant_id = :id", id=person) == [
        ("registered", "resident")
    ]
    assert set(await checks(conn, person)) == {"card"}
    states = dict(await see(conn, "SELECT step, state FROM identity_check WHERE registrant_id = :id", id=person))
    assert states == {"counter": "approved", "photo": "abandoned", "card": "begun"}


@pytest.mark.fact("KS-033")
async def test_a_proxy_needs_a_letter_of_attorney(conn, person):
    check_id = (await checks(conn, person))["counter"].check_id
    with pytest.raises(AnswerRefused) as refused:
        await decide(conn, check_id, replace(SAW, by_proxy=True))

    assert refused.value.facts["code"] == "mandate"
    looked = await look_at_check(conn, act=IDENTITY_ACT, means=MEANS, check_id=check_id)
    assert [paper.code for paper in looked.papers] == ["identity"]
    assert [paper.code for paper in looked.papers_by_proxy] == ["identity", "mandate"]


@pytest.mark.fact("KS-034", "KS-036")
async def test_who_is_under_eighteen_brings_a_consent_and_no_letter_of_attorney(conn, person):
    await conn.execute(
        text("UPDATE registrant SET birth_date = '2012-05-01' WHERE registrant_id = :id"), {"id": person}
    )
    check_id = (await checks(conn, person))["counter"].check_id
    looked = await look_at_check(conn, act=IDENTITY_ACT, means=MEANS, check_id=check_id)

    assert [paper.code for paper in looked.papers_by_proxy] == ["identity", "consent"]
    with pytest.raises(AnswerRefused):
        await decide(conn, check_id)
    papers = {"identity": "licence", "consent": "seen"}
    assert (await decide(conn, check_id, replace(SAW, papers=papers))).state == "approved"


async def test_a_no_is_told_with_its_reason_and_one_may_try_again(conn, person):
    check_id = (await checks(conn, person))["counter"].check_id
    await decide(conn, check_id, ClerkSaw(approved=False, papers={}, note="期限切れ"))

    again = (await checks(conn, person))["counter"]
    assert (again.state, again.rejected_for, again.rejected_why) == ("to_begin", "at_counter", "期限切れ")
    told = await see(
        conn, "SELECT facts FROM outbox WHERE kind = 'registration_rejected' AND subject_id = :id", id=person
    )
    assert told == [({"step": "counter", "reason": "at_counter", "why": "期限切れ"},)]
    with pytest.raises(CheckClosed):
        await decide(conn, check_id)
    begun = await begin_check(conn, act=IDENTITY_ACT, means=MEANS, registrant_id=person, step_code="counter")
    assert begun.check_id != check_id


@pytest.mark.fact("ML-057")
async def test_a_picture_is_stored_sealed_and_deleted_when_the_rules_say(conn, person):
    assert (await answer(conn, person, "photo", PHOTO)).state == "submitted"
    [waiting] = [check for check in await waiting_checks(conn, at_most=10) if check.registrant_id == person]
    looked = await look_at_check(conn, act=IDENTITY_ACT, means=MEANS, check_id=waiting.check_id)
    [document_id] = looked.document_ids
    [(stored,)] = await see(conn, "SELECT content FROM identity_document WHERE document_id = :id", id=document_id)
    media_type, content = await read_document(conn, seal=SEAL, document_id=document_id)

    assert (media_type, content[:4]) == ("image/png", b"\x89PNG")
    assert b"PNG" not in stored

    await decide(conn, waiting.check_id)
    due = await see(
        conn,
        "SELECT due_at FROM deadline WHERE kind = 'document_deletion' AND subject_id = :id AND done_at IS NULL",
        id=waiting.check_id,
    )
    assert due == [(IDENTITY_ACT.now + timedelta(days=30),)]
    assert await delete_documents(conn, check_id=waiting.check_id, now=IDENTITY_ACT.now) == 1
    with pytest.raises(NotFound):
        await read_document(conn, seal=SEAL, document_id=document_id)


async def test_another_picture_takes_the_place_of_the_first(conn, person):
    await answer(conn, person, "photo", PHOTO)
    await answer(conn, person, "photo", PHOTO)
    check_id = (await checks(conn, person))["photo"].check_id
    kept = await see(conn, "SELECT content IS NULL FROM identity_document WHERE check_id = :id", id=check_id)

    assert sorted(kept) == [(False,), (True,)]


async def test_a_refused_file_leaves_everything_as_it_was(conn, person):
    with pytest.raises(AnswerRefused):
        await answer(conn, person, "photo", replace(PHOTO, content=b"<html>"))

    assert (await checks(conn, person))["photo"].state == "begun"
    with pytest.raises(CheckClosed):
        await decide(conn, (await checks(conn, person))["photo"].check_id)


@pytest.mark.fact("ML-036")
async def test_the_card_brings_a_code_that_widens_what_one_may_do(conn, person):
    await decide(conn, (await checks(conn, person))["counter"].check_id)
    [due] = [letter for letter in await letters_due(conn) if letter.registrant_id == person]
    [letter] = await print_letters(conn, act=IDENTITY_ACT, means=MEANS, check_ids=[due.check_id])
    assert (letter.name, letter.postcode, letter.address) == ("髙橋　﨑太", "100-0014", "東京都青葉区1")
    assert not [one for one in await letters_due(conn) if one.registrant_id == person]
    [(kept,)] = await see(conn, "SELECT kept FROM identity_check WHERE check_id = :id", id=due.check_id)
    assert letter.code.encode() not in kept

    wrong = await answer(conn, person, "card", TypedCode(code="AAAA-AAAA-AAAA"))
    assert (wrong.state, wrong.refusal.variant, wrong.refusal.facts["left"]) == ("begun", "code_wrong", 9)
    assert (await answer(conn, person, "card", TypedCode(code=letter.code.lower()))).state == "approved"
    assert await see(conn, "SELECT stage FROM registrant WHERE registrant_id = :id", id=person) == [("wide",)]
    assert await see(conn, "SELECT kept FROM identity_check WHERE check_id = :id", id=due.check_id) == [(None,)]


async def test_a_code_that_is_over_is_sent_anew(conn, person):
    await decide(conn, (await checks(conn, person))["counter"].check_id)
    card = (await checks(conn, person))["card"]
    later = replace(IDENTITY_ACT, real_now=card.code.expires_at)
    begun = await begin_check(conn, act=later, means=MEANS, registrant_id=person, step_code="card")

    assert begun.check_id == card.check_id
    assert (await checks(conn, person))["card"].code.expires_at > card.code.expires_at


async def test_begun_again_nothing_is_begun_twice(conn, person):
    before = await checks(conn, person)
    await begin_checks(conn, act=IDENTITY_ACT, means=MEANS, registrant_id=person)

    assert {one.check_id for one in (await checks(conn, person)).values()} == {one.check_id for one in before.values()}


async def test_a_step_that_is_not_theirs_is_not_begun(conn, person):
    with pytest.raises(StepUnknown):
        await begin_check(conn, act=IDENTITY_ACT, means=MEANS, registrant_id=person, step_code="card")


async def test_forgetting_leaves_that_there_was_a_check_and_nothing_of_it(conn, person):
    await answer(conn, person, "photo", PHOTO)
    await forget_identity(conn, registrant_id=person, now=IDENTITY_ACT.now)
    rows = await see(conn, "SELECT state, kept, evidence, why FROM identity_check WHERE registrant_id = :id", id=person)

    assert set(map(str, rows)) == {"('abandoned', None, {}, None)"}
    held = "SELECT count(*) FROM identity_document d JOIN identity_check c USING (tenant_id, service_id, check_id)"
    assert await see(conn, f"{held} WHERE registrant_id = :id AND content IS NOT NULL", id=person) == [(0,)]


@pytest.mark.parametrize(
    ("address", "residency"),
    [
        ("熊本県熊本市中央区手取本町1番1号", "resident"),
        ("熊本市中央区手取本町１－１", "resident"),
        (" 熊本県 熊本市 東区", "resident"),
        ("東京都港区芝公園1丁目5番25号", "outsider"),
        ("熊本県八代市", "outsider"),
    ],
)
def test_t_j3_an_address_gives_the_residency(address, residency):
    assert residency_of(address, AddressResidency(begins_with=["熊本県熊本市", "熊本市"])) == residency


def test_t_j3_without_rules_an_address_gives_none():
    assert residency_of("東京都港区", None) is None


def test_settings_of_a_profile_lie_below_those_of_the_rules(tmp_path):
    (tmp_path / "identity-postcard.slow.yaml").write_text("days_to_arrive: 9\nvalid_days: 90\n")
    step = msgspec.structs.replace(TERMS.identity[2], profile="slow", settings={"valid_days": 30})
    settings = settings_of(step, replace(MEANS, plugin_profiles=tmp_path))

    assert (settings.days_to_arrive, settings.valid_days) == (9, 30)
    with pytest.raises(ProfileMissing):
        settings_of(step, MEANS)


def test_settings_are_checked_before_they_are_used():
    assert check_settings("identity-postcard", {"valid_days": 30}) == []
    [fault] = check_settings("identity-postcard", {"valid_day": 30})
    assert fault.path == ("valid_day",)
    assert check_settings("identity-oidc", {}, profile="national") == []
    assert check_settings("identity-oidc", {}) != []
