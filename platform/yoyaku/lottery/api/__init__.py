"""The JSON API of lotteries: the same acts as the pages, by the same services."""

from yoyaku.lottery.api.acting import ACTING
from yoyaku.lottery.api.reading import READING

ROUTES = [*READING, *ACTING]

__all__ = ["ROUTES"]
