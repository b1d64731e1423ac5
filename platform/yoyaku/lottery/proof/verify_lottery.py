#!/usr/bin/env python3
"""抽選結果ファイルの検証 / Checks the result file of a lottery: draws it again and compares every line.

    python3 verify_lottery.py RESULT.jsonl [--sealed SEALED.jsonl] [--sealed-hash HEX]

Python 3.9 以降だけで動きます。Needs nothing but Python 3.9 or newer. Exit 0: OK; 1: not.
--sealed: 締切時に封印された一覧(またはそのハッシュ値)とも比べます / compares with the list sealed at closing, or its hash.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence  # noqa: UP035  # Python 3.9 has it here too

FORMAT = 1
NAME, ENTRIES, TIER = 0, 1, 2  # where they stand in what the draw keeps of a person
MOST_TICKETS = 100
CONTROL = dict.fromkeys([*range(32), *range(127, 160), *range(0xD800, 0xE000)], "?")  # a file may mean to deceive
WORDS = {
    "utf8": ("文字コードがUTF-8ではありません。", "This is not in UTF-8."),
    "ends": ("改行が書き換えられています。入手し直してください。", "Line ends were rewritten; download it again."),
    "json": ("JSONとして読めません。", "This line is not JSON."),
    "other": ("抽選結果ファイルではありません。", "This is no result file of a lottery."),
    "format": ("形式番号{number}には対応していません。", "A format that I do not know: {number}."),
    "cut": ("ファイルがここで切れています。", "The file is cut here."),
    "formed": ("この行の形が仕様と違います。", "This line is not formed as it must be."),
    "published": ("締切時に公開されたハッシュ値と違います。", "Not the hash that was published of the sealed list."),
    "secret": ("秘密の値が受付前のハッシュ値と合いません。", "The secret has not the hash that was promised."),
    "seed": ("シードが計算結果と違います。", "The seed is not the one that comes out."),
    "stated": ("一覧のハッシュ値の記載が違います。", "The hash that is stated of the sealed list is wrong."),
    "changed": ("一覧({start}行目まで)が封印後に変わっています。", "The sealed list (to line {start}) was changed."),
    "plugin": ("方式「{name}」は拡張機能のもので再計算できません。", "I cannot recompute {name}: it is a plugin's."),
    "line": ("ここにあるべき行と違います。", "Not the line that must stand here."),
    "order": ("第{round}巡の{at}番目が違います。", "Round {round} has another order, at place {at}."),
    "decisions": ("{applicant}の{at}番目の申込みの結果が違います。", "Another decision for {applicant}, entry {at}."),
}


class Result(NamedTuple):
    """A file that was read. ``told`` is the line of hash, secret, value and seed, at the place ``start`` (from 0)."""

    lines: list[str]
    head: dict[str, Any]
    cells: list[Any]
    applicants: list[dict[str, Any]]
    told: dict[str, Any]
    start: int
    sealed_hash: str


class Finding(Exception):
    """A line of the file (from 1; 0: the file as a whole) and what is wrong there, in both languages."""

    def __init__(self, line: int, key: str, right: object = None, found: object = None, **facts: object) -> None:
        ja, en = (text.format(**facts) for text in WORDS[key])
        self.key, self.facts, self.line = key, facts, line
        self.ja = (ja if found is None else f"{ja} 正: {right} / 記載: {found}").translate(CONTROL)
        self.en = (en if found is None else f"{en} Expected: {right} / found: {found}").translate(CONTROL)


def read(content: bytes) -> Result:
    """Read a result file. Raises a Finding where it is none, or not whole."""
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Finding(content.count(b"\n", 0, error.start) + 1, "utf8") from None
    if b"\r" in content:
        raise Finding(1, "ends")
    head = _load(lines, 0)
    number = head.get("yoyaku_lottery") if isinstance(head, dict) else None
    if number != FORMAT:
        raise Finding(1, "other" if number is None else "format", number=number)
    if lines.pop():
        raise Finding(len(lines) + 1, "cut")
    return _parts(lines, head)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError  # a name stands twice: others may read it otherwise
    return found


LOAD = json.JSONDecoder(object_pairs_hook=_once, parse_constant=int).decode  # NaN and Infinity are no numbers


def _load(lines: list[str], at: int) -> Any:  # noqa: ANN401  # JSON
    try:
        return LOAD(lines[at])
    except (IndexError, ValueError, RecursionError) as error:
        raise Finding(at + 1, "cut" if isinstance(error, IndexError) else "json") from None


def _parts(lines: list[str], head: dict[str, Any]) -> Result:
    """The parts of a file; every number that the draw uses is looked at."""
    at, cells, applicants = 0, list[Any](), list[dict[str, Any]]()
    try:
        first, start, most = 1 + head["cells"], 1 + head["cells"] + head["applicants"], head["wins_at_most"]
        _must(_counts([head["cells"], head["applicants"], head["entries"]]) and (most is None or _counts([most], 1)))
        _must(head["algorithm"].isprintable() and head["secret_hash"])
        for at in range(1, first):
            cells.append(_load(lines, at)["free"])
            _must(_counts(cells[-1:]) or (_counts(cells[-1]) and len(set(cells[-1])) == len(cells[-1])))
        for at in range(first, start):
            applicants.append(one := _load(lines, at))
            _must(one["applicant"].isascii() and (at == first or applicants[-2]["applicant"] < one["applicant"]))
            _must(_counts([one["tier"], one["tickets"] - 1]) and one["tickets"] <= MOST_TICKETS)
            _must(all(_fair(cells, *want) for wants in one["entries"] for want in wants))
        at, told = start, _load(lines, start)
        _must(bytes.fromhex(told["secret"]).hex() == told["secret"])  # written otherwise it would give another seed
        bytes.fromhex(told["seed"] + told["sealed_hash"] + str.encode(told["public_value"]).hex())
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Finding(at + 1, "formed") from None
    gc.freeze()  # what was read stays: millions of lists that need not be looked through for rubbish again and again
    sealed = "".join([line + "\n" for line in lines[:start]]).encode()
    return Result(lines, head, cells, applicants, told, start, sha256(sealed).hexdigest())


def _must(right: object) -> None:
    if not right:
        raise ValueError


def _counts(values: Any, least: int = 0) -> bool:  # noqa: ANN401  # JSON
    return type(values) is list and all(type(one) is int and one >= least for one in values)


def _fair(cells: list[Any], cell: Any, units: Any) -> bool:  # noqa: ANN401  # JSON
    named = type(units) is list and len(set(units)) == len(units) > 0 and _counts(units) and type(cells[cell]) is list
    return type(cell) is int and 0 <= cell < len(cells) and (units > 0 if type(units) is int else named)


def check(result: Result, *, sealed: bytes | None = None, sealed_hash: str | None = None) -> list[Finding]:
    """What is wrong: nothing, or the first difference (and what it comes from, where that can be told)."""
    told, own, line = result.told, result.sealed_hash, result.start + 1
    seed = seed_of(told["sealed_hash"], told["secret"], told["public_value"])
    listed = (sealed or b"").decode("utf-8", "replace").split("\n")[:-1]
    other = [] if sealed is None else compare(listed, result.lines[: result.start], 1)
    if told["sealed_hash"] != own:
        if told["seed"] == seed_of(own, told["secret"], told["public_value"]):
            return [Finding(line, "stated", own, told["sealed_hash"])]
        changed = Finding(1, "changed", told["sealed_hash"], own, start=result.start)
        return [changed, *(other or recompute(result, seed))]
    pairs = {
        "published": (own if sealed_hash is None else sealed_hash.strip().lower(), own),
        "secret": (result.head["secret_hash"], sha256(bytes.fromhex(told["secret"])).hexdigest()),
        "seed": (seed, told["seed"]),
    }
    wrong = [Finding(line, key, right, found) for key, (right, found) in pairs.items() if right != found]
    return other or wrong[:1] or recompute(result, seed)


def seed_of(sealed_hash: str, secret: str, public_value: str) -> str:
    """The seed of a draw."""
    return sha256(f"yoyaku-lottery-{FORMAT}\n{sealed_hash}\n{secret}\n{public_value}\n".encode()).hexdigest()


def recompute(result: Result, seed: str) -> list[Finding]:
    """Draw again: the first line that comes out otherwise."""
    if result.head["algorithm"] not in ("rounds", "per_slot"):
        return [Finding(1, "plugin", name=result.head["algorithm"])]
    orders, decided = draw(result, seed)
    right = [f'{{"round":{number},"order":["' + '","'.join(order) + '"]}' for number, order in enumerate(orders, 1)]
    pairs = zip(result.applicants, decided)  # noqa: B905  # Python 3.9
    right += [f'{{"applicant":"{one["applicant"]}","decisions":[{",".join(made)}]}}' for one, made in pairs]
    right.append(f'{{"end":true,"rounds":{len(orders)},"decisions":{sum(map(len, decided))}}}')
    return compare(right, result.lines[result.start + 1 :], result.start + 2)


def compare(right: list[str], found: list[str], first: int) -> list[Finding]:
    """The first line that is not what it must be; ``first`` is the number of the first of them."""
    pairs = enumerate(zip_longest(right, found, fillvalue=""), first)
    return next(([_explain(at, one, other)] for at, (one, other) in pairs if one != other), [])


def _explain(line: int, right: str, found: str) -> Finding:
    """What differs in a line: at which place of an order, or in which entry of whom."""
    if not found:
        return Finding(line, "cut")
    try:
        ours, theirs = json.loads(right), LOAD(found)
        key = "order" if "order" in ours else "decisions"
        pairs = enumerate(zip_longest(ours[key], theirs[key]), 1)
        at, one, other = next((at, one, other) for at, (one, other) in pairs if one != other)
    except (ValueError, LookupError, TypeError, StopIteration, RecursionError):
        return Finding(line, "line", right[:300] or "-", found[:300])
    return Finding(line, key, one or "-", other or "-", at=at, round=ours.get("round"), applicant=ours.get("applicant"))


def draw(result: Result, seed: str) -> Any:  # noqa: ANN401  # two lists of lists of texts
    """The orders of the rounds, and the decisions on the entries of each applicant."""
    # Of each: NAME, ENTRIES, TIER, tickets, and the count of wins, which all entries of an applicant share.
    people = [(one["applicant"], one["entries"], one["tier"], one["tickets"], [0]) for one in result.applicants]
    if result.head["algorithm"] == "rounds":
        return _rounds(result, people, seed)
    singles = [(f"{name}#{rank}", [one], *more) for name, wishes, *more in people for rank, one in enumerate(wishes, 1)]
    orders, decided = _rounds(result, singles, seed)  # each has one entry: there is one round
    each = iter(decided)
    return orders, [[text for _ in one["entries"] for text in next(each)] for one in result.applicants]


def _rounds(result: Result, people: list[Any], seed: str) -> Any:  # noqa: ANN401
    """Round after round: each in turn takes the first undecided entry that fits. ``people`` are as in :func:`draw`."""
    take, most = _taker(result.cells), result.head["wins_at_most"]
    orders: list[list[str]] = []
    decided: list[list[str]] = [[] for _ in people]
    going = [who for who, (_, entries, *_) in enumerate(people) if entries]
    while going:
        going = _in_order(people, going, f"{seed}|{len(orders) + 1}|")
        orders.append([people[who][NAME] for who in going])
        for place, who in enumerate(going, 1):
            made, (_, entries, _, _, wins), turn = decided[who], people[who], f"{len(orders)},{place},"
            for wants in entries[len(made) :]:
                if wins[0] == most:
                    made.append(f'["void",{turn}-1]')
                elif (short := take(wants)) >= 0:
                    made.append(f'["lost",{turn}{short}]')
                else:
                    made.append(f'["won",{turn}-1]')
                    wins[0] += 1
                    if wins[0] != most:
                        break
        going = [who for who in going if len(decided[who]) < len(people[who][ENTRIES])]
    return orders, decided


def _in_order(people: list[Any], going: list[int], start: str) -> list[int]:
    """By tier, then by SHA-256 of ``seed|round|name``; of more tickets (``…|1``, ``…|2``) the lowest counts."""
    keys = {}
    for who in going:
        name, _, _, tickets, _ = people[who]
        key = sha256(f"{start}{name}".encode()).digest()
        if tickets > 1:
            key = min(key, *(sha256(f"{start}{name}|{more}".encode()).digest() for more in range(1, tickets)))
        keys[key] = who
    return sorted([keys[key] for key in sorted(keys)], key=lambda who: people[who][TIER])


def _taker(cells: list[Any]) -> Callable[[list[Any]], int]:
    """What takes all that an entry wants (-1); or takes nothing and tells the cell that has too little left."""
    left = [free if type(free) is int else len(free) for free in cells]
    names = [set() if type(free) is int else set(free) for free in cells]

    def take(wants: list[Any]) -> int:
        for done, (cell, units) in enumerate(wants):
            count: int = units if type(units) is int else len(units)  # a number of places, or these very places
            if left[cell] < count or (units is not count and not names[cell].issuperset(units)):
                for taken, again in wants[:done]:
                    left[taken] += again if type(again) is int else len(again)
                    names[taken].update(() if type(again) is int else again)
                return int(cell)
            left[cell] -= count
            if units is not count:
                names[cell].difference_update(units)
        return -1

    return take


def report(result: Result | None, findings: Sequence[Finding]) -> str:
    """What is said, in both languages."""
    said = [f"{one.line}行目: {one.ja}\nline {one.line}: {one.en}" for one in findings]
    if result is None or findings:
        return "\n".join(["NOT OK / 確認できませんでした", *said])
    head, told = result.head, result.told
    return f"""OK
応募者{head["applicants"]}人 申込み{head["entries"]}件 / {head["applicants"]} applicants, {head["entries"]} entries
公開された次の値と同じか確かめてください / Compare these with what was published:
  封印された一覧のハッシュ値 / hash of the sealed list: {result.sealed_hash}
  秘密の値のハッシュ値 / hash of the secret: {head["secret_hash"]}
  公開の値 / public value: {told["public_value"].translate(CONTROL)} ({str(head.get("public_source")).translate(CONTROL)})"""


def main(arguments: list[str] | None = None) -> int:
    """Check a file and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path)
    parser.add_argument("--sealed", type=Path)
    parser.add_argument("--sealed-hash")
    chosen = parser.parse_args(arguments)
    result, findings = None, []
    try:
        result = read(chosen.result.read_bytes())
        findings = check(result, sealed=chosen.sealed and chosen.sealed.read_bytes(), sealed_hash=chosen.sealed_hash)
    except Finding as finding:
        findings = [finding]
    except OSError as error:
        parser.error(str(error))
    sys.stdout.buffer.write(f"{report(result, findings)}\n".encode())
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
