"""What is late in the words of a mail: the facts that its templates may name beside those of the registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from yoyaku.tenancy.service import Site
from yoyaku.ui.formats import deadline, long_date, yen
from yoyaku.ui.words import Words


def arrears_facts(event: Mapping[str, Any], *, site: Site, words: Words) -> dict[str, str]:
    """Of which booking and day of use, how much, since when, until when and where it is to be paid now; empty where the event has none."""
    owing, use_on = event.get("owing_yen"), event.get("use_on")
    return {
        "number": str(event.get("number") or ""),
        "facility": words.text(event.get("facility")),
        "space": words.text(event.get("space")),
        "use_on": "" if use_on is None else long_date(date.fromisoformat(use_on), words.language),
        "owing": "" if owing is None else yen(int(owing), words.language),
        "due": _deadline(event.get("due_at"), site, words),
        "pay_by": _deadline(event.get("pay_by"), site, words),
        "pay_at": words.text(event.get("pay_at")) or words.say("arrears.pay_at_any"),
        "ways": _ways(event.get("ways") or (), site, words),
        "if_unpaid": _if_unpaid(event.get("lapses"), words),
    }


def _ways(ways: Sequence[Mapping[str, Any]], site: Site, words: Words) -> str:
    """One line for each way to pay, with its last day."""
    return "\n".join(
        words.say(
            "mail.way_until" if way["due_at"] else "mail.way",
            name=words.text(way["name"]),
            until=_deadline(way["due_at"], site, words),
        )
        for way in ways
    )


def _if_unpaid(lapses: bool | None, words: Words) -> str:  # noqa: FBT001  # a fact of the event
    return "" if lapses is None else words.say("mail.unpaid_lapses" if lapses else "mail.unpaid_stands")


def _deadline(told: str | None, site: Site, words: Words) -> str:
    return "" if told is None else deadline(datetime.fromisoformat(told).astimezone(site.zone), words.language)
