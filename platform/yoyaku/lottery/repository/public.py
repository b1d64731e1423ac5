"""What anybody may read of lotteries: never a secret, and of a result nothing before it is announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.repository.files import FileName
from yoyaku.lottery.repository.outcomes import DECISIONS

_PUBLIC: Final = """
    SELECT lottery_id, scheme, period_starts, period_ends, CASE state WHEN 'drawn' THEN 'sealed' ELSE state END,
           opens_at, closes_at, draws_at, announces_at, releases_at, secret_hash, public_source, public_value,
           public_value_at, public_proof, applicants, entries, sealed_at, sealed_hash,
           CASE WHEN announced_at IS NOT NULL THEN drawn_at END,
           CASE WHEN announced_at IS NOT NULL THEN seed END,
           CASE WHEN announced_at IS NOT NULL THEN result_hash END,
           announced_at, released_at
    FROM lottery
"""
_LIST: Final = text(_PUBLIC + "ORDER BY state = 'planned', closes_at DESC, scheme LIMIT :at_most")
_FIND: Final = text(_PUBLIC + "WHERE scheme = :scheme AND period_starts = :month")
# What is announced is announced, whatever file is asked for; the sealed list is public from the closing.
_MAY: Final = """
    FROM lottery_file f JOIN lottery l USING (tenant_id, service_id, lottery_id)
    WHERE f.lottery_id = :lottery_id AND (l.announced_at IS NOT NULL OR f.name = 'sealed')
"""
_FILES: Final = text("SELECT f.name, f.sha256, f.bytes" + _MAY + "ORDER BY f.made_at, f.name")
_CONTENT: Final = text("SELECT f.name, f.sha256, f.bytes, f.content" + _MAY + "AND f.name = :name")
_RECEIPT: Final = text(f"""
    SELECT l.scheme, l.period_starts AS month_starts, l.announced_at IS NOT NULL AS announced,
           array_agg(e.wants ORDER BY e.rank) AS wants,
           CASE WHEN l.announced_at IS NOT NULL THEN o.decisions END AS decisions
    FROM lottery l
    JOIN lottery_applicant a USING (tenant_id, service_id, lottery_id)
    JOIN lottery_entry e USING (tenant_id, service_id, applicant_id)
    {DECISIONS}
    WHERE a.receipt = :receipt AND e.rank IS NOT NULL AND l.sealed_hash IS NOT NULL
    GROUP BY l.scheme, l.period_starts, l.announced_at, o.decisions
    ORDER BY l.period_starts DESC
""")  # noqa: S608  # a constant
_KEYS: Final = text("SELECT key_id, public_key, made_at FROM signing_key ORDER BY made_at DESC")


@dataclass(frozen=True, slots=True)
class PublicLottery:
    """A lottery as anybody may know it. ``state`` is never ``drawn``: that shows only when it is announced."""

    lottery_id: UUID
    scheme: str
    month_starts: date
    month_ends: date
    state: str
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    secret_hash: str
    public_source: str | None
    public_value: str | None
    public_value_at: datetime | None
    public_proof: dict[str, Any] | None
    applicants: int | None
    entries: int | None
    sealed_at: datetime | None
    sealed_hash: str | None
    drawn_at: datetime | None
    seed: str | None
    result_hash: str | None
    announced_at: datetime | None
    released_at: datetime | None

    @property
    def is_announced(self) -> bool:
        """Whether everybody may know the result."""
        return self.announced_at is not None

    @property
    def month(self) -> str:
        """The month as it stands in addresses: ``2027-03``."""
        return f"{self.month_starts:%Y-%m}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/lottery/results/{self.scheme}/{self.month}"

    def waits_for_value(self, now: datetime) -> bool:
        """Whether it ought to be drawn, and the public value is not there."""
        return self.state == "sealed" and self.public_value is None and now >= self.draws_at

    def is_delayed(self, now: datetime) -> bool:
        """Whether it is not announced though it should be, or cannot be drawn yet though it should be."""
        return self.waits_for_value(now) or (self.announced_at is None and now >= self.announces_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFile:
    """A file that may be downloaded: its hash and its length unpacked."""

    name: FileName
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a published list says under a receipt code: wishes as they are drawn, and what became of them.

    ``decisions`` is ``None`` before the announcement.
    """

    scheme: str
    month_starts: date
    announced: bool
    wants: Sequence[str]
    decisions: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that signs or signed results of the service: 32 bytes of Ed25519."""

    key_id: UUID
    public_key: bytes
    made_at: datetime


async def list_public(conn: AsyncConnection, *, at_most: int) -> list[PublicLottery]:
    """The lotteries, the last to close first; after them those that are only planned."""
    return [PublicLottery(*row) for row in await conn.execute(_LIST, {"at_most": at_most})]


async def find_public(conn: AsyncConnection, *, scheme: str, month: date) -> PublicLottery | None:
    """The lottery of a scheme and a month (its first day)."""
    row = (await conn.execute(_FIND, {"scheme": scheme, "month": month})).first()
    return None if row is None else PublicLottery(*row)


async def list_public_files(conn: AsyncConnection, *, lottery_id: UUID) -> list[PublicFile]:
    """The files that may be downloaded now."""
    rows = await conn.execute(_FILES, {"lottery_id": lottery_id})
    return [PublicFile(**row) for row in rows.mappings()]


async def read_public_file(
    conn: AsyncConnection, *, lottery_id: UUID, name: FileName
) -> tuple[PublicFile, bytes] | None:
    """A file that may be downloaded now, packed with gzip."""
    row = (await conn.execute(_CONTENT, {"lottery_id": lottery_id, "name": name})).first()
    return None if row is None else (PublicFile(name=row.name, sha256=row.sha256, bytes=row.bytes), row.content)


async def find_receipt(conn: AsyncConnection, *, receipt: str) -> list[Found]:
    """What the published lists say under a receipt code."""
    return [Found(**row) for row in (await conn.execute(_RECEIPT, {"receipt": receipt})).mappings()]


async def list_keys(conn: AsyncConnection) -> list[PublicKey]:
    """The service's keys, the newest first."""
    return [PublicKey(**row) for row in (await conn.execute(_KEYS)).mappings()]
