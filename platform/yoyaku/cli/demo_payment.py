"""The demo's payment company: a merchant of its own for each profile that rule sets name."""

from __future__ import annotations

import asyncio
import json
import secrets
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec

from yoyaku.billing.views import AttemptView
from yoyaku.extension.profiles import profile_file, settings_from
from yoyaku.kernel.clock import read_clock
from yoyaku.testing.processor.merchants import environment_of, merchants_of, profiles_named, write_profiles

LONGEST_SECONDS: Final = 10


class _Company(msgspec.Struct):
    """What the settings file of a merchant says of the company."""

    base_url: str
    merchant: str


def prepare_payment(folder: Path, *, profiles: Path, rulesets: Path, port: int) -> dict[str, str]:
    """Write what the company and the platform need of each other; returns the environment's part."""
    folder.mkdir(parents=True, exist_ok=True)
    merchants = merchants_of(profiles_named(rulesets), secret=_secret(folder / "secret"))
    path = folder / "merchants.json"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(list(merchants.values())))
    base, pages = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    write_profiles(profiles, merchants, base_url=base, page_url=pages)
    return environment_of(merchants)


def _secret(path: Path) -> str:
    """Made once, for its owner's eyes."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def known_to_company(profiles: Path | None) -> Callable[[AttemptView], Awaitable[None]]:
    """Writes payments of the demo's people into the company's books, so that it can give them back.

    ``profiles`` is the folder of plugins' settings files; where it has none of a way to pay, there is no company.
    """

    async def tell(attempt: AttemptView) -> None:
        if attempt.profile is None or profile_file(profiles, plugin=attempt.plugin, profile=attempt.profile) is None:
            return
        company = settings_from(profiles, plugin=attempt.plugin, profile=attempt.profile, own={}, shape=_Company)
        told: dict[str, str | int] = {
            "merchant": company.merchant,
            "order_id": str(attempt.attempt_id),
            "amount": attempt.amount_yen,
            # Our ledger and the company's statements go by real time, whenever in the demo's past the booking was.
            "at": read_clock().isoformat(),
        }
        await asyncio.to_thread(_post, f"{company.base_url}/control/paid", told)

    return tell


def _post(url: str, told: dict[str, str | int]) -> None:
    headers = {"content-type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(told).encode(), headers)  # noqa: S310  # the demo's own company
    with urllib.request.urlopen(asked, timeout=LONGEST_SECONDS):  # noqa: S310
        pass
