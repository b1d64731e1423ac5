"""The draw: from the sealed list, the secret and the public value, to outcomes, wins, what they occupy, and the proof.

The public value is asked for before (:func:`obtain_value`), outside any transaction, and stored at once: whatever
happens to the draw then, the value is never asked for, or chosen, a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.extension.beacon import Promise, PublicValue
from yoyaku.extension.draw import Cell, DrawApplicant, Drawn
from yoyaku.kernel.memory import without_collecting
from yoyaku.lottery.policy.cells import Piece, read_key
from yoyaku.lottery.policy.draw import Win, draw, wins_of
from yoyaku.lottery.policy.life import CapacityChanged, NotReady, SealedFileAltered, is_past, require_state
from yoyaku.lottery.policy.seal import SealHead, hash_of, read_sealed, result_bytes, seed_of
from yoyaku.lottery.policy.stock import Taking, assign
from yoyaku.lottery.repository.batches import add_batch
from yoyaku.lottery.repository.bulk import StockTaken, WonRow, store_outcomes, store_wins, together
from yoyaku.lottery.repository.dues import wake_dues
from yoyaku.lottery.repository.files import Packed, pack, read_content, save_file
from yoyaku.lottery.repository.lotteries import LotteryRow, change_lottery, lock_lottery
from yoyaku.lottery.repository.publishing import write_value
from yoyaku.lottery.repository.stock import read_stock
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.beacons import LotteryMeans, fetch_value
from yoyaku.lottery.service.progress import Report, no_report
from yoyaku.lottery.service.signing import sign

STEPS = 4


async def obtain_value(
    means: LotteryMeans, *, rules: ServiceRules, row: LotteryRow, real_now: datetime
) -> PublicValue | None:
    """The promised public value of a sealed lottery that has none yet; ``None`` where nothing is to be asked for.

    Raises:
        NotYet: it does not exist yet; ``by_hand`` where staff are to publish it.
        BeaconFailed: the beacon does not answer, or what it says does not hold.
        LookupError: the rules do not know the scheme.
    """
    if row.state != "sealed" or row.public_value is not None:
        return None
    scheme = scheme_of(rules, row.scheme)
    if scheme is None:
        raise LookupError(f"the rules have no lottery {row.scheme}")
    promise = Promise(source=row.public_source or "", reference=row.public_reference or {})
    return await fetch_value(means, proof=scheme.proof, promise=promise, now=real_now)


async def store_value(conn: AsyncConnection, *, lottery_id: UUID, value: PublicValue, now: datetime) -> None:
    """Keep the public value, for good; one that is there already stays."""
    await write_value(conn, lottery_id=lottery_id, value=value.value, proof=value.proof, at=now)


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    """What is drawn."""

    head: SealHead
    cells: Sequence[Cell]
    applicants: Sequence[DrawApplicant]


async def draw_lottery(  # what draws, by which rules, which, when, who watches
    conn: AsyncConnection,
    *,
    means: LotteryMeans,
    rules: ServiceRules,
    lottery_id: UUID,
    now: datetime,
    report: Report = no_report,
) -> bool:
    """Draw a sealed lottery and store all that it brings; whether this was the call that did.

    Raises:
        NotReady: it is not sealed, or its public value is not there yet.
        SealedFileAltered: the list has not the hash that was published.
        CapacityChanged: less is free than was sealed; nothing was stored.
    """
    with without_collecting():
        return await _draw(conn, means=means, rules=rules, lottery_id=lottery_id, now=now, report=report)


async def _draw(  # as draw_lottery
    conn: AsyncConnection, *, means: LotteryMeans, rules: ServiceRules, lottery_id: UUID, now: datetime, report: Report
) -> bool:
    row = await lock_lottery(conn, lottery_id=lottery_id)
    require_state(row.state, "sealed")
    if is_past(row.state, "drawn"):
        return False
    if row.public_value is None:
        raise NotReady(state=row.state, needs="public_value")
    await report("draw", 0, STEPS)
    sealed = await _read_sealed(conn, row)
    secret = means.seal.open(row.secret)
    seed = seed_of(sealed_hash=hash_of(sealed), secret=secret, public_value=row.public_value)
    lot, drawn = _drawn(sealed, seed)
    await report("draw", 1, STEPS)
    written = partial(_write, sealed, secret=secret, public_value=row.public_value, seed=seed, drawn=drawn, lot=lot)
    won = wins_of(drawn)
    # The proof is written while the database stores the wins.
    _, (result, packed, outcomes) = await asyncio.gather(
        _store_wins(conn, rules=rules, lottery_id=lottery_id, lot=lot, won=won), asyncio.to_thread(written)
    )
    await store_outcomes(conn, lottery_id=lottery_id, outcomes=outcomes)
    await report("draw", 2, STEPS)
    digest = await save_file(conn, lottery_id=lottery_id, name="result", content=packed, at=now)
    signature = await sign(conn, seal=means.seal, content=result, now=now)
    await save_file(conn, lottery_id=lottery_id, name="signature", content=signature.to_file(), at=now)
    await report("draw", 3, STEPS)
    await change_lottery(conn, lottery_id=lottery_id, state="drawn", drawn_at=now, seed=seed.hex(), result_hash=digest)
    turns = [len(order) for order in drawn.rounds]
    facts = {"wins": len(won), "applicants": len(lot.applicants), "rounds": len(turns), "turns": turns}
    await add_batch(conn, lottery_id=lottery_id, kind="draw", at=now, facts=facts)
    await wake_dues(conn, subject_id=lottery_id)
    await report("draw", STEPS, STEPS)
    return True


def _drawn(sealed: bytes, seed: bytes) -> tuple[_Sealed, Drawn]:
    """The sealed list as it is drawn, and the result."""
    head, cells, applicants = read_sealed(sealed)
    drawn = draw(applicants=applicants, cells=cells, rules=head.rules, seed=seed)
    return _Sealed(head=head, cells=cells, applicants=applicants), drawn


async def _read_sealed(conn: AsyncConnection, row: LotteryRow) -> bytes:
    sealed = await read_content(conn, lottery_id=row.lottery_id, name="sealed")
    if sealed is None or hash_of(sealed) != row.sealed_hash:
        raise SealedFileAltered(lottery=str(row.lottery_id))
    return sealed


def _write(  # what was sealed, with which secret, value and seed, what came of it
    sealed: bytes, *, secret: bytes, public_value: str, seed: bytes, drawn: Drawn, lot: _Sealed
) -> tuple[bytes, Packed, list[tuple[str, str]]]:
    """The result file, as it is stored, and the decisions as they are stored."""
    result = result_bytes(
        sealed, secret=secret, public_value=public_value, seed=seed, drawn=drawn, applicants=lot.applicants
    )
    return result, pack(result), list(together(_told(lot, drawn)))


def _told(lot: _Sealed, drawn: Drawn) -> Iterator[tuple[str, str]]:
    """Receipt codes, and decisions as JSON text with the keys of cells."""
    keys = [f'"{cell.key}"' for cell in lot.cells]
    keys.append("null")  # the place -1
    for one, decisions in zip(lot.applicants, drawn.decisions, strict=True):
        told = [f'["{outcome}",{round_},{place},{keys[short]}]' for outcome, round_, place, short in decisions]
        yield one.pseudonym, f"[{','.join(told)}]"


async def _store_wins(
    conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, lot: _Sealed, won: Sequence[Win]
) -> None:
    """Store wins and what they occupy."""
    wins, takings = _wins(lot, won)
    days = {(taking.piece.resource_id, taking.piece.day) for taking in takings}
    stock = await read_stock(conn, days=days, grains=rules.inventory.buckets)
    try:
        taken = assign(stock, takings)
        await store_wins(conn, lottery_id=lottery_id, wins=wins, taken=taken, sole=lot.head.wins_at_most == 1)
    except StockTaken as error:
        raise CapacityChanged(resource="", day="") from error


def _wins(lot: _Sealed, won: Sequence[Win]) -> tuple[list[WonRow], list[Taking]]:
    """The wins in the order in which they were decided, and what each takes."""
    wins: list[WonRow] = []
    takings: list[Taking] = []
    pieces: dict[int, Piece] = {}
    for number, (round_, place, who, entry) in enumerate(won):
        name, entries, _, _ = lot.applicants[who]
        wins.append(WonRow(number, name, entry + 1, round_, place))
        for cell, units in entries[entry]:
            if (piece := pieces.get(cell)) is None:
                piece = pieces[cell] = read_key(lot.cells[cell].key)
            takings.append(Taking(number, piece, units))
    return wins, takings
