"""``yoyaku ledger``: whether the books agree, what stands in them, and a file for the city's accounting."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from yoyaku.kernel.errors import Malformed, YoyakuError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from yoyaku.billing.repository.checking import Balance, Difference
    from yoyaku.billing.service.asking import MoneyMeans
    from yoyaku.billing.terms import PaymentTerms
    from yoyaku.kernel.settings import Settings
    from yoyaku.tenancy.service import Site

T = TypeVar("T")
FIRST: Final = 20
"""How many differences of a service are printed."""
WORDS: Final = {
    "transaction_unbalanced": "借方と貸方が合わない取引 / a transaction does not balance",
    "payee_unbalanced": "試算表が0にならない / the trial balance is not zero",
    "charge_not_booking": "請求と予約の料金が違う / a charge is not what its booking costs",
    "booking_paid_otherwise": "請求と予約の入金額が違う / a charge and its booking say different payments",
    "charge_not_ledger": "請求の残額と元帳が違う / what a charge says is owing is not what the ledger says",
    "charge_not_attempts": "請求の入金額と決済の合計が違う / a charge is not paid by what counted",
    "attempt_not_ledger": "決済が元帳と違う / a payment or refund stands otherwise in the ledger",
    "file_not_rows": "口座振替ファイルの合計と明細が違う / a bank file's total is not that of its rows",
    "file_not_ledger": "口座振替の入金と元帳が違う / what a bank file brought stands otherwise in the ledger",
    "row_not_attempt": "口座振替の明細と決済が違う / a row of a bank file and its payment differ",
    "close_not_till": "レジ締めと現金の入出金が違う / a counted till and its receipts differ",
    "close_not_ledger": "レジ締めと元帳が違う / a counted till stands otherwise in the ledger",
    "till_not_ledger": "レジの現金と元帳が違う / a till and the ledger differ",
    "provider_only": "決済会社の記録だけにある / only in the provider's books",
    "ours_only": "こちらの帳簿だけにある / only in our books",
    "other_amount": "決済会社と金額が違う / another amount in the provider's books",
    "payout_differs": "決済会社からの振込と元帳が違う / a payout of the provider stands otherwise in the ledger",
    "provider_silent": "決済会社の記録を読めない / the provider's books could not be read",
}
_service = click.option("--service", "services", multiple=True, metavar="TENANT/SERVICE", help="Only this; repeatable.")
_at = click.option("--at", metavar="YYYY-MM-DDTHH:MM", help="As the books stood then (business time of the city).")


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """One service, as the application's role."""

    name: str
    site: Site
    means: MoneyMeans
    terms: PaymentTerms


@click.group()
def ledger() -> None:
    """Compare the books, print balances, export for the city's accounting."""


@ledger.command("check")
@_service
@_at
@click.option(
    "--since", metavar="YYYY-MM-DD", help="Compare with providers from this day on (without: from the first payment)."
)
@click.option("--own", is_flag=True, help="Our own books only: ask no provider.")
def check_command(services: tuple[str, ...], at: str | None, since: str | None, *, own: bool) -> None:
    """Compare bookings, charges, payments, ledger, bank files, tills and the providers' own books. Exit 1 if any differ."""
    instant, first = _read_instant(at), _read_day(since)

    async def check(desk: _Desk) -> list[Difference]:
        found = await _own_books(desk, instant)
        return found if own else [*found, *(await _providers(desk, first))]

    bad = 0
    for name, found in _each(services, check):
        bad += bool(found)
        click.echo(f"{'NOT OK' if found else 'OK'}\t{name}\t{len(found)}")
        for one in found[:FIRST]:
            click.echo(
                f"  {WORDS[one.check]}\n    {one.payee}\t{one.reference}\t{_yen(one.expected_yen)}\t≠\t{_yen(one.found_yen)}"
            )
        if len(found) > FIRST:
            click.echo(f"  … {len(found) - FIRST}")
    sys.exit(1 if bad else 0)


@ledger.command("balance")
@_service
@_at
def balance_command(services: tuple[str, ...], at: str | None) -> None:
    """Print every payee's accounts; debit positive, together nought."""
    from yoyaku.billing.repository.checking import balances

    instant = _read_instant(at)

    async def read(desk: _Desk) -> Sequence[Balance]:
        async with desk.means.transaction() as (conn, _):
            return await balances(conn, at=_instant(desk, instant))

    for name, rows in _each(services, read):
        click.echo(name)
        for one in rows:
            click.echo(f"  {one.payee}\t{one.account}\t{one.provider or '-'}\t{one.yen}")
        for payee in sorted({one.payee for one in rows}):
            click.echo(f"  {payee}\t=\t-\t{sum(one.yen for one in rows if one.payee == payee)}")


