"""The public files of a lottery, and the verifier that anybody may take away."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lottery.drawing import raffles

from yoyaku.extension.draw import Cell, DrawApplicant, DrawRules
from yoyaku.lottery import proof
from yoyaku.lottery.policy.draw import draw
from yoyaku.lottery.policy.seal import (
    SealHead,
    hash_of,
    read_sealed,
    redraw,
    result_bytes,
    seal_lines,
    secret_hash_of,
    seed_of,
)
from yoyaku.lottery.proof import verify_lottery
from yoyaku.lottery.proof.verify_lottery import Finding, check, main, read

HERE = Path(__file__).parent
VERIFIER = Path(verify_lottery.__file__)
SECRET = bytes(range(32))
VALUE = "3f9a"
A, B, C = "AAAAA-AAAAA", "BBBBB-BBBBB", "CCCCC-CCCCC"
CELLS = [
    Cell("hall|2027-02-03|13:00-15:00", 1),
    Cell("hall|2027-02-03|15:00-16:00", 1),
    Cell("room|2027-02-04", (1, 2)),
]
PEOPLE = [
    DrawApplicant(C, (((0, 1), (1, 1)), ((2, (2,)),))),
    DrawApplicant(A, (((0, 1),), ((2, 1),)), tickets=2),
    DrawApplicant(B, (((0, 1),), ((2, (1, 2)),)), tier=1),
]


def head(algorithm="rounds", wins_at_most=None):
    return SealHead(
        tenant="town",
        service="courts",
        scheme="monthly",
        period=("2027-02-01", "2027-03-01"),
        closed_at="2027-01-10T15:00:00+00:00",
        rule_set_version=1,
        algorithm=algorithm,
        wins_at_most=wins_at_most,
        secret_hash=secret_hash_of(SECRET),
        beacon="published",
        public_source="市況 2027-01-12",
        public_reference={"what": "終値"},
    )


def sealed_and_result(people=PEOPLE, cells=CELLS, *, algorithm="rounds", wins_at_most=None):
    sealed = seal_lines(head(algorithm, wins_at_most), cells, people)
    seed = seed_of(sealed_hash=hash_of(sealed), secret=SECRET, public_value=VALUE)
    drawn = draw(
        applicants=people, cells=cells, rules=DrawRules(algorithm=algorithm, wins_at_most=wins_at_most), seed=seed
    )
    return sealed, result_bytes(sealed, secret=SECRET, public_value=VALUE, seed=seed, drawn=drawn, applicants=people)


SEALED, RESULT = sealed_and_result()


def findings(content, **options):
    try:
        return check(read(content), **options)
    except Finding as finding:
        return [finding]


def altered(line, before, after, content=RESULT):
    """The file with something else in a line (from 1)."""
    lines = content.decode().split("\n")
    assert before in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(before, after, 1)
    return "\n".join(lines).encode()


def line_of(content, start):
    return next(at for at, line in enumerate(content.decode().split("\n"), 1) if line.startswith(start))


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


UNREADABLE = {
    "empty": (b"", "json", 1),
    "not JSON": (b"Receipt;Result\n", "json", 1),
    "another JSON": (b"[1]\n", "other", 1),
    "unknown format": (altered(1, '"yoyaku_lottery":1', '"yoyaku_lottery":99'), "format", 1),
    "wrong encoding": (RESULT.decode().encode("cp932"), "utf8", 1),
    "rewritten line ends": (RESULT.replace(b"\n", b"\r\n"), "ends", 1),
    "cut in a line": (RESULT[:-5], "cut", RESULT.count(b"\n")),
    "only the sealed list": (SEALED, "cut", SEALED.count(b"\n") + 1),
    "without its end": (RESULT[: RESULT.rindex(b'{"end"')], "cut", RESULT.count(b"\n")),
    "a line not JSON": (altered(3, '"cell"', "cell"), "json", 3),
    "a cell without free": (altered(2, '"free"', '"three"'), "formed", 2),
    "a unit free twice": (altered(4, "[1,2]", "[1,1]"), "formed", 4),
    "no tickets": (altered(6, '"tickets":1', '"tickets":0'), "formed", 6),
    "a cell that is not there": (altered(5, "[[0,1]]", "[[7,1]]"), "formed", 5),
    "a cell before the first": (altered(5, "[[0,1]]", "[[-1,1]]"), "formed", 5),
    "less than nothing wanted": (altered(5, "[[0,1]]", "[[0,-1]]"), "formed", 5),
    "a number where none is": (altered(5, "[[0,1]]", "[[0,[1]]]"), "formed", 5),
    "the same receipt twice": (altered(6, B, A), "formed", 6),
    "deeply nested": (altered(2, '"free":1', '"free":' + "[" * 200_000 + "]" * 200_000), "json", 2),
    "a name twice": (altered(6, '"tickets":1', '"tickets":1,"tickets":2'), "json", 6),
    "a name twice in the head": (altered(1, '"cells":3', '"cells":3,"cells":3'), "json", 1),
    "not a number": (altered(6, '"tickets":1', '"tickets":NaN'), "json", 6),
    "endless": (altered(6, '"tickets":1', '"tickets":Infinity'), "json", 6),
    "a number too long": (altered(6, '"tickets":1', '"tickets":' + "9" * 10_000), "json", 6),
    "more tickets than hashes can be made of": (altered(6, '"tickets":1', '"tickets":1000000000'), "formed", 6),
    "half a ticket": (altered(6, '"tickets":1', '"tickets":1.5'), "formed", 6),
    "a tier that is no number": (altered(6, '"tier":1', '"tier":"1"'), "formed", 6),
    "half a unit free": (altered(2, '"free":1', '"free":1.5'), "formed", 2),
    "true for one": (altered(2, '"free":1', '"free":true'), "formed", 2),
    "half a cell": (altered(5, "[[0,1]]", "[[0.5,1]]"), "formed", 5),
    "half a unit wanted": (altered(5, "[[0,1]]", "[[0,0.5]]"), "formed", 5),
    "units that are no numbers": (altered(4, "[1,2]", '["1","2"]'), "formed", 4),
    "a receipt that is a list": (altered(5, f'"{A}"', f'["{A}"]'), "formed", 5),
    "a receipt of half a character": (altered(5, A, "\\ud800"), "formed", 5),
    "fewer lines than none": (altered(1, '"cells":3', '"cells":-3'), "formed", 1),
    "more lines than there are": (altered(1, '"applicants":3', '"applicants":1000000000000'), "formed", 8),
    "half a line": (altered(1, '"cells":3', '"cells":3.0'), "formed", 1),
    "most wins in words": (altered(1, '"wins_at_most":null', '"wins_at_most":"one"'), "formed", 1),
    "no wins at all": (altered(1, '"wins_at_most":null', '"wins_at_most":0'), "formed", 1),
    "a way to draw that is no name": (altered(1, '"algorithm":"rounds"', '"algorithm":["rounds"]'), "formed", 1),
    "a value that is no text": (altered(8, f'"public_value":"{VALUE}"', '"public_value":1'), "formed", 8),
    "a value of half a character": (altered(8, f'"public_value":"{VALUE}"', '"public_value":"\\ud800"'), "formed", 8),
    "a secret in capitals": (altered(8, SECRET.hex(), SECRET.hex().upper()), "formed", 8),
    "a secret with spaces": (altered(8, SECRET.hex(), SECRET.hex(" ")), "formed", 8),
    "a seed that is no number": (altered(line_of(RESULT, '{"sealed_hash"'), '"seed":"', '"seed":"x'), "formed", 8),
}


@pytest.mark.parametrize(("content", "key", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_not_whole_is_told_with_its_line(content, key, line):
    (found,) = findings(content)

    assert (found.key, found.line) == (key, line)


def run_alone(*arguments):
    """The verifier as a process that has nothing but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)], capture_output=True, check=False
    )


