"""Colours that people can read: what the law asks of a brand, for folders and for what admins type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yoyaku.ui.theme import CONTROL_CONTRAST, INK, TEXT_CONTRAST, WHITE, contrast_ratio, nearest_readable

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
TOKENS: Final = ("primary", "primary_dark", "primary_soft", "accent")
"""The colours of a theme that a city chooses."""


@dataclass(frozen=True, kw_only=True)
class WeakContrast:
    """A colour that does not stand out enough from another; ``proposal`` is the nearest shade of it that does."""

    name: str
    colour: str
    against: str
    ratio: float
    least: float
    proposal: str

    @property
    def facts(self) -> dict[str, str]:
        """The facts of its sentence."""
        told = {"found": self.colour, "against": self.against}
        return {**told, "ratio": f"{self.ratio:.1f}", "allowed": f"{self.least:.1f}"}


def measured(colours: Mapping[str, str]) -> Iterator[WeakContrast]:
    """Every contrast that counts, weak or not, of a theme's colours (``#rrggbb``).

    The soft ground is measured against a main colour only that itself can be read: else it is not at fault.
    """
    soft, primary = colours["primary_soft"], colours["primary"]
    checks = (
        ("primary", primary, WHITE, TEXT_CONTRAST),
        ("primary_dark", colours["primary_dark"], WHITE, TEXT_CONTRAST),
        ("accent", colours["accent"], WHITE, CONTROL_CONTRAST),
        ("primary_soft", soft, INK, TEXT_CONTRAST),
        *([("primary_soft", soft, primary, TEXT_CONTRAST)] if _reads_on_white(primary) else []),
    )
    for name, colour, against, least in checks:
        ratio = contrast_ratio(colour, against)
        proposal = nearest_readable(colour, against, least, lighter=name == "primary_soft")
        if name == "primary":  # links in it stand on the soft ground too
            proposal = nearest_readable(proposal, soft, least)
        yield WeakContrast(name=name, colour=colour, against=against, ratio=ratio, least=least, proposal=proposal)


def _reads_on_white(colour: str) -> bool:
    return contrast_ratio(colour, WHITE) >= TEXT_CONTRAST


def weak_contrasts(colours: Mapping[str, str]) -> list[WeakContrast]:
    """The contrasts that do not reach what WCAG 2.2 asks for."""
    return [one for one in measured(colours) if one.ratio < one.least]
