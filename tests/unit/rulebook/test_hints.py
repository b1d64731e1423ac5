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
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import known_codes
from yoyaku.rules.validation import json_schema
from yoyaku.ui.wording import default_wording

HELPED = (
    *("Applies", "Channel", "Window", "OfficeHours", "Moment", "Roll", "Range", "Limit", "Weight", "Lifecycle"),
    *("Cancellation", "RefundTier", "FeeTerms", "Base", "Price", "YenByDate", "DatedYen", "Add", "Multiply"),
    *("FactorByDate", "DatedFactor", "Package", "EquipmentFee", "Round", "ReliefPlace", "Relief", "PaymentMethod"),
    *("Choice", "Collection", "LotteryScheme", "Requirement", "EntryTerms", "EntryMost", "DrawTerms", "Tier"),
    *("Tickets", "WinTerms", "ProofTerms", "RegistrantClass", "Notice", "StaffTerms"),
    "LateAfterDays",
)
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
def test_every_key_of_the_commonest_clauses_has_its_sentence(language):
    wording = default_wording(language)
    keys = [(name, key) for name in HELPED for key in json_schema(RuleSet)["$defs"][name]["properties"]]
    lacking = [
        (name, key) for name, key in keys if not {f"rule_help.{name}.{key}", f"rule_help.{key}"} & wording.keys()
    ]
    assert lacking == []


def test_no_sentence_speaks_of_a_key_that_is_not_there():
    definitions = json_schema(RuleSet)["$defs"]
    spoken = [key.split(".")[1:] for key in default_wording("ja") if key.startswith("rule_help.")]
    assert [two for two in spoken if len(two) > 1 and two[1] not in definitions[two[0]]["properties"]] == []


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
