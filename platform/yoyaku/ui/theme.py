"""From a service's brand colours to CSS custom properties, with the contrast that the law asks for.

WCAG 2.2 success criteria 1.4.3 (text, 4.5:1) and 1.4.11 (controls, 3:1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

TEXT_CONTRAST: Final = 4.5
CONTROL_CONTRAST: Final = 3.0
WHITE: Final = "#ffffff"
INK: Final = "#1a1a1a"

DEFAULT_TOKENS: Final = {
    "primary": "#0017c1",
    "primary_dark": "#00118f",
    "primary_soft": "#e8f1fe",
    "accent": "#008299",
}
"""The Digital Agency's blue, for a service that names no colours."""

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
_LINEAR_BELOW: Final = 0.04045


def contrast_ratio(one: str, other: str) -> float:
    """Return the WCAG contrast of two ``#rrggbb`` colours, 1.0 to 21.0."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def nearest_readable(colour: str, against: str, least: float, *, lighter: bool = False) -> str:
    """Return the colour itself, or the nearest darker (or ``lighter``) shade of it that reaches a contrast."""
    toward = 255 if lighter else 0
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    shades = (
        "#" + "".join(f"{round(one + (toward - one) * step / 100):02x}" for one in channels) for step in range(101)
    )
    return next((shade for shade in shades if contrast_ratio(shade, against) >= least), readable_on(against))


def readable_on(background: str) -> str:
    """Return white or ink, whichever reads better on the background."""
    return max((WHITE, INK), key=lambda ink: contrast_ratio(ink, background))


def theme_faults(tokens: Mapping[str, str]) -> list[str]:
    """List in words what is wrong with a brand's colours; empty when they may be used."""
    faults = [
        f"{name}: {value!r} is not a colour such as #0017c1"
        for name, value in tokens.items()
        if name in DEFAULT_TOKENS and not _COLOUR.match(value)
    ]
    if faults:
        return faults
    colours = {**DEFAULT_TOKENS, **tokens}
    checks = (
        ("primary", WHITE, TEXT_CONTRAST, "white text on it, and it as link text on white"),
        ("primary_dark", WHITE, TEXT_CONTRAST, "white text on it"),
        ("primary_soft", INK, TEXT_CONTRAST, "body text on it"),
        ("accent", WHITE, CONTROL_CONTRAST, "lines and icons on white"),
    )
    for name, against, least, why in checks:
        ratio = contrast_ratio(colours[name], against)
        if ratio < least:
            faults.append(
                f"{name}: {colours[name]} has a contrast of {ratio:.1f}:1 against {against}; "
                f"{why} need at least {least}:1"
            )
    ratio = contrast_ratio(colours["primary"], colours["primary_soft"])
    if ratio < TEXT_CONTRAST:
        faults.append(
            f"primary_soft: {colours['primary_soft']} has a contrast of {ratio:.1f}:1 against primary; "
            f"links on it need at least {TEXT_CONTRAST}:1"
        )
    return faults


def theme_css(tokens: Mapping[str, str]) -> str:
    """Write the style sheet of one brand: the custom properties that ``site.css`` builds on.

    Unknown names are left out, so that nothing a brand says can close the rule and add its own.

    :raises ValueError: the colours may not be used; the message says why, one fault per line.
    """
    faults = theme_faults(tokens)
    if faults:
        raise ValueError("\n".join(faults))
    colours = {**DEFAULT_TOKENS, **{name: tokens[name] for name in DEFAULT_TOKENS if name in tokens}}
    colours["on_primary"] = readable_on(colours["primary"])
    colours["on_accent"] = readable_on(colours["accent"])
    lines = [f"  --{name.replace('_', '-')}: {value.lower()};" for name, value in sorted(colours.items())]
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def _luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0.0 to 1.0 (WCAG 2.2, definition)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4
