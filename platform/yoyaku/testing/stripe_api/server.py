"""Stripe behind a port of this machine."""

from __future__ import annotations

from yoyaku.testing.serving import Served
from yoyaku.testing.stripe_api.api import StripeApi


class RunningStripe(Served):
    """The API and its pages over HTTP, as long as the ``with`` lasts."""

    def __init__(self, api: StripeApi, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; pages stand at the address of the port."""
        super().__init__(api.answer, port=port, host=host)
        self.api = api
        api.url = self.url
