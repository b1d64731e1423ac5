"""The public files of a lottery, and the verifier that anybody may take away."""

import json
import re
from hashlib import sha256
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lottery.drawing import raffles
from tests.unit.lottery.proofs import (
    CELLS,
    PEOPLE,
    RESULT,
    SEALED,
    SECRET,
    VALUE,
    A,
    B,
    altered,
    findings,
    head,
    line_of,
    sealed_and_result,
)

from yoyaku.extension.draw import Cell
from yoyaku.lottery import proof
from yoyaku.lottery.policy.draw import draw_rounds
from yoyaku.lottery.policy.seal import (
    hash_of,
    read_sealed,
    redraw,
    seal_lines,
    seed_of,
)

HERE = Path(__file__).parent


def test_the_format_does_not_drift():
    """Files that were published stay readable: to change this one is to bring out a new format."""
    assert (HERE / "golden" / "sealed.jsonl").read_bytes() == SEALED
    assert (HERE / "golden" / "result.jsonl").read_bytes() == RESULT


def test_the_result_begins_with_the_list_that_was_sealed():
    assert RESULT.startswith(SEALED)
    told = json.loads(RESULT[len(SEALED) :].split(b"\n")[0])
    text = f"yoyaku-lottery-1\n{sha256(SEALED).hexdigest()}\n{SECRET.hex()}\n{VALUE}\n"
    assert told["seed"] == sha256(text.encode()).hexdigest()


def test_the_order_of_entering_does_not_show_in_the_list():
    assert seal_lines(head(), CELLS, reversed(PEOPLE)) == SEALED


def test_every_line_fits_the_schema():
    schema = json.loads((Path(proof.__file__).parent / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)

    assert [line for line in RESULT.decode().splitlines() if not validator.is_valid(json.loads(line))] == []


def test_a_sealed_list_is_read_as_it_was_written():
    assert read_sealed(SEALED) == read_sealed(RESULT) == (head(), CELLS, sorted(PEOPLE))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (altered(1, '"yoyaku_lottery":1', '"yoyaku_lottery":2', SEALED), "format 2"),
        (SEALED[:-20], "too early"),
        (b"", "Input data was truncated"),
    ],
    ids=["another format", "cut", "empty"],
)
def test_what_is_no_sealed_list_is_not_drawn(content, words):
    with pytest.raises(ValueError, match=words):
        read_sealed(content)


def test_a_result_can_be_drawn_again():
    assert redraw(RESULT) == RESULT


def test_what_a_plugin_is_set_to_is_sealed_and_is_what_it_draws_by(monkeypatch):
    class Plugin:
        @staticmethod
        def draw(*, rules, **more):
            return draw_rounds(rules=rules if rules.settings == {"stages": ["town", "others"]} else None, **more)

    monkeypatch.setattr("yoyaku.lottery.policy.draw.draw_plugin", {"stages": Plugin}.__getitem__)
    terms = msgspec.structs.replace(head("stages"), settings={"stages": ["town", "others"]})
    sealed = seal_lines(terms, CELLS, PEOPLE)
    schema = json.loads((Path(proof.__file__).parent / "schema.json").read_text(encoding="utf-8"))

    assert jsonschema.Draft202012Validator(schema).is_valid(json.loads(sealed.split(b"\n")[0]))
    assert read_sealed(sealed)[0] == terms
    assert redraw(sealed + RESULT[len(SEALED) :]).startswith(sealed)


@given(raffles())
def test_the_verifier_draws_as_the_engine_does(raffle):
    people, frees, how = raffle
    cells = [Cell(f"c{at}|2027-02-01", free) for at, free in enumerate(frees)]

    sealed, result = sealed_and_result(people, cells, algorithm=how["algorithm"], wins_at_most=how["wins_at_most"])

    assert findings(result, sealed=sealed, sealed_hash=hash_of(sealed)) == []
    assert read_sealed(result)[2] == sorted(people)


