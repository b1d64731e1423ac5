"""What is kept of an open check: the plugin's own, the next step, a letter's code and claims; sealed in the database."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from yoyaku.extension.identity import Claims, EnterCode, GoTo, Letter, NextStep, Upload, VisitCounter
from yoyaku.kernel.seal import Seal

Asks = Literal["visit", "upload", "leave", "code"]
_ASKS: dict[type[NextStep], Asks] = {VisitCounter: "visit", Upload: "upload", GoTo: "leave", EnterCode: "code"}


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """The open side of a sealed ``kept``; ``step`` is the next step but for a letter's code or an address to go to."""

    plugin: dict[str, Any] = {}  # msgspec copies it for every instance
    asks: Asks
    step: dict[str, Any] = {}
    letter: str | None = None
    claims: Claims | None = None

    @property
    def next_step(self) -> NextStep | None:
        """What the person does next; ``None`` where they leave for a provider, which is begun anew each time."""
        shapes: dict[str, type[NextStep]] = {asks: shape for shape, asks in _ASKS.items()}
        return None if self.asks == "leave" else msgspec.convert(self.step, shapes[self.asks])


def asks_of(shape: type[NextStep]) -> Asks:
    """How a next step is called."""
    return _ASKS[shape]


def keeping_of(step: NextStep, plugin: dict[str, Any]) -> Keeping:
    """What is kept when a check was begun."""
    if type(step) not in get_args(NextStep):
        raise TypeError(f"{type(step).__name__} is no next step")
    shown: dict[str, Any] = {}
    letter: Letter | None = None
    if isinstance(step, EnterCode):
        letter = step.letter
        shown = {"days_to_arrive": step.days_to_arrive, "expires_at": step.expires_at}
    elif isinstance(step, Upload):
        shown = msgspec.to_builtins(step)
    return Keeping(plugin=plugin, asks=asks_of(type(step)), step=shown, letter=letter.shown if letter else None)


def seal_keeping(keeping: Keeping, seal: Seal) -> bytes:
    """Seal what is kept."""
    return seal.seal(msgspec.json.encode(keeping))


def open_keeping(kept: bytes | None, seal: Seal) -> Keeping:
    """Open what was kept of an open check."""
    if kept is None:
        raise LookupError("nothing is kept of a check that is over")
    return msgspec.json.decode(seal.open(kept), type=Keeping)
