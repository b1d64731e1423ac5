"""An account transfer in the words of a mail: the facts that its templates may name beside those of the registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yoyaku.ui.formats import long_date, yen
from yoyaku.ui.words import Words


def debit_facts(event: Mapping[str, Any], words: Words) -> dict[str, str]:
    """The day, the sum and the account of a debit, its bookings, why it failed; what became of a mandate.

    Empty where the event has none of it.
    """
    collect_on, total, state = event.get("collect_on"), event.get("total_yen"), event.get("state")
    return {
        "collect_on": "" if collect_on is None else long_date(date.fromisoformat(collect_on), words.language),
        "total": "" if total is None else yen(total, words.language),
        "account": str(event.get("account_shown") or ""),
        "numbers": "\n".join(event.get("numbers") or ()),
        "failure": words.maybe(f"payment.failed.{event.get('reason')}") or "",
        "mandate_state": words.maybe(f"mandate.state.{state}") or "",
        "mandate_next": words.maybe(f"mandate.next.{state}") or "",
    }
