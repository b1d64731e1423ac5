"""Whether our books and a provider's say the same, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from yoyaku.extension.payment import StatementLine
from yoyaku.kernel.ids import Key

Kind = Literal["provider_only", "ours_only", "other_amount", "payout_differs"]


@dataclass(frozen=True, kw_only=True)
class OurLine:
    """A payment or refund that our books say succeeded; ``yen`` is what moved, below zero where a refund came back.

    ``number`` is the charge's.
    """

    attempt_id: Key
    kind: Literal["payment", "refund"]
    ref: str | None
    yen: int
    payee: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """What one side has and the other has not, or otherwise; an amount is ``None`` where that side has nothing.

    ``posted_yen`` is what our books say of a payout, which is nobody's payment.
    """

    kind: Kind
    reference: str
    ours: OurLine | None
    theirs: StatementLine | None
    posted_yen: int | None = None

    @property
    def our_yen(self) -> int | None:
        """What our books say."""
        return self.posted_yen if self.ours is None else self.ours.yen

    @property
    def their_yen(self) -> int | None:
        """What the provider's say."""
        return None if self.theirs is None else self.theirs.amount_yen


def disagreements(
    *, known: Iterable[OurLine], expected: Sequence[OurLine], statement: Sequence[StatementLine]
) -> list[Disagreement]:
    """Where a provider's statement and our books differ.

    Args:
        known: all that succeeded by that provider: a line of the statement may be of another day than ours.
        expected: those that the statement must have.
        statement: the provider's lines, those of the days around ``expected`` included.
    """
    index = _Index(known)
    found: list[Disagreement] = []
    seen: set[tuple[Key, bool]] = set()
    for line in statement:
        if line.kind == "payout":
            continue
        back, ours = line.amount_yen < 0, index.find(line)
        if ours is None or (ours.attempt_id, back) in seen:
            found.append(Disagreement(kind="provider_only", reference=line.ref, ours=None, theirs=line))
            continue
        seen.add((ours.attempt_id, back))
        if ours.yen != line.amount_yen:
            found.append(Disagreement(kind="other_amount", reference=line.ref, ours=ours, theirs=line))
    for one in expected:
        if (one.attempt_id, one.yen < 0) not in seen:
            reference = one.ref or str(one.attempt_id)
            found.append(Disagreement(kind="ours_only", reference=reference, ours=one, theirs=None))
    return found


@dataclass(frozen=True, kw_only=True)
class Share:
    """What of a payout is a payee's: ``held_yen`` the provider held for them, ``fee_yen`` of it the provider kept."""

    held_yen: int = 0
    fee_yen: int = 0

    def __add__(self, other: Share) -> Share:
        """Both together."""
        return Share(held_yen=self.held_yen + other.held_yen, fee_yen=self.fee_yen + other.fee_yen)


def shares_of(payout: StatementLine, known: Iterable[OurLine]) -> dict[str, Share] | None:
    """How much of a payout is whose, by payee; ``None`` where our books do not know all of it, or another sum.

    A fee of no line is the payee's for whom the provider works; where there are several, nobody can say whose it is.
    """
    index, shares = _Index(known), dict[str, Share]()
    for line in payout.lines:
        ours = index.find(line)
        if ours is None or ours.yen != line.amount_yen:
            return None
        held_yen = ours.yen if line.kind == "payment" else -ours.yen
        shares[ours.payee] = shares.get(ours.payee, Share()) + Share(held_yen=held_yen, fee_yen=line.fee_yen)
    if payout.fee_yen:
        if len(shares) != 1:
            return None
        shares = {payee: share + Share(fee_yen=payout.fee_yen) for payee, share in shares.items()}
    total_yen = sum(share.held_yen - share.fee_yen for share in shares.values())
    return shares if total_yen == payout.amount_yen else None


def payout_disagreements(*, posted: Mapping[str, int], payouts: Sequence[StatementLine]) -> list[Disagreement]:
    """Where the payouts that a provider says it made and those that we posted (yen at the bank, by reference) differ."""
    return [
        Disagreement(kind="payout_differs", reference=one.ref, ours=None, theirs=one, posted_yen=posted.get(one.ref))
        for one in payouts
        if posted.get(one.ref) != one.amount_yen
    ]


class _Index:
    """Our lines, found by the attempt's id or the provider's reference; a refund that came back is a line of its own."""

    def __init__(self, known: Iterable[OurLine]) -> None:
        self._by_id = {(one.kind, str(one.attempt_id), one.yen < 0): one for one in known}
        self._by_ref = {(one.kind, one.ref, one.yen < 0): one for one in self._by_id.values() if one.ref is not None}

    def find(self, line: StatementLine) -> OurLine | None:
        """The line of ours that one of theirs is about."""
        if line.kind == "payout":
            return None
        back = line.amount_yen < 0
        return self._by_id.get((line.kind, line.attempt_id or "", back)) or self._by_ref.get(
            (line.kind, line.ref, back)
        )
