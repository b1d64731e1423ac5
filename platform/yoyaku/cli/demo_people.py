"""Making the demo's people in the database, from the tenant folders."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from yoyaku.admin.service.folder_check import find_folders
from yoyaku.admin.service.seeding import seed_people
from yoyaku.admin.service.seeding_entries import seed_entries
from yoyaku.admin.service.seeding_uses import seed_uses
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.service.charged import CHARGED_BOOKINGS
from yoyaku.cli.demo_payment import known_to_company
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.settings import Settings
from yoyaku.rules.check import read_as
from yoyaku.tenancy.terms import DemoFile, TenantFile


def seed_folders(paths: Sequence[Path], *, settings: Settings) -> list[str]:
    """Seed every service of these tenant folders, as the application's role; says for each what was made."""
    return asyncio.run(_seed(find_folders(paths), settings))


async def _seed(folders: Sequence[Path], settings: Settings) -> list[str]:
    said: list[str] = []
    keep_charges(CHARGED_BOOKINGS)
    engine = make_engine(settings.database_url, pool_size=1)
    tell = known_to_company(settings.plugin_profiles)
    try:
        for folder in folders:
            if not (folder / "demo.yaml").is_file():
                continue
            tenant, demo = read_as(folder / "tenant.yaml", TenantFile), read_as(folder / "demo.yaml", DemoFile)
            for service in tenant.services:
                here = (tenant.slug, service.code)
                async with tenant_transaction(engine, *here) as conn:
                    seeded = await seed_people(conn, settings=settings, service=here, demo=demo, real_now=read_clock())
                async with tenant_transaction(engine, *here) as conn:
                    made = await seed_entries(conn, settings=settings, service=here, demo=demo, real_now=read_clock())
                async with tenant_transaction(engine, *here) as conn:
                    used = await seed_uses(
                        conn, settings=settings, service=here, demo=demo, real_now=read_clock(), tell_company=tell
                    )
                accounts = f"{seeded.made} accounts made, {seeded.there} were there"
                said.append(f"{'/'.join(here)}: {accounts}; {made} entries to lotteries, {used} bookings")
    finally:
        await engine.dispose()
    return said
