"""The demo's payment company: a merchant of its own for each profile that rule sets name."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from yoyaku.testing.processor.merchants import environment_of, merchants_of, profiles_named, write_profiles


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
