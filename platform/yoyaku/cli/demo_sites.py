"""What the demo shows when it is up: each site's address and the people one can be, read from the tenant folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from yoyaku.registration.policy.second_factor import STEP_SECONDS, code_at, step_of
from yoyaku.rules.loaders import TEXTS
from yoyaku.rules.values import Text
from yoyaku.tenancy.policy import host_of, hosts_of
from yoyaku.tenancy.terms import DemoClerk, DemoFile, DemoResident, TenantFile

Shape = TypeVar("Shape")
PEOPLE_SHOWN = 3
"""How many residents of a site are listed; the folder's demo.yaml has them all."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One service's site and its demo people."""

    tenant: Mapping[str, str]
    service: Mapping[str, str]
    hosts: tuple[str, ...]
    residents: tuple[DemoResident, ...]
    clerks: tuple[DemoClerk, ...]


def read_sites(tenants: Path, *, base_domain: str) -> tuple[Site, ...]:
    """The sites of every tenant folder below ``tenants``, by name of folder.

    The folders have been checked and loaded before; this only reads them again for their addresses and people.
    """
    return tuple(
        site
        for folder in sorted(tenants.iterdir())
        if (folder / "tenant.yaml").is_file()
        for site in _sites_of(folder, base_domain=base_domain)
    )


def describe(sites: tuple[Site, ...], *, port: int, pages: Mapping[str, str]) -> str:
    """The demo's greeting, in Japanese and English; ``pages`` are the addresses of ``mails`` and ``payments``."""
    lines = ["", "予約デモが動いています / The demo is running", ""]
    for site in sites:
        lines.append(f"■ {site.tenant['ja']} {site.service['ja']} / {site.tenant['en']}: {site.service['en']}")
        lines += [f"    http://{host}:{port}" for host in site.hosts]
        lines += [f"    利用者 / resident  {_login(person)}" for person in site.residents[:PEOPLE_SHOWN]]
        lines += [f"    職員   / clerk     {_login(person)}" for person in site.clerks]
        lines.append("")
    lines += [
        f"■ 送信メール / Mails sent:  {pages['mails']}",
        f"■ デモの決済会社 / The demo's payment company:  {pages['payments']}/control",
        "■ 職員の確認コード / Codes of the clerks:  .venv/bin/yoyaku demo codes",
        "■ 時計を進める / Move a clock:  .venv/bin/yoyaku clock set --help",
        "",
        "止めるには Ctrl-C。データは残ります（消すには make demo-reset）。",
        "Ctrl-C stops everything; the data stay (make demo-reset forgets them).",
        "",
    ]
    return "\n".join(lines)


def describe_codes(sites: tuple[Site, ...], *, real_now: datetime) -> str:
    """The code that each clerk enters now after the password, and for how long it can be used for the first time."""
    left = STEP_SECONDS - int(real_now.timestamp()) % STEP_SECONDS
    lines = [f"あと {left} 秒 / for {left} seconds more; 1回だけ使えます / each can be used once", ""]
    for site in sites:
        lines.append(f"■ {site.tenant['ja']} {site.service['ja']} / {site.tenant['en']}: {site.service['en']}")
        lines += [
            f"    {code_at(clerk.second_factor, step_of(real_now))}  {clerk.login_id}  （{clerk.name}）"
            for clerk in site.clerks
            if clerk.second_factor is not None
        ]
    return "\n".join(lines)


def _sites_of(folder: Path, *, base_domain: str) -> list[Site]:
    tenant = _read(folder / "tenant.yaml", TenantFile)
    demo = _read(folder / "demo.yaml", DemoFile) if (folder / "demo.yaml").is_file() else DemoFile()
    return [
        Site(
            tenant=_in_languages(tenant.name),
            service=_in_languages(service.name),
            hosts=tuple(host_of(template, base_domain=base_domain) for _, template, _ in hosts_of(service)),
            residents=tuple(person for person in demo.residents if person.service == service.code),
            clerks=tuple(person for person in demo.clerks if person.service in {service.code, "*"}),
        )
        for service in tenant.services
    ]


def _in_languages(text: Text) -> Mapping[str, str]:
    return {"ja": text, "en": text} if isinstance(text, str) else {"ja": "", "en": "", **text}


def _read(path: Path, shape: type[Shape]) -> Shape:
    return msgspec.convert(yaml.load(path.read_bytes(), TEXTS), shape, strict=False)  # noqa: S506  # text only


def _login(person: DemoResident | DemoClerk) -> str:
    return f"{person.login_id}  /  {person.password}  （{person.name}）"
