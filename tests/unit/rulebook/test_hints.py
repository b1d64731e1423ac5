"""What the editor says of a key and offers at a place: by the language, and by the city's own codes."""

import msgspec
import pytest
from tests.cities import ROOT

from yoyaku.facility.terms import FacilityFile
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.draft import read_draft
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.editing.fields import group_at, with_key
from yoyaku.rulebook.editing.hints import meaning_at, options_at
from yoyaku.rulebook.terms import Expected, RuleSet
from yoyaku.rulebook.words.voice import said
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import known_codes
from yoyaku.rules.validation import json_schema
from yoyaku.ui.wording import default_wording

DEFINITIONS = json_schema(RuleSet)["$defs"]
KEYS = [(name, key) for name, one in DEFINITIONS.items() for key in one.get("properties", {})]
"""Every key of every struct of the language."""
WINDOW = "booking:\n  windows:\n    - code: x\n      "


@pytest.fixture(scope="module")
def codes():
    """Those of the city of rooms, courts and equipment."""
    texts = {file.name: file.read_text() for file in (ROOT / "rulesets" / "meguro-rooms").glob("*.yaml")}
    files = sorted((ROOT / "tenants" / "meguro" / "facilities").glob("*.yaml"))
    facilities = [one for file in files for one in msgspec.yaml.decode(file.read_text(), type=FacilityFile).facilities]
    source = read_draft(texts, facilities, name="rooms")
    return CityCodes(Book(source=source, rules=source.rule_set, compiled=None))


def labels(before, codes):
    return [option.label for option in options_at(before, codes)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_key_of_the_language_has_its_sentence(language):
    """Mended in ui/wording/rule_help_*.yaml: ``rule_help.Struct.key``, or ``rule_help.key`` where it always means the same."""
    wording = default_wording(language)
    assert [at for at in KEYS if not {f"rule_help.{at[0]}.{at[1]}", f"rule_help.{at[1]}"} & wording.keys()] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_key_of_the_language_has_its_name(language):
    """Mended in rulebook/words/said/labels.*.yaml: ``field.key``, which differences say too."""
    assert sorted({key for _, key in KEYS if f"field.{key}" not in said(language)}) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_value_that_can_be_chosen_has_its_name(language):
    words = {*default_wording(language), *said(language)}
    values = {str(value) for value in chosen(json_schema(RuleSet)) if isinstance(value, str)}
    lacking = [v for v in values if not {f"rule_value.{v}", f"mails.event.{v}", f"value.{v}"} & words]
    assert sorted(lacking) == []


def chosen(schema):
    """The values of every choice in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from chosen(part)


def test_no_sentence_speaks_of_a_key_that_is_not_there():
    spoken = [key.split(".")[1:] for key in default_wording("ja") if key.startswith("rule_help.")]
    assert [two for two in spoken if len(two) > 1 and two not in map(list, KEYS)] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_whatever_an_example_expects_has_a_name(language):
    assert {f"term.example.{key}" for key in Expected.__struct_fields__} <= known_codes(language)


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        (WINDOW + "channels: [", {"web", "counter"}),
        (WINDOW + "channels:\n        - ", {"web", "counter"}),
        (WINDOW + "closes: {from: use_day, calendar: ", {"city_office", "facility"}),
        (WINDOW + "when: {", {"facility", "space_kind", "user_class", "form.purpose"}),
        (WINDOW + "when: {user_class: ", {"group", "individual", "none"}),
        (WINDOW + "when: {mail_verified: ", {"true", "false"}),
        ("fees:\n  steps:\n    - step: equipment\n      prices: {", {"projector"}),
        ("registration:\n  classes:\n    - code: x\n      first_stage: ", {"registered"}),
        ("examples:\n  - when: {action: book, facility: ", {"culture_hall"}),
    ],
)
def test_the_citys_own_codes_are_offered_where_one_is_wanted(codes, before, offered):
    assert offered <= set(labels(before, codes))


def test_a_condition_offers_no_fact_that_is_not_known_there(codes):
    assert "paid_by" in labels("booking:\n  cancellation:\n    - code: x\n      when: {", codes)
    assert not {"paid_by", "grounds", "state"} & set(labels(WINDOW + "when: {", codes))
    assert {"age", "way"} & set(labels("registration:\n  consents:\n    - code: x\n      when: {", codes))


def test_a_word_means_what_its_clause_says(codes):
    assert meaning_at(WINDOW, "opens", codes).owner == "Window"
    assert meaning_at(WINDOW + "opens: {", "days", codes).owner == "Moment"
    told = meaning_at(WINDOW + "when: {", "user_class", codes)
    assert set(told.allowed) == {"group", "individual", "none"}
    assert told.names["group"]["ja"] == "団体"


def test_a_form_lets_choose_among_the_codes_and_begins_a_condition_with_one_of_them(codes):
    text = WINDOW + "channels: [counter]\n      when: {user_class: group}\n      closes: {from: use_start}\n"
    whole = read_document(text, file="x").value
    fields = {field.path[3:]: field for field in group_at(("booking", "windows"), whole, codes).walk()}
    assert (fields["channels",].kind, fields["channels",].options[0]) == ("list", "counter")
    assert "web" in fields["channels",].options
    assert (fields["when", "user_class"].kind, fields["when", "user_class"].owner) == ("choice", "")
    path = ("booking", "windows", 0, "when")
    assert "user_class: group, mail_verified: true" in with_key(text, (*path, "mail_verified"), whole, codes)
    assert "people: {at_least: 1}" in with_key(text, (*path, "people"), whole, codes)
