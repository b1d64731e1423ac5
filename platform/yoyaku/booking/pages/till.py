"""What pages are given that ask a payment provider: transactions that they open and close around it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from yoyaku.billing.service.asking import MoneyMeans
from yoyaku.booking.pages.here import Here


class Till:
    """One request of the pages that ask a provider. No transaction is open but those that the page opens itself."""

    def __init__(self, *, open_here: Callable[[], AbstractAsyncContextManager[Here]], means: MoneyMeans) -> None:
        """Gather the means; ``open_here`` opens the request's transaction with its page, as often as it is asked."""
        self.open_here = open_here
        self.means = means
