"""``yoyaku clock``: a service's business clock, for a demo in which windows open before one's eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from yoyaku.kernel.errors import Malformed

if TYPE_CHECKING:
    from yoyaku.kernel.settings import Settings
    from yoyaku.tenancy.service import ServiceClock


@click.group()
def clock() -> None:
    """Show or move a service's business clock (demo only)."""


@clock.command("show")
def show_command() -> None:
    """Show what the clock of each service says."""
    for one in asyncio.run(_show()):
        _print(one)


@clock.command("set")
@click.argument("instant", metavar="YYYY-MM-DDTHH:MM[:SS]")
@click.option("--service", "services", multiple=True, metavar="TENANT/SERVICE", help="One service; may be repeated.")
@click.option("--tenant", "tenants", multiple=True, metavar="TENANT", help="All services of a tenant.")
@click.option("--all", "everything", is_flag=True, help="All services.")
def set_command(instant: str, services: tuple[str, ...], tenants: tuple[str, ...], *, everything: bool) -> None:
    """Let business time be INSTANT (the city's own time) now, running on from there. Forward only.

    Sessions, tokens and retries stay in real time. Deadlines that are crossed run in their order.
    """
    from yoyaku.cli.environment import read_settings

    if not (services or tenants or everything):
        raise click.UsageError("Say which clock: --service TENANT/SERVICE, --tenant TENANT or --all.")
    wanted = _read_instant(instant)
    for one in asyncio.run(_move(read_settings(), wanted, services, None if everything else tenants)):
        _print(one)


def _read_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f'"{text}" is not a time such as 2027-01-16T08:59.') from None
    if instant.tzinfo is not None:
        raise Malformed("Write the city's own time, without a zone: 2027-01-16T08:59.")
    return instant


async def _show() -> list[ServiceClock]:
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import show_clocks

    engine = make_engine(read_settings().database_url, pool_size=1)
    try:
        async with platform_transaction(engine) as conn:
            return await show_clocks(conn, real_now=read_clock())
    finally:
        await engine.dispose()


async def _move(
    settings: Settings, to: datetime, services: Sequence[str], tenants: Sequence[str] | None
) -> list[ServiceClock]:
    """Move the clocks of these services and of all services of these tenants (``None``: of all), or none of them."""
    from yoyaku.db.engine import make_engine, platform_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import UnknownService, move_clock, show_clocks

    engine = make_engine(settings.migration_database_url, pool_size=1)
    real_now = read_clock()
    try:
        async with platform_transaction(engine) as conn:
            known = [(one.tenant_id, one.service_id) for one in await show_clocks(conn, real_now=real_now)]
            named = [(tenant, service) for tenant, _, service in (name.partition("/") for name in services)]
            chosen = [one for one in known if tenants is None or one[0] in tenants]
            missing = set(tenants or ()) - {tenant for tenant, _ in chosen}
            if missing:
                raise UnknownService(f"There is no tenant {', '.join(sorted(missing))}.")
            return [
                await move_clock(conn, settings=settings, service=one, to=to, real_now=real_now)
                for one in dict.fromkeys([*named, *chosen])
            ]
    finally:
        await engine.dispose()


def _print(one: ServiceClock) -> None:
    ahead = f"+{one.offset_seconds} s" if one.offset_seconds else "real time / 実時間"
    click.echo(f"{one.tenant_id}/{one.service_id}\t{one.stands_at:%Y-%m-%dT%H:%M:%S}\t{ahead}")