@ledger.command("export")
@click.argument("service", metavar="TENANT/SERVICE")
@click.option("--year", type=int, help="A fiscal year, from 1 April.")
@click.option("--month", metavar="YYYY-MM", help="A month.")
@click.option("--encoding", type=click.Choice(["utf-8", "cp932"]), default="utf-8", help="UTF-8 with a mark, or CP932.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Into this file; without, to the screen.")
def export_command(service: str, year: int | None, month: str | None, encoding: str, out: Path | None) -> None:
    """Write every line of the ledger of a year or a month as CSV."""
    from yoyaku.billing.service.exporting import encode, export_of

    first, last = _read_span(year, month)

    async def write(desk: _Desk) -> str:
        async with desk.means.transaction() as (conn, act):
            return await export_of(conn, act=act, first=first, last=last)

    ((_, content),) = _each((service,), write)
    data = encode(content, encoding)
    if out is not None:
        out.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


async def _own_books(desk: _Desk, at: datetime | None) -> list[Difference]:
    from yoyaku.billing.service.agreeing import check_own_books

    async with desk.means.transaction() as (conn, _):
        return list(await check_own_books(conn, at=_instant(desk, at)))


async def _providers(desk: _Desk, since: date | None) -> list[Difference]:
    from yoyaku.billing.repository.checking import Difference
    from yoyaku.billing.service.agreeing import check_provider, providers_of
    from yoyaku.billing.terms import CITY

    found: list[Difference] = []
    for provider in providers_of(desk.terms):
        try:
            for one in await check_provider(desk.means, provider, since=since):
                payee = CITY if one.ours is None else one.ours.payee
                reference = f"{provider.name} {one.reference}"
                found.append(
                    Difference(
                        check=one.kind,
                        payee=payee,
                        reference=reference,
                        expected_yen=one.our_yen,
                        found_yen=one.their_yen,
                    )
                )
        except YoyakuError as error:
            reference = f"{provider.name} {error.code}"
            found.append(
                Difference(check="provider_silent", payee="-", reference=reference, expected_yen=None, found_yen=None)
            )
    return found


def _each(services: Sequence[str], do: Callable[[_Desk], Awaitable[T]]) -> list[tuple[str, T]]:
    async def inside() -> list[tuple[str, T]]:
        async with _opened() as (settings, engine):
            return [(desk.name, await do(desk)) for desk in await _desks(settings, engine, services)]

    return asyncio.run(inside())


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Settings, AsyncEngine]]:
    from yoyaku.billing.ties import keep_charges
    from yoyaku.booking.service.charged import CHARGED_BOOKINGS
    from yoyaku.cli.environment import DEMO_ENVIRONMENT, read_environment, read_settings
    from yoyaku.db.engine import make_engine

    settings = read_settings()
    if not os.environ.get("DATABASE_URL") and DEMO_ENVIRONMENT.is_file():
        os.environ.update(read_environment(DEMO_ENVIRONMENT))  # the secrets of the demo's payment company
    keep_charges(CHARGED_BOOKINGS)
    engine = make_engine(settings.database_url, pool_size=2)
    try:
        yield settings, engine
    finally:
        await engine.dispose()


async def _desks(settings: Settings, engine: AsyncEngine, services: Sequence[str]) -> list[_Desk]:
    from yoyaku.db.engine import platform_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import UnknownService, show_clocks

    async with platform_transaction(engine) as conn:
        there = [f"{one.tenant_id}/{one.service_id}" for one in await show_clocks(conn, real_now=read_clock())]
    unknown = sorted(set(services) - set(there))
    if unknown:
        raise UnknownService(f'There is no service "{unknown[0]}"; `yoyaku tenant list` shows them as TENANT/SERVICE.')
    return [await _desk(settings, engine, name) for name in there if not services or name in services]


async def _desk(settings: Settings, engine: AsyncEngine, name: str) -> _Desk:
    from yoyaku.billing.service.means import lend_means
    from yoyaku.kernel.clock import read_clock
    from yoyaku.rulebook.provider import RulesProvider
    from yoyaku.tenancy.service import Sites, UnknownService

    tenant_id, _, service_id = name.partition("/")
    site = await Sites(engine).by_path(tenant_id, service_id, real_now=read_clock())
    if site is None:
        raise UnknownService(name)
    provider = RulesProvider()
    means = lend_means(engine, site=site, rules=provider, settings=settings, clock=read_clock)
    async with means.transaction() as (conn, act):
        today = act.today
        rules = await provider.rules_for(conn, tenant_id=tenant_id, service_id=service_id, made_on=today, used_on=today)
    return _Desk(name=name, site=site, means=means, terms=rules.payment)


def _instant(desk: _Desk, at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=desk.site.zone)


def _read_instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f'"{text}" is not a time such as 2027-01-16T08:59.') from None


def _read_day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Malformed(f'"{text}" is not a day such as 2027-01-16.') from None


def _read_span(year: int | None, month: str | None) -> tuple[date, date]:
    """First and last day."""
    if (year is None) == (month is None):
        raise click.UsageError("Say either --year or --month.")
    if year is not None:
        return date(year, 4, 1), date(year + 1, 3, 31)
    first = _read_day(f"{month}-01")
    if first is None:
        raise Malformed("Write the month as 2027-01.")
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _yen(yen: int | None) -> str:
    return "-" if yen is None else f"{yen:,}"
