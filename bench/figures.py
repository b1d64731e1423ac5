"""What a round gave, and how it is told."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.load import Answer

CREATED, CONFLICT = 201, 409


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One round: seconds until all slots were sold and until everybody had an answer, and how many got which."""

    sold: float
    answered: float
    taken: int
    refused: int
    other: int


def judge(answers: Sequence[Answer]) -> Figures:
    """Count and time one round; an answer that is neither 201 nor 409 is shown."""
    counts = Counter(answer.status for answer in answers)
    won = [answer.at for answer in answers if answer.status == CREATED]
    odd = [answer for answer in answers if answer.status not in {CREATED, CONFLICT}]
    if odd:
        print("unexpected answer:", odd[0].status, odd[0].body[:300].decode(errors="replace"))
    return Figures(
        sold=max(won, default=0.0),
        answered=max(answer.at for answer in answers),
        taken=counts[CREATED],
        refused=counts[CONFLICT],
        other=len(odd),
    )


def median(figures: Sequence[Figures], name: str) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(getattr(one, name) for one in figures)
