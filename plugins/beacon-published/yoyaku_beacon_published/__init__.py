"""A value that the city publishes, as a beacon of lotteries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from yoyaku.extension.beacon import CONTRACT, NotYet, Promise, PublicValue

__all__ = ["PublishedBeacon", "PublishedSettings", "plugin"]


class PublishedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``what`` will be published, so that anybody can look it up: which figure, of whom, how it is written."""

    what: Annotated[str, Meta(min_length=1, max_length=500)]


class PublishedBeacon:
    """The value is typed in by staff; until then the draw waits."""

    name: ClassVar[str] = "beacon-published"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = PublishedSettings
    by_hand: ClassVar[bool] = True

    async def promise(self, *, settings: PublishedSettings, after: datetime) -> Promise:
        """The first such value after ``after``."""
        return Promise(source=settings.what, reference={"after": after.isoformat()})

    async def fetch(self, *, settings: PublishedSettings, promise: Promise, now: datetime) -> PublicValue:
        """Never by itself.

        Raises:
            NotYet: always; somebody publishes it by hand.
        """
        del settings, promise, now
        raise NotYet(by_hand=True)


plugin = PublishedBeacon()
