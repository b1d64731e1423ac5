"""Signatures of results, and the command that checks a file."""

import base64
import hashlib
import json

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.lottery.proofs import PEOPLE, RESULT, SEALED, altered, line_of, sealed_and_result

from yoyaku.cli.lottery import lottery
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.draw import draw_rounds
from yoyaku.lottery.policy.seal import hash_of
from yoyaku.lottery.policy.signature import find_fault, read_public_key
from yoyaku.lottery.proof.verify_lottery import main
from yoyaku.lottery.service.signing import Signature

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = PRIVATE.public_key().public_bytes_raw()


def signed(content, *, by=PRIVATE, **changed):
    """The signature file as the service writes it."""
    values = {
        "key_id": new_id(),
        "public_key": by.public_key().public_bytes_raw(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "signature": by.sign(content),
    }
    return Signature(**values | changed).to_file()


def test_a_signature_holds_with_the_published_key_and_with_the_one_it_names():
    for key in (None, KEY.hex().encode(), base64.b64encode(KEY) + b"\n", signed(b"another file")):
        assert find_fault(RESULT, signature=signed(RESULT), key=key) is None


FAULTS = {
    "unreadable": (b"{}", None),
    "key_unreadable": (signed(RESULT), b"no key"),
    "other_key": (signed(RESULT), OTHER.public_key().public_bytes_raw().hex().encode()),
    "other_file": (signed(SEALED), None),
    "forged": (signed(RESULT, signature=OTHER.sign(RESULT)), None),
}


@pytest.mark.parametrize(("code", "files"), FAULTS.items(), ids=FAULTS)
def test_a_signature_that_does_not_hold_says_why(code, files):
    signature, key = files

    assert find_fault(RESULT, signature=signature, key=key) == code


@pytest.mark.parametrize("text", [b"zz" * 32, b"c2hvcnQ=", "鍵".encode(), b""], ids=["hex", "short", "word", "empty"])
def test_what_is_no_key_is_none(text):
    assert read_public_key(text) is None


def test_a_signature_file_of_garbage_is_none():
    assert find_fault(RESULT, signature=b"\xff\xfe", key=None) == "unreadable"


@pytest.fixture
def say(tmp_path):
    """Run ``yoyaku lottery verify`` on files by their contents; exit code and what was said."""

    def run(content, *options, **files):
        (tmp_path / "result.jsonl").write_bytes(content)
        arguments = [str(tmp_path / "result.jsonl"), *options]
        for option, written in files.items():
            (tmp_path / option).write_bytes(written)
            arguments += [f"--{option}", str(tmp_path / option)]
        done = CliRunner().invoke(lottery, ["verify", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    return run


def test_the_command_says_ok_and_what_to_compare(say):
    code, said = say(RESULT, "--sealed-hash", hash_of(SEALED), sealed=SEALED)

    assert code == 0
    assert said.startswith("OK\n")
    assert hash_of(SEALED) in said


def test_the_command_tells_the_first_difference(say):
    code, said = say(altered(5, "[[0,1]]", "[[1,1]]"), sealed=SEALED)

    assert code == 1
    assert "line 5: Not the line that must stand here." in said
    assert "5行目" in said


def flipped(place):
    """The last bit of a number of the line with hash, secret, value and seed."""
    seed = json.loads(RESULT.splitlines()[TOLD - 1])[place]
    return altered(TOLD, seed, f"{int(seed, 16) ^ 1:064x}")


def swapped(line):
    """Another order of two in a round."""
    first, second = json.loads(RESULT.splitlines()[line - 1])["order"][:2]
    return altered(line, f'"{first}","{second}"', f'"{second}","{first}"')


TOLD = line_of(RESULT, '{"sealed_hash"')
TAMPERED = {
    "one entry": (altered(5, "[[0,1]]", "[[1,1]]"), "line 5: Not the line that must stand here."),
    "one bit of the seed": (flipped("seed"), f"line {TOLD}: The seed is not the one that comes out."),
    "one bit of the secret": (flipped("secret"), f"line {TOLD}: The secret has not the hash that was promised."),
    "one order": (swapped(TOLD + 1), f"line {TOLD + 1}: Round 1 has another order, at place 1."),
    "an empty sealed list": (RESULT, "line 1: Not the line that must stand here."),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_found_at_its_place_by_the_command_and_by_the_program_alone(
    say, what, tmp_path, capfdbinary
):
    content, words = TAMPERED[what]
    code, said = say(content, sealed=b"" if what == "an empty sealed list" else SEALED)
    alone = main([str(tmp_path / "result.jsonl"), "--sealed", str(tmp_path / "sealed")])

    assert (code, alone) == (1, 1)
    assert words in said
    assert capfdbinary.readouterr().out.decode() == said


def test_the_command_tells_that_a_file_is_cut(say):
    assert say(RESULT[:200]) == (
        1,
        "NOT OK / 確認できませんでした\n1行目: JSONとして読めません。\nline 1: This line is not JSON.\n",
    )


def test_the_command_checks_the_signature(say):
    code, said = say(RESULT, signature=signed(RESULT), key=KEY.hex().encode())
    assert (code, said.splitlines()[-1]) == (0, "OK 署名 / signature")

    code, said = say(RESULT, signature=signed(RESULT))
    assert code == 0
    assert KEY.hex() in said

    code, said = say(RESULT, signature=signed(SEALED))
    assert code == 1
    assert "NOT OK 署名" in said


def test_a_key_without_a_signature_is_a_slip(say):
    code, said = say(RESULT, key=KEY.hex().encode())

    assert code == 2
    assert "--key needs --signature" in said


@pytest.fixture
def by_moonlight(monkeypatch):
    """A plugin that draws."""

    class Plugin:
        draw = staticmethod(draw_rounds)

    plugins = {"by_moonlight": Plugin}
    monkeypatch.setattr("yoyaku.lottery.policy.draw.draw_plugin", plugins.__getitem__)
    monkeypatch.setattr("yoyaku.extension.registry.draw_plugins", lambda: plugins)


@pytest.mark.usefixtures("by_moonlight")
def test_a_plugin_s_draw_is_drawn_again_where_it_is_installed(say):
    _, result = sealed_and_result(PEOPLE, algorithm="by_moonlight")

    assert say(result)[0] == 0
    assert say(result.replace(b'["won",1', b'["won",2'))[0] == 1


def test_a_plugin_s_draw_is_said_not_to_be_checked_where_it_is_not(say, by_moonlight, monkeypatch):
    del by_moonlight
    _, result = sealed_and_result(PEOPLE, algorithm="by_moonlight")
    monkeypatch.setattr("yoyaku.extension.registry.draw_plugins", dict)

    code, said = say(result)

    assert code == 1
    assert "by_moonlight" in said
