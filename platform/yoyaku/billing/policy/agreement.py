"""Whether our books and a provider's say the same, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from yoyaku.extension.payment import StatementLine
from yoyaku.kernel.ids import Key

Kind = Literal["provider_only", "ours_only", "other_amount"]


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
    """What one side has and the other has not, or otherwise; an amount is ``None`` where that side has nothing."""

    kind: Kind
    reference: str
    ours: OurLine | None
    theirs: StatementLine | None

    @property
    def our_yen(self) -> int | None:
        """What our books say."""
        return None if self.ours is None else self.ours.yen

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
    ours_by_id = {(one.kind, str(one.attempt_id), one.yen < 0): one for one in known}
    ours_by_ref = {(one.kind, one.ref, one.yen < 0): one for one in ours_by_id.values() if one.ref is not None}
    found: list[Disagreement] = []
    seen: set[tuple[Key, bool]] = set()
    for line in statement:
        back = line.amount_yen < 0
        ours = ours_by_id.get((line.kind, line.attempt_id or "", back)) or ours_by_ref.get((line.kind, line.ref, back))
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
