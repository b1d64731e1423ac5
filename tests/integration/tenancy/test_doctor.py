"""The doctor: contradictions of folders and of the database that single checks do not see, each with its mend."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from yoyaku.admin.service.doctor import Patient, examine
from yoyaku.admin.service.doctor_ward import of_database, of_folder
from yoyaku.admin.service.folder_check import check_folder
from yoyaku.cli.tenant import tenant
from yoyaku.db.engine import platform_transaction
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import known_codes

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def well():
    """A service of the project's own folders, in which nothing is wrong."""
    folder = next(one.parent for one in (ROOT / "tenants").glob("*/tenant.yaml") if "code: rooms" in one.read_text())
    checked = check_folder(folder, rule_sets=ROOT / "rulesets", base_domain="localhost")
    return next(of_folder(checked))


def codes(patient, **more):
    found = examine(patient, **{"profiles": None, "asks_profiles": False, **more})
    return {(one.code, one.level) for one in found}


def other(patient, *, rules=None, facilities=None, **more):
    """The patient with some of its rules or facilities exchanged."""
    values = msgspec.structs.asdict(patient.rules) | (rules or {})
    plain = msgspec.to_builtins(values)
    stock = [msgspec.convert(one, Facility) for one in facilities] if facilities is not None else patient.facilities
    made = {name: getattr(patient, name) for name in Patient.__dataclass_fields__}
    return Patient(
        **{**made, "rules": msgspec.convert(plain, RuleSet) if rules else patient.rules, "facilities": stock, **more}
    )


def test_a_city_in_order_has_nothing_but_what_an_installation_lacks(well):
    assert codes(well) == set()
    assert codes(well, asks_profiles=True) == {("doctor_profile_missing", "error")}


def test_stock_that_contradicts_itself_is_told(well):
    plain = msgspec.to_builtins(list(well.facilities))
    without_hours = [{**one, "hours": []} for one in plain]
    without_spaces = [*plain, {"code": "new", "name": "新館", "service": "rooms"}]
    assert codes(other(well, facilities=without_hours)) == {("doctor_no_hours", "warning")}
    assert ("doctor_no_spaces", "warning") in codes(other(well, facilities=without_spaces))


def test_words_for_nothing_and_words_in_one_language_are_told(well):
    wording = {**well.wording, "ja": {**well.wording["ja"], "space_kind.pool": "プール"}}
    assert codes(other(well, wording=wording)) == {
        ("doctor_words_of_nothing", "warning"),
        ("doctor_words_in_one_language", "error"),
    }


def test_a_language_that_the_rules_do_not_speak_is_told(well):
    plain = msgspec.to_builtins(list(well.facilities))
    plain[0]["name"] = {"ja": plain[0]["name"]["ja"]}
    assert codes(other(well, facilities=plain)) == {("doctor_texts_untranslated", "warning")}


def test_rules_that_name_what_is_not_there_are_told(well):
    payment = msgspec.to_builtins(well.rules.payment)
    unknown = {**payment, "methods": [{**payment["methods"][0], "plugin": "payment-shells"}]}
    nobody = {**payment, "payees": [{"code": "city", "name": "市"}]}
    notices = [one for one in msgspec.to_builtins(well.rules.notices) if one["event"] != "booking_lapsed"]
    strange = [
        *msgspec.to_builtins(well.rules.notices),
        {"event": "booking_made", "to": "registrant", "template": "poem"},
    ]
    assert ("doctor_plugin_missing", "error") in codes(other(well, rules={"payment": unknown}))
    assert ("doctor_payee_without_number", "warning") in codes(other(well, rules={"payment": nobody}))
    assert ("doctor_lapse_not_told", "warning") in codes(other(well, rules={"notices": notices}))
    assert ("doctor_mail_words", "error") in codes(other(well, rules={"notices": strange}))


def test_people_that_are_missing_are_told(well):
    assert codes(other(well, has_contact=False, admins=1)) == {
        ("doctor_no_contact", "warning"),
        ("doctor_few_admins", "warning"),
    }


def test_every_finding_has_its_words_in_both_languages():
    wanted = {f"doctor_{name}" for name in ("no_hours", "plugin_missing", "few_admins")}
    for language in ("ja", "en"):
        assert wanted <= known_codes(language)
        assert {f"{one}.mend" for one in wanted} <= known_codes(language)


async def test_the_database_is_examined_as_it_stands(folder, load, app):
    await load(folder)
    async with platform_transaction(app) as conn:
        (found,) = await of_database(conn, tenant_id="aoba")
        assert [fault for fault in found.faults if fault.level == "error"] == []
        assert ("doctor_few_admins", "warning") in codes(found.patient)
        with pytest.raises(NotFound):
            await of_database(conn, tenant_id="nowhere")


def test_the_command_tells_what_it_found_and_fails_on_errors(folder):
    asked = ["doctor", str(folder.tenant), "--rulesets", str(folder.rule_sets), "--format", "json"]
    done = CliRunner().invoke(tenant, asked)
    assert (done.exit_code, json.loads(done.output)["summary"]["errors"]) == (0, 0)
    words = folder.tenant / "wording"
    words.mkdir(exist_ok=True)
    (words / "halls.ja.yaml").write_text('space_kind.pool: "プール"\n')
    wrong = CliRunner().invoke(tenant, [*asked[:-1], "text", "--lang", "en"])
    assert (wrong.exit_code, "error [doctor_words_in_one_language]" in wrong.output) == (1, True)
    assert "Mend the code, or remove the line." in wrong.output
