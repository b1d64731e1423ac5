"""A new city from a few answers: whichever base or city it begins from, it passes the checks and its own examples."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from yoyaku.admin.service.onboarding.answers import AnswersWrong, read_answers
from yoyaku.admin.service.onboarding.folder import FolderThere, Places, write_city
from yoyaku.admin.service.onboarding.still_open import still_open
from yoyaku.cli.tenant import tenant
from yoyaku.kernel.errors import NotFound

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 21)
CITY = {"slug": "wakaba", "municipality_code": "999997", "name_ja": "若葉市", "name_en": "Wakaba City"}


@pytest.fixture
def places(tmp_path):
    """The project's own rule sets and tenants, to begin from."""
    for name in ("rulesets", "tenants"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return Places(tenants=tmp_path / "tenants", rule_sets=tmp_path / "rulesets")


def made(places, **more):
    return write_city(read_answers({**CITY, **more}), places=places, base_domain="localhost", today=TODAY)


@pytest.mark.parametrize(
    "more",
    [
        {"base": "rooms"},
        {"base": "rooms", "opens": "10:00", "closes": "17:00", "languages": "ja", "name_en": ""},
        {"base": "rooms", "opens": "12:00", "closes": "13:00", "phone": "000-000-0000", "mail": "a@wakaba.example"},
        {"base": "sports", "opens": "6:00", "closes": "24:00", "price_yen": "0", "service": "sports"},
        {"base": "lodging", "service": "lodging", "host": "yado.wakaba.{base_domain}"},
    ],
)
def test_each_base_makes_a_city_without_faults_that_says_what_is_open(places, more):
    checked = made(places, **more)
    assert checked.faults == ()
    (rules,) = checked.rule_sets.values()
    assert len(rules.examples) >= 2
    found = {one.what for one in still_open(checked, places=places)}
    assert {"default", "page", "looks", "contact_hours"} <= found
    assert ("contact_phone" in found) is ("phone" not in more)


@pytest.mark.parametrize(
    "entry", sorted(one.name for one in (ROOT / "rulesets").iterdir() if (one / "rules.yaml").is_file())
)
def test_another_city_s_rules_are_taken_over_with_every_reference_open(places, entry):
    checked = made(places, copy=entry)
    assert checked.faults == ()
    texts = [file.read_text() for file in (places.rule_sets / "wakaba-rooms").glob("*.yaml")]
    texts += [file.read_text() for file in checked.folder.path.glob("facilities/*.yaml")]
    assert texts
    for text in texts:
        assert set(references(yaml.safe_load(text))) <= {"default"}
        assert not any(name in text for name in ("熊本市", "目黒区", "港区"))


def references(value):
    """Every reference in a document."""
    if isinstance(value, dict):
        yield from ([value["reference"]] if "reference" in value else [])
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(below)


@pytest.mark.parametrize(
    ("field", "answer", "why"),
    [
        ("slug", "Wakaba", "code"),
        ("slug", "", "code"),
        ("municipality_code", "99999", "six_digits"),
        ("municipality_code", "999998", "check_digit"),
        ("languages", "en", "languages"),
        ("name_ja", "", "name"),
        ("name_en", 'x"', "name"),
        ("facility_ja", "$price", "name"),
        ("host", "Kein Host", "host"),
        ("mail", "wakaba", "mail"),
        ("phone", "電話", "phone"),
        ("base", "pool", "base"),
        ("copy", "../x", "copy"),
        ("capacity", "0", "number"),
        ("price_yen", "五百", "number"),
        ("opens", "9:30", "time"),
        ("closes", "09:00", "order"),
    ],
)
def test_an_answer_that_cannot_be_is_told_at_its_field(field, answer, why):
    with pytest.raises(AnswersWrong) as refused:
        read_answers({**CITY, field: answer})
    assert refused.value.wrong == {field: why}


def test_nothing_is_written_over_and_nothing_half_written_stays(places):
    made(places)
    with pytest.raises(FolderThere):
        made(places)
    with pytest.raises(NotFound):
        made(places, slug="momiji", copy="nowhere")
    assert not (places.tenants / "momiji").exists()
    assert not (places.rule_sets / "momiji-rooms").exists()


def test_the_command_takes_a_file_or_asks_and_names_what_is_wrong(places):
    file = places.tenants.parent / "answers.yaml"
    file.write_text("\n".join(f'{name}: "{value}"' for name, value in CITY.items()))
    here = ["new", "--tenants", str(places.tenants), "--rulesets", str(places.rule_sets)]
    done = CliRunner().invoke(tenant, [*here, "--yes", str(file)])
    assert (done.exit_code, "まだ決めていないこと" in done.output) == (0, True)
    asked = CliRunner().invoke(
        tenant,
        [*here, "--lang", "en", "--answer", "base=lodging"],
        input="momiji\n999997\n紅葉市\nMomiji\n" + "\n" * 30,
    )
    assert (asked.exit_code, "Municipality code" in asked.output) == (0, True)
    assert (places.tenants / "momiji" / "tenant.yaml").is_file()
    wrong = CliRunner().invoke(
        tenant, [*here, "--yes", "--answer", "slug=kaede", "--answer", "municipality_code=131103"]
    )
    assert (wrong.exit_code, "131105" in wrong.output) == (1, True)
