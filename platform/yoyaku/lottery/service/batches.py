"""What is done to a whole lottery at once: looked at beforehand, noted, and taken back where that harms nobody.

241 wins were once cancelled by a deadline that nobody had rehearsed. So every such act can be previewed, and a draw (as
long as it is not announced) and a release (as long as nobody booked) can be taken back. What is sealed stays sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import Malformed, YoyakuError
from yoyaku.lottery.policy.life import held_days, is_past
from yoyaku.lottery.repository.batches import BatchRow, list_batches, lock_batch, mark_reverted
from yoyaku.lottery.repository.dues import LotteryDue, set_due
from yoyaku.lottery.repository.files import remove_files
from yoyaku.lottery.repository.holds import count_booked_since
from yoyaku.lottery.repository.lotteries import LotteryRow, change_lottery, get_lottery, lock_lottery
from yoyaku.lottery.repository.told import tell_everybody
from yoyaku.lottery.repository.undoing import count_drawn, remove_draw
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.opening import hold

__all__ = [
    "BatchNotRevertible",
    "BatchPreview",
    "apply_again",
    "list_batches",
    "preview",
    "revert",
]

Kind = Literal["seal", "draw", "announce", "release"]
_STEP_OF: Final[Mapping[str, LotteryDue]] = {
    "seal": "lottery_seal",
    "draw": "lottery_draw",
    "announce": "lottery_announce",
    "release": "lottery_release",
}
_AFTER: Final = {"seal": "sealed", "draw": "drawn", "announce": "announced", "release": "released"}


class BatchNotRevertible(YoyakuError):
    """It cannot be taken back; ``why`` is ``sealed``, ``announced``, ``booked`` (``bookings``) or ``reverted``."""

    code = "lottery_batch_not_revertible"
    title = "This cannot be taken back."

    @property
    def variant(self) -> str | None:
        """The sentence for the reason."""
        return str(self.facts["why"])


@dataclass(frozen=True, kw_only=True)
class BatchPreview:
    """What an act would bring, or has brought (``done``): counts by name, and why it cannot be taken back if so."""

    kind: Kind
    done: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    kept_by: str | None = None


async def preview(conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, kind: Kind) -> BatchPreview:
    """What an act would bring to a lottery, or has brought; nothing is changed. ``rules`` are those of the lottery.

    Raises:
        NotFound: there is no such lottery.
    """
    row = await get_lottery(conn, lottery_id=lottery_id)
    done = is_past(row.state, _AFTER[kind])
    counts = await count_drawn(conn, lottery_id=lottery_id)
    for name in ("applicants", "entries"):
        counts |= {} if (count := getattr(row, name)) is None else {name: count}
    if kind == "release" and done:
        counts["booked"] = await _booked_since(conn, rules=rules, row=row)
    return BatchPreview(kind=kind, done=done, counts=counts, kept_by=_kept_by(row, kind, counts) if done else None)


def _kept_by(row: LotteryRow, kind: str, counts: Mapping[str, int]) -> str | None:
    """Why an act that is done cannot be taken back, or ``None``."""
    if kind == "seal":
        return "sealed"
    if kind in ("announce", "lapse") or (kind == "draw" and is_past(row.state, "announced")):
        return "announced"
    return "booked" if counts.get("booked") else None


async def revert(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, batch_id: UUID, why: str) -> BatchRow:
    """Take a draw or a release back, and say why; those who entered are told. ``rules`` are those of the lottery.

    It does not come again by itself: :func:`apply_again`. A draw that is done again gives the same result, for the
    sealed list, the secret and the public value stay.

    Raises:
        Malformed: no reason was given.
        NotFound: there is no such batch.
        BatchNotRevertible: it stays; nothing was changed.
    """
    if not why.strip():
        raise Malformed("Say why it is taken back.")
    batch = await lock_batch(conn, batch_id=batch_id)
    if batch.reverted_at is not None:
        raise BatchNotRevertible(why="reverted")
    row = await lock_lottery(conn, lottery_id=batch.lottery_id)
    counts = {"booked": await _booked_since(conn, rules=rules, row=row)} if batch.kind == "release" else {}
    if kept_by := _kept_by(row, batch.kind, counts):
        raise BatchNotRevertible(why=kept_by, bookings=counts.get("booked", 0))
    if batch.kind == "draw":
        await _revert_draw(conn, row)
    else:
        await hold(conn, rules=rules, row=row, now=row.opens_at)
        await change_lottery(conn, lottery_id=row.lottery_id, state="announced", released_at=None)
    await mark_reverted(conn, batch_id=batch_id, at=visit.now, by=visit.staff_id, why=why.strip())
    return batch


async def _revert_draw(conn: AsyncConnection, row: LotteryRow) -> None:
    await remove_draw(conn, lottery_id=row.lottery_id)
    await remove_files(conn, lottery_id=row.lottery_id, names=("result", "signature"))
    gone = {"state": "sealed", "drawn_at": None, "seed": None, "result_hash": None}
    await change_lottery(conn, lottery_id=row.lottery_id, **gone)
    await tell_everybody(conn, lottery_id=row.lottery_id, kind="lottery_undone")


async def apply_again(conn: AsyncConnection, *, lottery_id: UUID, kind: Literal["draw", "release"]) -> None:
    """Let the worker do at once what was taken back.

    Raises:
        NotFound: there is no such lottery.
    """
    row = await get_lottery(conn, lottery_id=lottery_id)
    if not is_past(row.state, _AFTER[kind]):
        await set_due(conn, kind=_STEP_OF[kind], subject_id=lottery_id)


async def _booked_since(conn: AsyncConnection, *, rules: ServiceRules, row: LotteryRow) -> int:
    """How many bookings were made by first come of what a lottery released."""
    scheme = scheme_of(rules, row.scheme)
    if scheme is None or row.released_at is None:
        return 0
    held = held_days(rules, scheme, row.month, now=row.opens_at)
    return await count_booked_since(conn, held=held, since=row.released_at)
