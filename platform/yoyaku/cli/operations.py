"""``yoyaku operations``: whether everything runs, over all tenants, for people and for monitoring."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from yoyaku.admin.service.operations import Sight
    from yoyaku.ui.words import Words

Tongue = Literal["ja", "en"]


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", "tongue", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def operations(form: str, tongue: Tongue) -> None:
    """Print whether scheduler, worker, mail, payment and beacon are well and what is stuck. Exit 1 where not."""
    from yoyaku.cli.tenant_new import words_of

    found = asyncio.run(_look())
    if form == "json":
        click.echo(json.dumps({name: _plain(sight) for name, sight, _ in found}, ensure_ascii=False, indent=2))
    else:
        words = words_of(tongue)
        _print_parts(words, found)
        for name, sight, zone in found:
            _print_service(words, name, sight, zone)
    sys.exit(0 if all(sight.is_well for _, sight, _ in found) else 1)


async def _look() -> list[tuple[str, Sight, tzinfo | None]]:
    """Each service's name, how it does, and the zone of its civil time."""
    from yoyaku.admin.service.operations import look
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction, tenant_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import show_clocks

    engine = make_engine(read_settings().database_url, pool_size=1)
    real_now = read_clock()
    found = []
    try:
        async with platform_transaction(engine) as conn:
            clocks = await show_clocks(conn, real_now=real_now)
        for clock in clocks:
            async with tenant_transaction(engine, clock.tenant_id, clock.service_id) as conn:
                sight = await look(conn, now=clock.stands_at, real_now=real_now)
            found.append((f"{clock.tenant_id}/{clock.service_id}", sight, clock.stands_at.tzinfo))
    finally:
        await engine.dispose()
    return found


def _print_parts(words: Words, found: list[tuple[str, Sight, tzinfo | None]]) -> None:
    """The parts are the installation's: in the civil time of its first city."""
    for _, sight, zone in found[:1]:
        for part in sight.parts:
            health, name = words.say(f"operations.health.{part.health}"), words.say(f"operations.part.{part.part}")
            click.echo(f"{health}\t{name}\t{_civil(part.succeeded_at, zone)}")


def _civil(instant: datetime | None, zone: tzinfo | None) -> str:
    return "-" if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def _print_service(words: Words, name: str, sight: Sight, zone: tzinfo | None) -> None:
    from yoyaku.admin.pages.operations import named, said

    click.echo(name)
    if sight.late:
        click.echo(f"  {words.say('operations.late', count=sight.late)}")
    for one in sight.outside:
        if one.failing:
            said_of = words.say("operations.failing", count=one.failing)
            click.echo(f"  {words.say(f'operations.outside.{one.name}')} {one.profile}: {said_of}")
    for work in sight.stuck:
        told = words.say("operations.attempts", count=work.attempts)
        click.echo(f"  {named(words, work.what)} {work.kind} {work.id}: {told}. {said(words, work.last_error)}")
    for coming in sight.coming:
        click.echo(f"  {_civil(coming.at, zone)}\t{named(words, coming.what)}\t{coming.count}")


def _plain(sight: Sight) -> dict[str, object]:
    return {
        "well": sight.is_well,
        "parts": {part.part: part.health for part in sight.parts},
        "late": sight.late,
        "outside": [{"name": one.name, "profile": one.profile, "failing": one.failing} for one in sight.outside],
        "stuck": [
            {"kind": one.kind, "id": str(one.id), "what": one.what, "attempts": one.attempts} for one in sight.stuck
        ],
    }
