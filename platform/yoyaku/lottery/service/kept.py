"""What is costly to count, and never changes once it can be counted: kept in the process that was asked for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The latest values that were asked for, by lottery: each is made once, however many ask for it meanwhile."""

    def __init__(self, *, at_most: int) -> None:
        self._at_most = at_most
        self._values: OrderedDict[tuple[object, ...], Value] = OrderedDict()
        self._making: dict[tuple[object, ...], asyncio.Lock] = {}

    async def get(self, key: tuple[object, ...], make: Callable[[], Awaitable[Value]]) -> Value:
        """The value of a key; made by whoever asks first. What fails is not kept."""
        if key not in self._values:
            async with self._making.setdefault(key, asyncio.Lock()):
                try:
                    if key not in self._values:
                        self._keep(key, await make())
                    return self._values[key]
                finally:
                    self._making.pop(key, None)
        self._values.move_to_end(key)
        return self._values[key]

    def _keep(self, key: tuple[object, ...], value: Value) -> None:
        self._values[key] = value
        while len(self._values) > self._at_most:
            self._values.popitem(last=False)
