r"""The public files of a lottery: the list that is sealed at closing, and the result with all that proves it.

JSON Lines (UTF-8, one value on a line, no blanks, each line ends in ``\n``), described by ``lottery/proof/schema.json``
and ``docs/lottery-proof.md``. The *sealed* file has a head, the cells, and the applicants by their receipt codes; its
SHA-256 is made public at closing. The *result* begins with the same bytes and goes on with the seed, the order of every
round, every decision, and an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from yoyaku.extension.draw import Cell, Decision, DrawApplicant, Drawn, DrawRules, Want
from yoyaku.lottery.policy.draw import PER_SLOT, draw

FORMAT: Final = 1
_TO_JSON: Final = msgspec.json.Encoder()


class SealHead(Struct, frozen=True, kw_only=True):
    """The first line: whose lottery, its terms, and the promises made before anybody entered.

    ``period`` are the first day drawn and the day after the last (``YYYY-MM-DD``); ``closed_at`` an ISO instant.
    ``secret_hash`` was public before the opening; ``public_source`` and ``public_reference`` say which public value
    counts. ``rule_set_version`` is that of the rules it was drawn under. ``settings`` (of a plugin) are written only
    where there are any.
    """

    tenant: str
    service: str
    scheme: str
    period: tuple[str, str]
    closed_at: str
    rule_set_version: int
    algorithm: str
    wins_at_most: int | None
    secret_hash: str
    beacon: str
    public_source: str | None
    public_reference: Mapping[str, Any] | None
    settings: Mapping[str, Any] = {}

    @property
    def rules(self) -> DrawRules:
        """The parameters of the draw, as they were sealed."""
        return DrawRules(algorithm=self.algorithm, wins_at_most=self.wins_at_most, settings=self.settings)


class _Head(SealHead, frozen=True, kw_only=True):
    """The head as it is written: the format before, the counts behind."""

    yoyaku_lottery: int
    cells: int
    applicants: int
    entries: int


class _Cell(Struct, frozen=True):
    """As :class:`Cell`."""

    cell: str
    free: int | tuple[int, ...]


class _Applicant(Struct, frozen=True):
    """As :class:`DrawApplicant`."""

    applicant: str
    tier: int
    tickets: int
    entries: tuple[tuple[Want, ...], ...]


class _Told(Struct, frozen=True, kw_only=True):
    """What is told after the draw, on the line behind the sealed list."""

    sealed_hash: str
    secret: str
    public_value: str
    seed: str


class _Decided(Struct, frozen=True):
    """What became of the entries of one applicant."""

    applicant: str
    decisions: Sequence[Decision]


def seal_lines(head: SealHead, cells: Sequence[Cell], applicants: Iterable[DrawApplicant]) -> bytes:
    """The sealed file. Applicants are written in the order of their receipt codes, whatever order they come in."""
    ordered = sorted(applicants, key=lambda one: one.pseudonym)
    counts = {"cells": len(cells), "applicants": len(ordered), "entries": sum(len(one.entries) for one in ordered)}
    terms = {key: value for key, value in msgspec.structs.asdict(head).items() if key != "settings" or value}
    lines = [_TO_JSON.encode({"yoyaku_lottery": FORMAT, **terms, **counts})]
    lines += [_TO_JSON.encode({"cell": cell.key, "free": cell.free}) for cell in cells]
    lines += [
        _TO_JSON.encode({"applicant": one.pseudonym, "tier": one.tier, "tickets": one.tickets, "entries": one.entries})
        for one in ordered
    ]
    return b"\n".join([*lines, b""])


def read_sealed(sealed: bytes) -> tuple[SealHead, list[Cell], list[DrawApplicant]]:
    """What :func:`seal_lines` wrote; of a result file, the part that was sealed.

    Raises:
        ValueError: it is no such file, or not all of it.
    """
    ends = sealed.find(b"\n")
    written = msgspec.json.decode(sealed[: max(ends, 0)], type=_Head)
    if written.yoyaku_lottery != FORMAT:
        raise ValueError(f"format {written.yoyaku_lottery} of sealed lists is unknown")
    lines = sealed[ends + 1 :].split(b"\n", written.cells + written.applicants)
    if len(lines) <= written.cells + written.applicants:
        raise ValueError("the sealed list ends too early")
    cell_of = msgspec.json.Decoder(_Cell).decode
    applicant_of = msgspec.json.Decoder(_Applicant).decode
    cells = [Cell(one.cell, one.free) for one in map(cell_of, lines[: written.cells])]
    applicants = [
        DrawApplicant(one.applicant, one.entries, one.tier, one.tickets)
        for one in map(applicant_of, lines[written.cells : -1])
    ]
    head = SealHead(**{name: getattr(written, name) for name in SealHead.__struct_fields__})
    return head, cells, applicants


def hash_of(content: bytes) -> str:
    """The SHA-256 of a file, lower-case hexadecimal."""
    return sha256(content).hexdigest()


def secret_hash_of(secret: bytes) -> str:
    """What is published of the secret before the opening: its SHA-256, lower-case hexadecimal."""
    return sha256(secret).hexdigest()


def seed_of(*, sealed_hash: str, secret: bytes, public_value: str) -> bytes:
    """The seed: SHA-256 of a text of four lines, each with its line end.

    It is bound to the sealed list, to the secret fixed before the opening and to the value made public after closing:
    nobody can choose it.
    """
    return sha256(f"yoyaku-lottery-{FORMAT}\n{sealed_hash}\n{secret.hex()}\n{public_value}\n".encode()).digest()


def result_bytes(
    sealed: bytes, *, secret: bytes, public_value: str, seed: bytes, drawn: Drawn, applicants: Sequence[DrawApplicant]
) -> bytes:
    """The result file. ``applicants`` are those that were drawn, in the order of ``drawn.decisions``."""
    head = msgspec.json.decode(sealed[: sealed.index(b"\n")], type=_Head)
    names = [one.pseudonym for one in applicants]
    told = _Told(sealed_hash=hash_of(sealed), secret=secret.hex(), public_value=public_value, seed=seed.hex())
    lines = [_TO_JSON.encode(told)]
    entrants = _numbered(applicants) if head.algorithm == PER_SLOT else names
    for number, order in enumerate(drawn.rounds, 1):
        lines.append(_TO_JSON.encode({"round": number, "order": [entrants[place] for place in order]}))
    by_name = sorted(range(len(names)), key=names.__getitem__)
    lines += [_TO_JSON.encode(_Decided(names[who], drawn.decisions[who])) for who in by_name]
    lines.append(_TO_JSON.encode({"end": True, "rounds": len(drawn.rounds), "decisions": head.entries}))
    return b"".join([sealed, b"\n".join(lines), b"\n"])


def redraw(result: bytes) -> bytes:
    """The result file that comes out when the sealed list of ``result`` is drawn again, with its secret and value.

    Raises:
        ValueError: this is no result file.
        PluginUnknown: nothing is installed that draws so.
    """
    head, cells, applicants = read_sealed(result)
    at = _ends_of_sealed(result, len(cells) + len(applicants) + 1)
    sealed, told = result[:at], msgspec.json.decode(result[at : result.index(b"\n", at)], type=_Told)
    secret = bytes.fromhex(told.secret)
    seed = seed_of(sealed_hash=hash_of(sealed), secret=secret, public_value=told.public_value)
    drawn = draw(applicants=applicants, cells=cells, rules=head.rules, seed=seed)
    return result_bytes(
        sealed, secret=secret, public_value=told.public_value, seed=seed, drawn=drawn, applicants=applicants
    )


def _ends_of_sealed(result: bytes, lines: int) -> int:
    at = 0
    for _ in range(lines):
        at = result.index(b"\n", at) + 1
    return at


def _numbered(applicants: Sequence[DrawApplicant]) -> list[str]:
    return [f"{one.pseudonym}#{rank}" for one in applicants for rank in range(1, len(one.entries) + 1)]
