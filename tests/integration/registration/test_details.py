"""A registration is changed by its owner and by clerks, each as far as the rules let them."""

from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import text
from tests.integration.registration.applicants import ACT, ANSWERS, APPLICATION, RULES, apply, correct

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy.form import ApplicationRefused
from yoyaku.registration.service.details import change_details, read_profile
from yoyaku.registration.terms import RegistrationTerms


@pytest.mark.fact("KC-041", "KC-046")
async def test_residents_change_what_the_rules_let_them_change(conn):
    applied = await apply(conn)
    changes = {"name": "別人", "phone": "090-1111-2222", "address": "", "work_name": "港商店"}
    changed = await change_details(conn, act=ACT, registrant_id=applied.registrant_id, answers=changes, by="resident")

    row = (await read_profile(conn, registrant_id=applied.registrant_id)).row
    assert sorted(changed) == ["address", "phone", "work_name"]
    assert (row.name, row.phone, row.address, row.details["work_name"]) == (
        "髙橋　﨑太",
        "090-1111-2222",
        None,
        "港商店",
    )
    again = await change_details(
        conn, act=ACT, registrant_id=applied.registrant_id, answers={**changes, "phone": "09011112222"}, by="resident"
    )
    assert again == []


async def test_a_new_answer_on_where_one_belongs_counts(conn):
    residency = {
        "code": "residency",
        "kind": "choice",
        "label": "区分",
        "choices": {"resident": "在住", "worker": "在勤"},
    }
    terms = msgspec.convert({**RULES, "fields": [*RULES["fields"], residency]}, RegistrationTerms)
    act = replace(ACT, terms=terms)
    applied = await apply(conn, replace(APPLICATION, answers={**ANSWERS, "residency": "resident"}), act=act)
    kept = {code: typed for code, typed in ANSWERS.items() if not code.startswith("email")}
    await change_details(
        conn, act=act, registrant_id=applied.registrant_id, answers={**kept, "residency": "worker"}, by="resident"
    )

    assert (await read_profile(conn, registrant_id=applied.registrant_id)).row.residency == "worker"


async def test_clerks_change_names_and_they_are_found_by_them(conn):
    applied = await apply(conn)
    answers = {**ANSWERS, "name": "𠮷野　﨑太"}
    changed = await correct(conn, applied, answers)

    key = (await conn.execute(text("SELECT search_key FROM registrant WHERE name = '𠮷野　﨑太'"))).scalar()
    assert changed == ["name"]
    assert key.startswith("吉野崎太")


async def test_a_corrected_name_or_birth_date_tells_people_apart_anew(conn):
    applied = await apply(conn)
    await correct(conn, applied, {**ANSWERS, "name": "港　太郎", "birth_date": "1978-06-17"})
    other = await apply(conn, replace(APPLICATION, login_id="second78"))

    with pytest.raises(ApplicationRefused) as refused:
        await correct(conn, other, {**ANSWERS, "name": "港 太郎", "birth_date": "19780617"})
    assert [fault.field for fault in refused.value.faults] == ["name"]
    assert await correct(conn, other, ANSWERS) == []
    with pytest.raises(LookupError):
        await correct(conn, other, {**ANSWERS, "name": "港 二郎"}, seal=None)


async def test_two_who_were_called_two_stay_two_when_corrected(conn):
    await apply(conn)
    other = await apply(conn, replace(APPLICATION, login_id="second78"), distinct_person_why="別人と確認")
    await apply(conn, replace(APPLICATION, login_id="third789", answers={**ANSWERS, "name": "港　太郎"}))

    assert await correct(conn, other, {**ANSWERS, "name": "港　太郎"}) == ["name"]


async def test_every_fault_of_a_change_is_said_and_nothing_is_changed(conn):
    applied = await apply(conn)
    with pytest.raises(ApplicationRefused) as refused:
        await change_details(
            conn,
            act=ACT,
            registrant_id=applied.registrant_id,
            answers={"phone": "1", "postcode": "1"},
            by="resident",
        )

    assert [fault.field for fault in refused.value.faults] == ["phone", "postcode"]
    assert (await read_profile(conn, registrant_id=applied.registrant_id)).row.phone == "0312345678"


async def test_there_is_no_profile_of_nobody(conn):
    with pytest.raises(NotFound):
        await read_profile(conn, registrant_id=new_id())
