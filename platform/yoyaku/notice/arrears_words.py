"""What is late in the words of a mail: the facts that its templates may name beside those of the registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yoyaku.tenancy.service import Site
from yoyaku.ui.formats import deadline, yen
from yoyaku.ui.words import Words


def arrears_facts(event: Mapping[str, Any], *, site: Site, words: Words) -> dict[str, str]:
    """Of which booking, how much, since when, and until when it is to be paid now; empty where the event has none."""
    owing = event.get("owing_yen")
    return {
        "number": str(event.get("number") or ""),
        "facility": words.text(event.get("facility")),
        "space": words.text(event.get("space")),
        "owing": "" if owing is None else yen(int(owing), words.language),
        "due": _deadline(event.get("due_at"), site, words),
        "pay_by": _deadline(event.get("pay_by"), site, words),
    }


def _deadline(told: str | None, site: Site, words: Words) -> str:
    return "" if told is None else deadline(datetime.fromisoformat(told).astimezone(site.zone), words.language)
