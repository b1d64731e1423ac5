"""A document against its shape: each fault with its place, in two languages, with the mend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from yoyaku.kernel.yen import Rounding
from yoyaku.rules.check import check, read_as, shown
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import DocumentRefused, Fault, Place, known_codes
from yoyaku.rules.validation import json_schema, sample
from yoyaku.rules.values import Code, DateText, Moment, MonthDay, Text, TimeOfDay, When


class Hall(Struct, tag_field="kind", tag="hall", forbid_unknown_fields=True):
    people: Annotated[int, Meta(ge=1, le=500)]


class Court(Struct, tag_field="kind", tag="court", forbid_unknown_fields=True):
    surfaces: int


class Shape(Struct, forbid_unknown_fields=True):
    code: Code = "a"
    name: Text = ""
    opens: TimeOfDay = "09:00"
    on: DateText | None = None
    yearly: MonthDay | None = None
    places: list[Hall | Court] = []
    day: Annotated[int, Meta(ge=1, le=31)] | Literal["last"] | None = None
    which: Literal["first", "last"] | None = None
    rounding: Rounding = Rounding.DOWN
    when: When = {}
    two: Annotated[list[int], Meta(min_length=2)] = msgspec.field(default_factory=lambda: [1, 2])
    other: dict[str, int] = {}
    due: Moment | None = None
    colour: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")] = "#000000"


class Strict(Struct, forbid_unknown_fields=True):
    needed: int
    also: list[Hall]


def faults_of(text: str, shape: type[Struct] = Shape) -> list[Fault]:
    return list(check(read_document(text, file="f.yaml"), shape).faults)


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "says"),
    [
        ("code: A b\n", "wrong_shape", 1, 7, '"A b" is not a code of lower-case letters'),
        ("opens: 9:00\n", "wrong_shape", 1, 8, "time of day"),
        ("opens: 540\n", "wrong_type", 1, 8, "540 is not of the right kind; allowed is: text."),
        ("on: 2027-02-30\n", "wrong_shape", 1, 5, "a date that exists"),
        ("yearly: 02-30\n", "wrong_shape", 1, 9, "a day of the year that exists"),
        ("colour: red\n", "wrong_shape", 1, 9, "is not ^#[0-9a-f]{6}$."),
        ("nmae: x\n", "unknown_key_guess", 1, 1, "The key nmae is unknown"),
        ("zzzz: x\n", "unknown_key", 1, 1, "allowed are: code, name"),
        ("name: [x]\n", "wrong_type", 1, 7, "allowed is: text, a mapping (key: value)."),
        ("name: {ja: 1}\n", "wrong_type", 1, 12, "1 is not of the right kind"),
        ("places:\n  - {kind: hal, people: 3}\n", "not_among_guess", 2, 12, "allowed: hall, court"),
        ("places:\n  - {people: 3}\n", "missing_tag", 2, 5, "The key kind is missing"),
        ("places:\n  - kind: hall\n", "missing_key", 2, 5, "The key people is missing."),
        ("places: [{kind: hall, people: 0}]\n", "schema_minimum", 1, 31, "the least is 1"),
        ("places: [{kind: hall, people: 501}]\n", "schema_maximum", 1, 31, "the most is 500"),
        ("places: [5]\n", "wrong_type", 1, 10, "allowed is: a mapping"),
        ("places: {}\n", "wrong_type", 1, 9, "allowed is: a list"),
        ("day: 32\n", "schema_maximum", 1, 6, "32 is too large"),
        ("day: lst\n", "not_among_guess", 1, 6, '"lst" is not among'),
        ("day: true\n", "wrong_type", 1, 6, "a whole number, text"),
        ("which: center\n", "not_among", 1, 8, '"center" is not among'),
        ("rounding: upp\n", "not_among_guess", 1, 11, "allowed: down, half_up, up"),
        ("when: {x: {at_last: 1}}\n", "unknown_key_guess", 1, 12, "at_least, at_most"),
        ("when: {x: null}\n", "wrong_type", 1, 11, "null is not of the right kind"),
        ("two: [1]\n", "schema_minItems", 1, 6, "at least 2"),
        ("two: []\n", "schema_minItems", 1, 6, "The list [] is too short"),
        ("other: {a: x}\n", "wrong_type", 1, 12, "a whole number"),
        ("due: {day: 5}\n", "missing_key", 1, 6, "The key from is missing."),
        ("due: {from: used}\n", "not_among_guess", 1, 13, '"used" is not among'),
        ("[1]\n", "wrong_type", 1, 1, "allowed is: a mapping"),
        ("", "wrong_type", 1, 1, "null is not of the right kind"),
    ],
)
def test_a_fault_is_told_where_it_stands(text: str, code: str, line: int, column: int, says: str):
    (fault,) = faults_of(text)
    assert (fault.code, fault.place) == (code, Place("f.yaml", line, column))
    assert says in fault.says("en")
    assert fault.says("ja")
    assert fault.mend("ja")
    assert fault.mend("en")


def test_all_faults_are_told_at_once_and_in_order():
    text = "code: A\ncode: b\nnmae: x\nopens: 1.5\nplaces:\n  - {kind: hall, peeple: 3}\n  - {}\n"
    found = [(fault.place.line, fault.code) for fault in faults_of(text)]
    assert found == [
        (1, "wrong_shape"),
        (2, "duplicate_key"),
        (3, "unknown_key_guess"),
        (4, "fraction"),
        (6, "unknown_key_guess"),
        (7, "missing_tag"),
    ]


def test_a_misspelt_key_is_told_once_and_not_as_missing_too():
    assert [fault.code for fault in faults_of("neded: 1\nalso: []\n", Strict)] == ["unknown_key_guess"]


def test_a_faulty_document_is_repaired_so_that_checking_goes_on():
    checked = check(read_document("neded: 1\nalso: [{kind: court, people: x}, 7]\n", file="f"), Strict)
    assert isinstance(checked.value, Strict)
    assert checked.was_repaired(("also",))
    assert checked.was_repaired(("also", 0, "people", "deeper"))
    assert checked.was_repaired(())
    assert not check(read_document("needed: 1\nalso: []", file="f"), Strict).was_repaired(("also",))


class Deep(Struct, tag_field="kind", tag="deep", forbid_unknown_fields=True):
    inner: Moment


class Pairs(Struct):
    pair: Annotated[list[Hall | Deep], Meta(min_length=2)]


def test_a_fault_inside_what_was_replaced_is_told_and_needs_no_second_repair():
    text = "pair: [{kind: deep, inner: {from: use_day, roll: {to: x, calendar: y}}}]\n"
    checked = check(read_document(text, file="f"), Pairs)
    assert [fault.code for fault in checked.faults] == ["schema_minItems", "not_among"]
    assert checked.value == Pairs([Hall(1), Hall(1)])


def test_a_document_without_fault_becomes_the_struct(tmp_path: Path):
    file = tmp_path / "a.yaml"
    file.write_text("needed: 3\nalso: [{kind: hall, people: 5}]\n", encoding="utf-8")
    assert read_as(file, Strict) == Strict(needed=3, also=[Hall(people=5)])


def test_a_document_with_a_fault_is_refused_whole(tmp_path: Path):
    file = tmp_path / "a.yaml"
    file.write_text("needed: x\n", encoding="utf-8")
    with pytest.raises(DocumentRefused) as refused:
        read_as(file, Strict, shown_as="a")
    assert [fault.code for fault in refused.value.faults] == ["missing_key", "wrong_type"]
    assert str(refused.value).startswith("a:1:1: The key also is missing.")


class Picky(Struct):
    even: int

    def __post_init__(self) -> None:
        if self.even % 2:
            raise ValueError("odd")


def test_what_no_schema_can_say_is_told_by_the_struct():
    (fault,) = faults_of("even: 3\n", Picky)
    assert fault.code == "unbuildable"
    assert "odd" in fault.says("en")
    assert [fault.code for fault in faults_of("even: x\nodd: 1\n", Picky)] == ["wrong_type"]


def test_a_document_of_another_kind_is_refused_after_so_many_faults_without_looking_for_the_rest():
    faults = faults_of("".join(f"unknown{number}: 1\n" for number in range(20_000)))
    assert len(faults) == 501
    assert [fault.code for fault in faults].count("too_many_faults") == 1


def test_a_fault_for_machines_says_the_same():
    told = faults_of("code: A\n")[0].to_json()
    assert told["path"] == "code"
    assert (told["line"], told["column"], told["level"]) == (1, 7, "error")
    assert told["found"] == '"A"'
    assert set(told["message"]) == set(told["mend"]) == {"ja", "en"}


def test_values_are_shown_short():
    assert shown("x" * 100) == '"' + "x" * 59 + "…"
    assert [shown({}), shown([1]), shown(value=True), shown(None)] == ["{…}", "[…]", "true", "null"]


def test_both_languages_have_the_same_sentences():
    assert known_codes("ja") == known_codes("en")


def test_facts_are_put_into_words():
    place = Place("f", 1, 1)
    fault = Fault(code="not_among", place=place, facts={"found": True, "allowed": frozenset({"b", "a"})})
    assert fault.says("en") == "true is not among what is allowed: a, b."
    assert Fault(code="not_among", place=place, facts={"found": None, "allowed": ()}).says("en").startswith(" is not")


def test_samples_fit_their_schemas():
    definitions = json_schema(Shape)["$defs"]
    for kind in definitions.values():
        made = sample(kind, definitions)
        assert made is not None
    assert msgspec.convert(sample({"$ref": "#/$defs/Moment"}, definitions), Moment).days == 0


def test_a_schema_says_its_draft_and_carries_plain_descriptions():
    schema = json_schema(Shape)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "\n" not in schema["$defs"]["Moment"]["description"]
