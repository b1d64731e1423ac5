"""Who is paid at the processor: one merchant for each profile by which rule sets name it, so that nobody's books mix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from yoyaku.testing.processor.books import Merchant

PLUGIN: Final = "payment-hosted"
CHOICES: Final = ("card", "convenience", "pay_easy", "net_bank", "e_money")


def profiles_named(rulesets: Path) -> tuple[str, ...]:
    """The profiles of ``payment-hosted`` that the rule sets below a folder name."""
    found: set[str] = set()
    for path in rulesets.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if PLUGIN in text:
            found.update(_named_in(yaml.safe_load(text)))
    return tuple(sorted(found))


def merchants_of(profiles: Iterable[str], *, secret: str) -> dict[str, Merchant]:
    """A merchant for each profile; its secrets follow from ``secret`` (at least 16 characters) and its name."""
    return {
        profile: Merchant(
            id=profile,
            name=f"予約の使用料（{profile}）",
            api_secret=f"api-{profile}-{secret}",
            webhook_secret=f"webhook-{profile}-{secret}",
        )
        for profile in profiles
    }


def environment_of(merchants: Mapping[str, Merchant]) -> dict[str, str]:
    """The variables of the platform's environment that hold the merchants' secrets."""
    values: dict[str, str] = {}
    for merchant in merchants.values():
        api, webhook = variables_of(merchant.id)
        values |= {api: merchant.api_secret, webhook: merchant.webhook_secret}
    return values


def write_profiles(
    folder: Path, merchants: Mapping[str, Merchant], *, base_url: str, page_url: str | None = None
) -> Sequence[Path]:
    """The operator's settings file of each merchant, in a folder of profiles."""
    written = []
    for merchant in merchants.values():
        settings = settings_for(merchant.id, base_url=base_url, page_url=page_url)
        path = folder / f"{PLUGIN}.{merchant.id}.yaml"
        lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items() if value is not None]
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        written.append(path)
    return written


def settings_for(merchant: str, *, base_url: str, page_url: str | None = None) -> dict[str, Any]:
    """The settings of ``payment-hosted`` for a merchant."""
    api, webhook = variables_of(merchant)
    return {
        "base_url": base_url,
        "page_url": page_url,
        "merchant": merchant,
        "api_secret": api,
        "webhook_secrets": [webhook],
        "choices": list(CHOICES),
    }


def variables_of(merchant: str) -> tuple[str, str]:
    """The names of the variables with the secret of requests and the secret of webhooks."""
    name = merchant.upper().replace("-", "_").replace(".", "_")
    return f"PAYMENT_{name}_API_SECRET", f"PAYMENT_{name}_WEBHOOK_SECRET"


def _named_in(document: object) -> Iterator[str]:
    if isinstance(document, Mapping):
        if document.get("plugin") == PLUGIN and isinstance(document.get("profile"), str):
            yield str(document["profile"])
        for told in document.values():
            yield from _named_in(told)
    elif isinstance(document, list):
        for told in document:
            yield from _named_in(told)
