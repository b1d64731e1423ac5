"""For which service a request is: by its host, or by ``/t/<tenant>/<service>/`` where one host serves all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.db.engine import Busy, platform_transaction
from yoyaku.kernel.clock import business_now
from yoyaku.kernel.settings import Settings
from yoyaku.rules.values import Text
from yoyaku.tenancy import repository
from yoyaku.tenancy.repository import SiteRow

FRESH_FOR: Final = timedelta(seconds=2)
REMEMBERED: Final = 2_000
Lookup = Callable[[AsyncConnection], Coroutine[Any, Any, SiteRow | None]]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom a resident asks."""

    name: Text
    phone: str | None = None
    hours: Text | None = None
    mail: str | None = None
    address: Text | None = None


@dataclass(frozen=True, kw_only=True)
class SitePage:
    """A text page of the service: its title, and its simple Markdown by language."""

    title: Text
    text: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Site:
    """A service as its visitors meet it.

    ``colours`` are theme tokens (``ui/theme.py``), ``logo_svg`` an SVG without scripts, ``wording`` the city's words by
    language, ``hosts`` where it answers. ``clock_offset_seconds`` is how far its business time runs ahead. ``channel`` is
    that of the terminals of facilities, where their host was asked for.
    """

    tenant_id: str
    service_id: str
    tenant_name: Text
    name: Text
    languages: tuple[str, ...]
    zone: ZoneInfo
    brand_name: Text
    tagline: Text | None
    colours: Mapping[str, str]
    logo_svg: str
    contact: Contact
    wording: Mapping[str, Mapping[str, str]]
    pages: Mapping[str, SitePage]
    hosts: tuple[str, ...]
    clock_offset_seconds: int
    channel: str | None = None

    def business_now(self, real_now: datetime) -> datetime:
        """The instant by which the rules of this service decide."""
        return business_now(self.clock_offset_seconds, real_now)


class Sites:
    """Sites by host or path, looked up at most once in two seconds each, clock and all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: OrderedDict[tuple[str, ...], tuple[datetime, Site | None]] = OrderedDict()
        self._being_looked_up: set[tuple[str, ...]] = set()

    async def by_host(self, host: str, *, real_now: datetime) -> Site | None:
        """The site that answers at a Host header's value (a port is passed over), or ``None``."""
        name = host_name(host)
        return await self._look_up((name,), real_now, lambda conn: repository.find_site_by_host(conn, host_name=name))

    async def by_path(self, tenant_id: str, service_id: str, *, real_now: datetime) -> Site | None:
        """The site of two slugs, or ``None``."""
        return await self._look_up(
            (tenant_id, service_id),
            real_now,
            lambda conn: repository.find_site(conn, tenant_id=tenant_id, service_id=service_id),
        )

    def forget(self) -> None:
        """Look everything up again: after loading a tenant or moving a clock in this process."""
        self._known.clear()

    async def _look_up(self, key: tuple[str, ...], real_now: datetime, lookup: Lookup) -> Site | None:
        """What is known, looked up again by one request while the others go on with what they have.

        In a rush a thousand requests would otherwise ask for the same row at once, and wait for connections that
        bookings need.
        """
        known = self._known.get(key)
        if known is not None and (real_now - known[0] < FRESH_FOR or key in self._being_looked_up):
            return known[1]
        self._being_looked_up.add(key)
        try:
            site = await self._read(lookup)
        except Busy:
            if known is None:
                raise
            return known[1]
        finally:
            self._being_looked_up.discard(key)
        self._known[key] = (real_now, site)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return site

    async def _read(self, lookup: Lookup) -> Site | None:
        async with platform_transaction(self._engine) as conn:
            row = await lookup(conn)
        return None if row is None else site_of(row)


def host_name(host: str) -> str:
    """The name in a Host header: lower case, without port or the root's dot."""
    name = host.strip().lower()
    without_port = name if name.endswith("]") else name.rpartition(":")[0] or name
    return without_port.rstrip(".")


def site_of(row: SiteRow) -> Site:
    """A stored service as its visitors meet it."""
    return Site(
        tenant_id=row.tenant_id,
        service_id=row.service_id,
        tenant_name=row.tenant_name,
        name=row.name,
        languages=tuple(row.languages),
        zone=ZoneInfo(row.time_zone),
        brand_name=row.brand["name"],
        tagline=row.brand.get("tagline"),
        colours=row.brand["colours"],
        logo_svg=row.brand["logo_svg"],
        contact=Contact(**row.contact),
        wording=row.wording,
        pages={code: SitePage(**page) for code, page in row.pages.items()},
        hosts=_hosts(row.hosts),
        clock_offset_seconds=row.clock_offset_seconds,
        channel=row.channel,
    )


def _hosts(hosts: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(hosts or ())


def address_of_site(settings: Settings, site: Site) -> str:
    """The address of the service's site, for links in mails; no slash at the end."""
    if site.hosts:
        return settings.site_address(site.hosts[0])
    return f"{settings.site_address(settings.base_domain)}/t/{site.tenant_id}/{site.service_id}"
