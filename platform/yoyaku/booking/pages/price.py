"""Why a booking costs what it costs: the steps of the price with their articles, and the tax inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.fee.policy import FeeLine
from yoyaku.kernel.yen import tax_included
from yoyaku.rules.trace import Trace
from yoyaku.ui.words import Text, Words

STEP: Final = re.compile(r"fees\.(steps|relief)\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class TaxInside:
    """The consumption tax inside a price: its rate, what is taxed, and the tax, in whole yen."""

    rate_percent: int
    gross_yen: int
    yen: int


def tax_inside(rules: ServiceRules, lines: Sequence[FeeLine]) -> TaxInside | None:
    """The tax inside the lines that hold some; ``None`` where none does."""
    gross = sum(line.yen for line in lines if line.tax == "included")
    if gross <= 0:
        return None
    rate = rules.fees.tax_rate_percent
    return TaxInside(
        rate_percent=rate, gross_yen=gross, yen=tax_included(gross, rate, rounding=rules.fees.tax_rounding)
    )


def price_reasons(rules: ServiceRules, trace: Trace, words: Words) -> list[str]:
    """Each step of a price in words: its name, what it gave, and the article it comes from."""
    lines: list[str] = []
    for use in trace:
        name = _step_name(rules, use.path)
        if name is not None:
            source = words.say("why.default") if use.reference in (None, "default") else str(use.reference)
            line = words.say("price.reason", name=words.text(name), outcome=use.outcome, source=source)
            if line not in lines:
                lines.append(line)
    return lines


def _step_name(rules: ServiceRules, path: str) -> Text | None:
    found = STEP.match(path)
    if found is None:
        return None
    clauses: Sequence[object] = rules.fees.steps if found[1] == "steps" else rules.fees.relief
    place = int(found[2])
    return getattr(clauses[place], "name", None) if place < len(clauses) else None
