"""How an entry stands, as people see it: nothing of a draw shows before it is announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

EntryState = Literal["waiting", "withdrawn", "lost", "void", "won", "accepted", "declined", "lapsed", "revoked"]

Decided = tuple[str, int, int, str | None]
"""What was decided about an entry: outcome, round, place in the round's order, and the cell that had too little left."""


def is_announced(*, announced_at: datetime | None, now: datetime) -> bool:
    """Whether results may be seen."""
    return announced_at is not None and announced_at <= now


def entry_state(
    *, withdrawn: bool, announced: bool, win: EntryState | None, decisions: Sequence[Decided], rank: int | None
) -> EntryState:
    """The state of an entry.

    Args:
        withdrawn: its applicant took it back.
        announced: the results may be seen.
        win: the state of its win, if it won.
        decisions: of all the applicant's entries, in the order of the wishes.
        rank: its place among the wishes.
    """
    if withdrawn or rank is None:
        return "withdrawn"
    if not announced:
        return "waiting"
    if win is not None:
        return win
    decided = decisions[rank - 1][0] if rank <= len(decisions) else "lost"
    return "void" if decided == "void" else "lost"
