"""``yoyaku log``: whether the record of acts is what was sealed, and the record as a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

import click

from yoyaku.kernel.errors import Malformed

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from yoyaku.report.policy.chain import Difference
    from yoyaku.report.service.sealing import Verdict

T = TypeVar("T")
FIRST: Final = 20
"""How many differences of a service are printed."""
WORDS: Final = {
    "batch_missing": "封印のまとまりがない / a batch is missing",
    "batch_misplaced": "前のまとまりにつながらない / a batch does not hang on the one before",
    "batch_altered": "封印のまとまりが変わっている / a batch was altered",
    "batch_forged": "署名が合わない / a batch is not signed by its key",
    "entry_removed": "記録が消えている / an entry was removed",
    "entry_altered": "記録が変わっている / an entry was altered",
    "entry_inserted": "封印を通らずに足された記録 / an entry was inserted past the seal",
}
OF_BOOKING: Final = "（予約の経過） (of what was done to a booking)"


@click.group()
def log() -> None:
    """Check the sealed record of acts, or write it out."""


@log.command("verify")
@click.argument("services", nargs=-1, metavar="[TENANT/SERVICE]...")
@click.option("--head", metavar="BATCH:HASH", help="A head that was noted earlier; it must still be in the chain.")
@click.option("--key", metavar="HEX", help="The public key (64 hexadecimal digits) that must have signed every batch.")
def verify_command(services: tuple[str, ...], head: str | None, key: str | None) -> None:
    """Recompute every batch, of these services or of all. Exit 1 with the places, where anything differs."""
    from yoyaku.report.service.sealing import verify_record

    noted = _read_head(head)
    bad = 0
    for name, verdict in _each(services, lambda conn: verify_record(conn, head=noted, key=key)):
        bad += bool(verdict.differences)
        _say(name, verdict)
    sys.exit(1 if bad else 0)


@log.command("export")
@click.argument("service", metavar="TENANT/SERVICE")
@click.option("--from", "first", metavar="YYYY-MM-DD", help="From this day on.")
@click.option("--to", "last", metavar="YYYY-MM-DD", help="Up to this day.")
def export_command(service: str, first: str | None, last: str | None) -> None:
    """Write the record as JSON Lines, the oldest first, each act with its batch and place."""
    from yoyaku.report.service.record import export_lines, span_of

    span = span_of(_read_day(first), _read_day(last))
    ((_, lines),) = _each((service,), lambda conn: export_lines(conn, span=span))
    for line in lines:
        click.echo(line)


def _say(name: str, verdict: Verdict) -> None:
    found = verdict.differences
    click.echo(f"{'NOT OK' if found else 'OK'}\t{name}\t{verdict.batches}\t{verdict.entries}\t+{verdict.waiting}")
    if verdict.batches:
        click.echo(f"  最後のまとまり / head\t{verdict.head[0]}:{verdict.head[1]}")
    for key in verdict.public_keys:
        click.echo(f"  鍵 / key\t{key}")
    for one in found[:FIRST]:
        told = f"{WORDS[one.fault]}{OF_BOOKING if one.kind == 'booking_event' else ''}"
        click.echo(f"  {told}\t{_place(one)}")
    if len(found) > FIRST:
        click.echo(f"  … {len(found) - FIRST}")


def _place(one: Difference) -> str:
    places = [str(part) for part in (one.batch, one.place) if part is not None]
    return " ".join([*("-".join(places).split()), *([str(one.entry_id)] if one.entry_id else [])])


def _each(services: Sequence[str], do: Callable[[AsyncConnection], Awaitable[T]]) -> list[tuple[str, T]]:
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction, tenant_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import UnknownService, show_clocks

    async def inside() -> list[tuple[str, T]]:
        engine = make_engine(read_settings().database_url, pool_size=1)
        try:
            async with platform_transaction(engine) as conn:
                there = [(one.tenant_id, one.service_id) for one in await show_clocks(conn, real_now=read_clock())]
            named = {"/".join(one): one for one in there}
            for unknown in sorted(set(services) - set(named)):
                message = f'There is no service "{unknown}"; `yoyaku tenant list` shows them as TENANT/SERVICE.'
                raise UnknownService(message)
            found = []
            for name in services or named:
                async with tenant_transaction(engine, *named[name]) as conn:
                    found.append((name, await do(conn)))
            return found
        finally:
            await engine.dispose()

    return asyncio.run(inside())


def _read_head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    batch, _, digest = text.partition(":")
    if not batch.isdecimal() or not digest:
        raise Malformed(f'"{text}" is no head such as 12:9f2c….')
    return int(batch), digest.lower()


def _read_day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Malformed(f'"{text}" is not a day such as 2027-01-16.') from None
