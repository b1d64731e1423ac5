"""The contract of a plugin that brings the public part of a lottery's seed. Version 1.

A beacon gives a value that nobody, the city included, could know or choose before a moment, and that everybody can look
up afterwards. ``promise`` says before a lottery opens which value will count, so that nobody can pick one later;
``fetch`` gets it once it exists. A plugin sees no database and no clock but what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

from msgspec import Struct

__all__ = ["CONTRACT", "BeaconFailed", "BeaconPlugin", "NotYet", "Promise", "PublicValue"]

CONTRACT: Final = 1


class BeaconFailed(Exception):  # what happened, as the other refusals of this folder
    """The beacon did not answer, or its answer does not hold (``why``); asked again later, never replaced."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotYet(Exception):
    """The value does not exist yet; ``by_hand`` where somebody of the city must publish it first."""

    def __init__(self, *, by_hand: bool = False) -> None:
        super().__init__("by hand" if by_hand else "not yet")
        self.by_hand = by_hand


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Which public value will count, in terms that anybody can look up.

    ``source`` is a short text in the words of the beacon (address, chain and round; or what the city will publish);
    ``reference`` what the plugin needs to fetch it, as plain JSON.
    """

    source: str
    reference: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PublicValue:
    """The value as text that goes into the seed (lower-case hex where it is bytes), and what proves it, as plain JSON."""

    value: str
    proof: Mapping[str, Any] = field(default_factory=dict)


class BeaconPlugin(Protocol):
    """A beacon. ``settings`` have the shape ``settings_type``: the rule set's over those of the operator's profile.

    ``by_hand``: its values are typed in by staff of the city.
    """

    name: ClassVar[str]
    contract: ClassVar[int]
    settings_type: ClassVar[type[Struct]]
    by_hand: ClassVar[bool]

    async def promise(self, *, settings: Any, after: datetime) -> Promise:  # noqa: ANN401  # of its settings_type
        """Which value will count: the first made after the instant ``after`` (aware).

        Raises:
            BeaconFailed: the beacon must be asked for that and does not answer.
        """
        ...

    async def fetch(self, *, settings: Any, promise: Promise, now: datetime) -> PublicValue:  # noqa: ANN401
        """The promised value.

        Raises:
            NotYet: it does not exist yet.
            BeaconFailed: the beacon does not answer, or what it answers does not hold.
        """
        ...