def test_the_verifier_runs_by_itself():
    done = run_alone(HERE / "golden" / "result.jsonl", "--sealed", HERE / "golden" / "sealed.jsonl")

    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert said.startswith("OK\n")
    assert hash_of(SEALED) in said
    assert "市況 2027-01-12" in said


def test_the_verifier_ends_with_one_where_something_is_wrong(tmp_path):
    (tmp_path / "result.jsonl").write_bytes(altered(5, "[[0,1]]", "[[1,1]]"))

    done = run_alone(tmp_path / "result.jsonl")

    assert done.returncode == 1
    assert done.stdout.decode().startswith("NOT OK")
    assert "line 1:" in done.stdout.decode()


def test_the_verifier_says_that_a_file_is_not_there(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "nothing.jsonl")])

    assert "nothing.jsonl" in capsys.readouterr().err


def test_the_verifier_s_own_main_gives_what_was_found(tmp_path, capfdbinary):
    (tmp_path / "cut.jsonl").write_bytes(RESULT[:300])

    assert main([str(tmp_path / "cut.jsonl")]) == 1
    assert main([str(HERE / "golden" / "result.jsonl")]) == 0
    assert b"OK" in capfdbinary.readouterr().out


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


def test_the_same_secret_written_otherwise_does_not_choose_another_seed():
    """Whoever knows the public value could else try capitals and spaces until the draw pleases."""
    for written in (SECRET.hex().upper(), SECRET.hex(" "), f" {SECRET.hex()}"):
        seed = verify_lottery.seed_of(hash_of(SEALED), written, VALUE)
        own = seed_of(sealed_hash=hash_of(SEALED), secret=SECRET, public_value=VALUE).hex()
        forged = RESULT.decode().replace(f'"secret":"{SECRET.hex()}"', f'"secret":"{written}"').replace(own, seed)
        (found,) = findings(forged.encode())
        assert (found.key, found.line) == ("formed", 8)


def test_a_file_that_means_to_deceive_writes_no_line_of_its_own_in_what_is_said():
    wrong = RESULT.replace(b'"won"', b'"\x1b[2K\rOK\x1b"', 1)
    (found,) = findings(wrong)
    said = verify_lottery.report(None, [found])
    assert "\x1b" not in said
    assert "\r" not in said
    assert said.startswith("NOT OK")
