"""A small lottery's public files, and what the verifier finds in others."""

from yoyaku.extension.draw import Cell, DrawApplicant, DrawRules
from yoyaku.lottery.policy.draw import draw
from yoyaku.lottery.policy.seal import SealHead, hash_of, result_bytes, seal_lines, secret_hash_of, seed_of
from yoyaku.lottery.proof.verify_lottery import Finding, check, read

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
