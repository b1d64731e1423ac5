"""Every example of every rule set, one test each; and what makes an example fail."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from tests.city_books import city_book

from yoyaku.cli.rules import rules as command
from yoyaku.rulebook.book import read_book
from yoyaku.rulebook.examples import try_example
from yoyaku.rulebook.explain import explained
from yoyaku.rulebook.source import find_rule_sets
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import DocumentRefused

ROOT = Path(__file__).parents[2]
SMALL = Path(__file__).parent / "small.yaml"
BOOKS = {path.name: city_book(path.name) for path in find_rule_sets(ROOT / "rulesets")}
EXAMPLES = [
    pytest.param(name, index, id=f"{name}: {example.name}")
    for name, book in BOOKS.items()
    for index, example in enumerate(book.rules.examples)
]


@pytest.mark.parametrize(("name", "index"), EXAMPLES)
def test_an_example_comes_out_as_it_says(name: str, index: int):
    book = BOOKS[name]
    outcome = try_example(book.need_compiled(), book.rules.examples[index])
    assert outcome.passed, (outcome.differences, outcome.decision.error)


@pytest.mark.parametrize("name", BOOKS)
def test_every_decision_names_clauses_that_stand_in_the_files(name: str):
    book = BOOKS[name]
    rules = book.need_compiled()
    for example in book.rules.examples:
        for each in explained(try_example(rules, example).decision, book.source):
            assert each.place is not None, (example.name, each.use)


@pytest.mark.parametrize(
    ("find", "put", "key"),
    [
        ("total_yen: 600", "total_yen: 601", "total_yen"),
        ("2027-01-24T24:00", "2027-01-24T23:59:59", "lapses_at"),
        ("state: tentative,", "state: confirmed,", "state"),
        ("outcome: allowed", "outcome: refused", "outcome"),
        ("number: 2026-00001", "number: 2026-00002", "number"),
        ("total_yen: 600", "lines: {room: 600, lights: 0}", "lines"),
        ("total_yen: 600", "due: {cash: 2027-01-24T23:00}", "due"),
        ("total_yen: 600", "refund_yen: 0", "refund_yen"),
        ("purpose: meeting}", "purpose: meting}", "outcome"),
        ("date: 2027-02-10", "date: 2027-02-08", "outcome"),
    ],
)
def test_an_example_that_says_otherwise_fails_on_that_key(find: str, put: str, key: str, tmp_path: Path):
    text = SMALL.read_text(encoding="utf-8")
    assert text.count(find) == 1
    file = tmp_path / "town.yaml"
    file.write_text(text.replace(find, put), encoding="utf-8")
    book = read_book(file)
    outcome = try_example(book.need_compiled(), book.rules.examples[0])
    assert key in {difference.key for difference in outcome.differences}


def test_a_rule_set_survives_its_storage():
    rules = read_book(SMALL).rules
    assert msgspec.json.decode(msgspec.json.encode(rules), type=RuleSet) == rules


def test_a_rule_set_with_faults_has_no_book():
    with pytest.raises(DocumentRefused):
        read_book(Path(__file__).parent / "planted" / "faulty.yaml")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output


def test_the_commands_check_and_test_rule_sets():
    """All rule sets of the project pass both among the checks (``tools/check``)."""
    assert run("check", str(SMALL), "--lang", "en")[0] == 0
    code, told = run("test", str(SMALL), "--lang", "en")
    assert code == 0
    assert re.search(r"1 rule sets?, (\d+) examples: \1 passed, 0 failed", told)


def test_the_test_command_tells_what_came_out_otherwise(tmp_path: Path):
    file = tmp_path / "town.yaml"
    file.write_text(SMALL.read_text(encoding="utf-8").replace("total_yen: 600", "total_yen: 601"), encoding="utf-8")
    code, told = run("test", str(file))
    assert code == 1
    assert "total_yen: 601 ≠ 600" in told
    code, told = run("test", str(file), "--format", "json")
    assert '"failed": 1' in told


CASE = """
given: {now: 2027-01-10T10:00:00, user: {user_class: citizen, registration: registered}}
when: {action: book, facility: hall, space: meeting, date: 2027-02-10, bands: [am, pm], form: {purpose: meeting}}
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_explain_names_the_clauses_with_their_lines(form: str, tmp_path: Path):
    case = tmp_path / "case.yaml"
    case.write_text(CASE, encoding="utf-8")
    code, told = run("explain", str(SMALL), "--case", str(case), "--format", form)
    assert code == 0
    line = SMALL.read_text(encoding="utf-8").splitlines().index("      code: day") - 1
    for part in ("1200", "2027-01-25T00:00:00", "fees.steps[5]", f"small.yaml:{line + 1}:"):
        assert part in told


def test_the_schema_is_printed_for_editors():
    code, told = run("schema")
    assert code == 0
    assert '"$defs"' in told
    assert '"FacilityFile"' in run("schema", "--part", "facilities")[1]
