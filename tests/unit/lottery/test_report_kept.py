"""What is costly to count is counted once, however many ask for it."""

import asyncio

import pytest

from yoyaku.lottery.service.kept import Kept


class Counting:
    """Makes values, and counts how often."""

    def __init__(self, *, fails=0):
        self.times, self.fails = 0, fails

    async def __call__(self):
        self.times += 1
        await asyncio.sleep(0)
        if self.times <= self.fails:
            raise OSError
        return self.times


async def test_of_many_who_ask_at_once_one_makes_it():
    kept, make = Kept(at_most=2), Counting()

    assert await asyncio.gather(*(kept.get(("a",), make) for _ in range(20))) == [1] * 20
    assert await kept.get(("a",), make) == 1


async def test_what_failed_is_made_by_who_asks_next():
    kept, make = Kept(at_most=2), Counting(fails=1)

    answers = await asyncio.gather(*(kept.get(("a",), make) for _ in range(3)), return_exceptions=True)

    assert isinstance(answers[0], OSError)
    assert answers[1:] == [2, 2]


async def test_only_the_latest_are_kept():
    kept, make = Kept(at_most=2), Counting()
    for key in ("a", "b", "a", "c"):
        await kept.get((key,), make)

    assert await kept.get(("a",), make) == 1
    assert await kept.get(("b",), make) == 4


async def test_who_goes_away_takes_nothing_from_the_others():
    kept, begun = Kept(at_most=2), asyncio.Event()

    async def endless():
        begun.set()
        await asyncio.Event().wait()

    first = asyncio.create_task(kept.get(("a",), endless))
    await begun.wait()
    second = asyncio.create_task(kept.get(("a",), Counting()))
    first.cancel()

    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first
