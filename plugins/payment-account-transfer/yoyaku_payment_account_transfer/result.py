"""The bank's answer, read whole or not at all: what does not agree in itself and with what was asked for is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from yoyaku.extension.debit import DebitBatch, DebitOutcome, DebitResult, FileRefused
from yoyaku_payment_account_transfer.records import (
    DATA_KIND,
    ENCODING,
    END_KIND,
    HEADER_KIND,
    LAYOUTS,
    LENGTH,
    TRAILER_KIND,
    Layout,
    place_of,
    read,
)
from yoyaku_payment_account_transfer.request import ENCODING_KIND, FILE_KIND
from yoyaku_payment_account_transfer.settings import TransferSettings

DONE: Final = "0"
REASONS: Final = {
    "1": "no_funds",
    "2": "no_account",
    "3": "stopped_by_holder",
    "4": "no_mandate",
    "8": "stopped_by_city",
    "9": "other",
}
"""What the bank says of a debit that it did not make: 資金不足, 取引なし, 預金者の都合, 依頼書なし, 委託者の都合, その他."""
_LINE_END: Final = b"\r\n"
_ALLOWED: Final = frozenset([*range(0x20, 0x7F), *range(0xA1, 0xE0)])
"""The bytes of JIS X 0201: Latin letters and signs, half-width kana."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: which it is (from 1), its layout and its fields."""

    number: int
    layout: Layout
    fields: Mapping[str, str]

    def refuse(self, reason: str, name: str, *, expected: object = None) -> NoReturn:
        """Refuse the file because of a field of this record."""
        raise FileRefused(
            reason=reason,
            line=self.number,
            place=place_of(self.layout, name),
            found=self.fields[name].strip(),
            expected=expected,
        )

    def count(self, name: str) -> int:
        """A field that holds a number.

        Raises:
            FileRefused: ``not_a_number``.
        """
        text = self.fields[name]
        if not (text.isascii() and text.isdigit()):
            self.refuse("not_a_number", name)
        return int(text)


def read_result(settings: TransferSettings, content: bytes, asked: DebitBatch) -> DebitResult:
    """What became of each row of ``asked``, in its order; records may come in any order.

    Raises:
        FileRefused: with the reason, the line (record, from 1) and the place (byte, from 1) where they are known.
    """
    header, *data, trailer, _ = _lines(content)
    _check_header(header, settings, asked)
    found = _outcomes(data, asked)
    _check_totals(trailer, list(found.values()))
    missing = next((row.key for row in asked.rows if row.key not in found), None)
    if missing is not None:
        raise FileRefused(reason="missing_customer", line=trailer.number, expected=missing)
    return DebitResult(collect_on=asked.collect_on, outcomes=tuple(found[row.key] for row in asked.rows))


def _lines(content: bytes) -> list[Line]:
    lines: list[Line] = []
    for number, record in enumerate(_records(content), start=1):
        kind = record[:1]
        if kind not in _after(lines):
            raise FileRefused(
                reason="record_order", line=number, place=1, found=kind, expected=" / ".join(_after(lines))
            )
        lines.append(Line(number, LAYOUTS[kind], read(LAYOUTS[kind], record)))
    if not lines or lines[-1].fields["kind"] != END_KIND:
        raise FileRefused(reason="cut", line=len(lines) + 1)
    return lines


def _after(lines: list[Line]) -> tuple[str, ...]:
    """Which records may follow those read so far."""
    if not lines:
        return (HEADER_KIND,)
    followers = {
        HEADER_KIND: (DATA_KIND, TRAILER_KIND),
        DATA_KIND: (DATA_KIND, TRAILER_KIND),
        TRAILER_KIND: (END_KIND,),
        END_KIND: (),
    }
    return followers[lines[-1].fields["kind"]]


def _records(content: bytes) -> Iterator[str]:
    """The records in their order, each of 120 characters."""
    if not content:
        raise FileRefused(reason="no_content")
    _check_bytes(content)
    parts = content.removesuffix(_LINE_END).split(_LINE_END) if _LINE_END in content else _whole(content)
    for number, part in enumerate(parts, start=1):
        if len(part) != LENGTH:
            cut = len(part) < LENGTH and number == len(parts)
            reason = "cut" if cut else "record_length"
            raise FileRefused(reason=reason, line=number, place=len(part) + 1, found=len(part), expected=LENGTH)
        yield part.decode(ENCODING)


def _whole(content: bytes) -> list[bytes]:
    return [content[at : at + LENGTH] for at in range(0, len(content), LENGTH)]


def _check_bytes(content: bytes) -> None:
    """Only bytes of JIS X 0201, and no line ends but CR with LF.

    Raises:
        FileRefused: ``lf_only`` or ``encoding`` (UTF-8, EBCDIC, double-byte characters), with its line and place.
    """
    bare = content.replace(_LINE_END, b"")
    if b"\n" in bare or b"\r" in bare:
        at = next(at for at, byte in enumerate(content) if byte in b"\r\n")
        raise FileRefused(reason="lf_only", line=1, place=at + 1)
    wrong = next((at for at, byte in enumerate(bare) if byte not in _ALLOWED), None)
    if wrong is not None:
        line, place = divmod(wrong, LENGTH)
        raise FileRefused(reason="encoding", line=line + 1, place=place + 1, found=f"0x{bare[wrong]:02X}")


def _check_header(header: Line, settings: TransferSettings, asked: DebitBatch) -> None:
    wanted = {
        "file_kind": (FILE_KIND, "other_kind"),
        "encoding": (ENCODING_KIND, "encoding"),
        "consignor_code": (settings.consignor_code, "other_consignor"),
        "day": (f"{asked.collect_on:%m%d}", "other_day"),
    }
    for name, (expected, reason) in wanted.items():
        if header.fields[name] != expected:
            header.refuse(reason, name, expected=expected)


def _outcomes(data: list[Line], asked: DebitBatch) -> dict[str, DebitOutcome]:
    amounts = {row.key: row.amount_yen for row in asked.rows}
    found: dict[str, DebitOutcome] = {}
    for line in data:
        key, result = line.fields["customer"].rstrip(), line.fields["result"]
        if key not in amounts:
            line.refuse("unknown_customer", "customer")
        if key in found:
            line.refuse("customer_twice", "customer")
        if line.count("amount") != amounts[key]:
            line.refuse("amount_differs", "amount", expected=amounts[key])
        if result != DONE and result not in REASONS:
            line.refuse("not_a_result" if result == " " else "result_code", "result")
        found[key] = DebitOutcome(
            key=key, amount_yen=amounts[key], succeeded=result == DONE, reason=REASONS.get(result)
        )
    return found


def _check_totals(trailer: Line, outcomes: list[DebitOutcome]) -> None:
    """The sums of the bank are those of its records; noughts in both results are a request that was never answered."""
    done = [one.amount_yen for one in outcomes if one.succeeded]
    failed = [one.amount_yen for one in outcomes if not one.succeeded]
    sums = {
        "count": len(outcomes),
        "total": sum(done) + sum(failed),
        "done_count": len(done),
        "done_total": sum(done),
        "failed_count": len(failed),
        "failed_total": sum(failed),
    }
    stated = {name: trailer.count(name) for name in sums}
    if outcomes and stated["done_count"] == stated["failed_count"] == 0:
        trailer.refuse("not_a_result", "done_count")
    for name, expected in sums.items():
        if stated[name] != expected:
            trailer.refuse("wrong_total", name, expected=expected)