@given(st.integers(0, len(RESULT) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed_unseen(place, other):
    changed = bytearray(RESULT)
    changed[place] ^= other

    assert findings(bytes(changed)) != []


@given(st.integers(0, len(RESULT) - 1))
def test_no_cut_goes_unseen(length):
    assert findings(RESULT[:length]) != []


def test_a_changed_entry_no_longer_fits_the_hash_and_the_draw_tells_where_it_shows():
    changed = altered(5, "[[0,1]]", "[[1,1]]")

    found = findings(changed)

    assert found[0].line == 1
    assert "was changed" in found[0].en
    assert "変わって" in found[0].ja
    assert [one.key for one in found[1:]] == ["decisions"]


def test_the_sealed_list_tells_which_line_was_changed():
    changed = altered(5, "[[0,1]]", "[[1,1]]")

    found = findings(changed, sealed=SEALED)

    assert [one.line for one in found] == [1, 5]
    assert A in found[1].en


def test_a_list_changed_without_a_trace_in_the_draw_is_caught_by_its_hash():
    assert [one.key for one in findings(altered(1, '"town"', '"gown"'))] == ["changed"]


def test_a_changed_seed_is_named_with_the_right_one():
    told = line_of(RESULT, '{"sealed_hash"')
    seed = json.loads(RESULT.decode().split("\n")[told - 1])["seed"]
    flipped = f"{int(seed, 16) ^ 1:064x}"

    (found,) = findings(altered(told, seed, flipped))

    assert (found.line, found.key) == (told, "seed")
    assert f"Expected: {seed} / found: {flipped}" in found.en


def test_a_changed_order_is_named_with_round_and_place():
    first = line_of(RESULT, '{"round":1')
    order = json.loads(RESULT.decode().split("\n")[first - 1])["order"]

    (found,) = findings(altered(first, f'"{order[0]}","{order[1]}"', f'"{order[1]}","{order[0]}"'))

    assert (found.line, found.facts["round"], found.facts["at"]) == (first, 1, 1)
    assert f"Expected: {order[0]} / found: {order[1]}" in found.en


def test_a_changed_decision_is_named_with_receipt_and_wish():
    line = line_of(RESULT, f'{{"applicant":"{B}","decisions"')

    (found,) = findings(altered(line, '"lost"', '"won"'))

    assert (found.line, found.facts["applicant"], found.facts["at"]) == (line, B, 1)
    assert "Expected: ['lost'" in found.en


def test_a_secret_that_was_not_promised_is_named():
    told = line_of(RESULT, '{"sealed_hash"')

    assert [one.key for one in findings(altered(told, SECRET.hex(), bytes(32).hex()))] == ["secret"]


def test_a_hash_stated_wrongly_is_told_from_a_changed_list():
    told = line_of(RESULT, '{"sealed_hash"')

    assert [(one.line, one.key) for one in findings(altered(told, hash_of(SEALED), "00" * 32))] == [(told, "stated")]


def test_a_whole_forgery_is_caught_by_what_was_published_at_closing():
    forged_list, forged = sealed_and_result(PEOPLE[:2])

    assert findings(forged) == []
    assert [one.key for one in findings(forged, sealed_hash=hash_of(SEALED))] == ["published"]
    assert findings(forged, sealed_hash=hash_of(forged_list).upper()) == []
    assert [one.line for one in findings(forged, sealed=SEALED)] == [1]


def test_lines_too_many_are_named():
    assert [one.key for one in findings(RESULT + b"{}\n")] == ["line"]


def test_a_plugin_s_draw_is_said_not_to_be_recomputed():
    told = altered(1, '"rounds"', '"moon"')
    sealed = told[: told.index(b'{"sealed_hash"')]
    seed = seed_of(sealed_hash=hash_of(sealed), secret=SECRET, public_value=VALUE)
    old = json.loads(RESULT[len(SEALED) :].split(b"\n")[0])
    fixed = told.replace(old["sealed_hash"].encode(), hash_of(sealed).encode()).replace(
        old["seed"].encode(), seed.hex().encode()
    )

    (found,) = findings(fixed)

    assert found.key == "plugin"
    assert "moon" in found.en
    assert "moon" in found.ja


def test_the_example_that_the_documentation_works_by_hand_is_true():
    page = (HERE.parents[2] / "docs" / "lottery-proof.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0]
    told = json.loads(example.splitlines()[7])

    assert findings(example.encode()) == []
    rows = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \| (\d) \|", page)
    assert len(rows) == 3
    assert sorted(rows, key=lambda row: row[1]) == sorted(rows, key=lambda row: row[2])
    for receipt, digest, _ in rows:
        assert sha256(f"{told['seed']}|1|{receipt}".encode()).hexdigest() == digest
