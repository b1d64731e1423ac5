"""What anybody may know of lotteries: how they stand, their files, and what they say under a receipt code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.entry_state import Decided
from yoyaku.lottery.policy.receipt import read_receipt
from yoyaku.lottery.policy.wants import Wanted, parse_wants
from yoyaku.lottery.repository import public
from yoyaku.lottery.repository.files import FileName
from yoyaku.lottery.repository.public import PublicFile, PublicKey, PublicLottery

SHOWN: Final = 36
"""So many lotteries stand in the public list."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One wish as the published files have it: what is wanted, and, once announced, what became of it.

    ``outcome`` is won, lost or void; ``round`` and ``place`` say when it was its turn; ``cell`` had too little left.
    """

    wants: Sequence[Wanted]
    outcome: str | None = None
    round: int | None = None
    place: int | None = None
    cell: str | None = None


@dataclass(frozen=True, kw_only=True)
class FoundEntry:
    """What the files of one lottery say under a receipt code, in the order of the wishes."""

    receipt: str
    scheme: str
    month_starts: date
    announced: bool
    wishes: Sequence[Wish]


async def list_lotteries(conn: AsyncConnection) -> list[PublicLottery]:
    """The latest lotteries, the last to close first."""
    return await public.list_public(conn, at_most=SHOWN)


async def get_lottery(conn: AsyncConnection, *, scheme: str, month: date) -> PublicLottery:
    """The lottery of a scheme and a month (its first day).

    Raises:
        NotFound: there is none.
    """
    found = await public.find_public(conn, scheme=scheme, month=month)
    if found is None:
        raise NotFound(what="lottery")
    return found


async def list_files(conn: AsyncConnection, *, lottery: PublicLottery) -> list[PublicFile]:
    """The files that may be downloaded now: the sealed list from the closing, the rest from the announcement."""
    return await public.list_public_files(conn, lottery_id=lottery.lottery_id)


async def get_file(conn: AsyncConnection, *, lottery: PublicLottery, name: FileName) -> tuple[PublicFile, bytes]:
    """A file and its content, packed with gzip.

    Raises:
        NotFound: there is none, or it may not be downloaded yet; the two are not told apart.
    """
    found = await public.read_public_file(conn, lottery_id=lottery.lottery_id, name=name)
    if found is None:
        raise NotFound(what="lottery file")
    return found


async def list_keys(conn: AsyncConnection) -> list[PublicKey]:
    """The keys by which the service's results can be checked, the newest first."""
    return await public.list_keys(conn)


async def find_entries(conn: AsyncConnection, *, receipt: str) -> list[FoundEntry]:
    """What the published files say under a receipt code, however it was typed; nothing else is told.

    Raises:
        ReceiptMalformed: it is no receipt code.
    """
    code = read_receipt(receipt)
    return [_entry(code, found) for found in await public.find_receipt(conn, receipt=code)]


def _entry(receipt: str, found: public.Found) -> FoundEntry:
    wants = [parse_wants(one) for one in found.wants]
    wishes = [Wish(wants=one) for one in wants]
    if found.decisions is not None:
        decided = msgspec.json.decode(found.decisions, type=list[Decided])
        wishes = [
            Wish(wants=one, outcome=what[0], round=what[1], place=what[2], cell=what[3])
            for one, what in zip(wants, decided, strict=True)
        ]
    return FoundEntry(
        receipt=receipt,
        scheme=found.scheme,
        month_starts=found.month_starts,
        announced=found.announced,
        wishes=wishes,
    )
