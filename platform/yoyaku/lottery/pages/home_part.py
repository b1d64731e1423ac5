"""Lotteries on my page: wins that wait are to be answered first."""

from __future__ import annotations

from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.home_parts import HomePart, Todo
from yoyaku.lottery.pages.mine import all_mine
from yoyaku.lottery.pages.my_views import LotteryCard, lottery_card
from yoyaku.lottery.rules import is_ordered, schemes
from yoyaku.ui.formats import deadline


async def lottery_part(here: Here) -> HomePart | None:
    """The section, where there are lotteries."""
    mine = await all_mine(here)
    drawn = schemes(await here.rules())
    if not mine and not drawn:
        return None
    ordered = not drawn or any(is_ordered(scheme) for scheme in drawn)
    waiting = [one for one in mine if any(entry.state == "won" for entry in one.entries)]
    cards = [await lottery_card(here, one, in_full=False) for one in waiting]
    say, wins = here.words.say, sum(len(card.waiting_wins) for card in cards)
    return HomePart(
        code="lottery",
        heading=say("lottery_mine.home"),
        lead=say("lottery_mine.home_lead" if ordered else "lottery_mine.home_lead_any"),
        button=say("lottery_mine.title"),
        path="/me/lottery",
        badge=say("lottery_mine.wins_wait", count=wins) if wins else None,
        todos=[_todo(here, card) for card in cards],
    )


def _todo(here: Here, card: LotteryCard) -> Todo:
    words = here.words
    until = min((one.until for one in card.waiting_wins if one.until is not None), default=None)
    hint = words.say("lottery_mine.home_todo_until", at=deadline(until, words.language)) if until else card.name
    title = words.say("lottery_mine.home_todo", count=len(card.waiting_wins))
    return Todo(title=title, hint=hint, path=card.path, button=words.say("lottery_mine.home_todo_button"))
