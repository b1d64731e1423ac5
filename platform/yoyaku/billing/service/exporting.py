"""The ledger of a time as a file for the city's accounting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.export import LedgerLine, export_csv
from yoyaku.billing.repository.checking import movements
from yoyaku.kernel.errors import YoyakuError

ENCODINGS: Final = {"utf-8": "utf-8-sig", "cp932": "cp932"}
"""UTF-8 with its mark, by which spreadsheets know it; CP932 for accounting systems that know nothing else."""


class NotInEncoding(YoyakuError):
    """A letter of the file does not exist in the encoding that was asked for (``letter``)."""

    status = 422
    code = "not_in_encoding"
    title = "A letter cannot be written in this encoding. Please export as UTF-8."


async def movements_of(conn: AsyncConnection, *, act: MoneyAct, first: date, last: date) -> Sequence[LedgerLine]:
    """What was posted from a first to a last civil day, both counted."""
    since = datetime.combine(first, time(), tzinfo=act.zone).astimezone(UTC)
    until = datetime.combine(last + timedelta(days=1), time(), tzinfo=act.zone).astimezone(UTC)
    return await movements(conn, since=since, until=until)


async def export_of(conn: AsyncConnection, *, act: MoneyAct, first: date, last: date) -> str:
    """The file's text: every line that was posted from a first to a last civil day, both counted."""
    return export_csv(await movements_of(conn, act=act, first=first, last=last), zone=act.zone)


def encode(content: str, encoding: str) -> bytes:
    """The file's bytes.

    Raises:
        NotInEncoding: the encoding has not all of its letters.
    """
    try:
        return content.encode(ENCODINGS[encoding])
    except UnicodeEncodeError as error:
        raise NotInEncoding(letter=content[error.start]) from error
