"""How large and in which colours somebody reads: kept in their browser, the same on every page, without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DISPLAY_COOKIE: Final = "display"
SIZES: Final = ("normal", "large", "largest")
COLOURS: Final = ("normal", "dark", "contrast")


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One of :data:`SIZES` and one of :data:`COLOURS`."""

    size: str = "normal"
    colours: str = "normal"

    @property
    def classes(self) -> str:
        """The classes of the page, by which the style sheet goes; empty for what is usual."""
        chosen = (("size", self.size), ("colours", self.colours))
        return " ".join(f"{name}-{value}" for name, value in chosen if value != "normal")

    @property
    def kept(self) -> str:
        """What the cookie keeps."""
        return f"{self.size}.{self.colours}"


def read_display(kept: str | None) -> Display:
    """Read what the cookie keeps; anything that is none of ours is the usual display."""
    size, _, colours = (kept or "").partition(".")
    return Display(size=size if size in SIZES else SIZES[0], colours=colours if colours in COLOURS else COLOURS[0])
