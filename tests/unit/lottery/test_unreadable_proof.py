"""Files that are no whole results, or mean to deceive: said at their line, by the verifier that people take away."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.lottery.proofs import RESULT, SEALED, SECRET, VALUE, A, B, altered, findings, line_of

from yoyaku.lottery.policy.seal import hash_of, seed_of
from yoyaku.lottery.proof import verify_lottery
from yoyaku.lottery.proof.verify_lottery import main

HERE = Path(__file__).parent
VERIFIER = Path(verify_lottery.__file__)
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


def test_the_verifier_is_in_the_language_of_python_3_9():
    assert ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9)).body


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
