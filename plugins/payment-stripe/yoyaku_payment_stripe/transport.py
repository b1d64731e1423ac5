"""How the official library reaches Stripe from here: httpx, within a time, and nothing of the payer in any log."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import httpx
import stripe

LARGEST_BYTES: Final = 5_000_000

stripe.enable_telemetry = False  # it would write an id of this machine into a home folder, and send it
logging.getLogger("stripe").setLevel(logging.WARNING)  # below, it logs what is posted: names and addresses


class Transport(stripe.HTTPClient):
    """One request at a time, each on a connection of its own: whoever asks may run on another event loop."""

    name = "httpx"

    def __init__(self, *, timeout_seconds: int) -> None:
        """Give an answer so long, from the first byte to the last."""
        super().__init__()
        self._timeout_seconds = timeout_seconds

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,  # noqa: ANN401  # the library's
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Ask, and read the answer.

        Raises:
            stripe.APIConnectionError: there was none in time, or it had no end.
        """
        client = httpx.AsyncClient(
            timeout=self._timeout_seconds,
            follow_redirects=False,
            trust_env=url.startswith("https:"),  # the operator's proxy is used but for this machine itself
            verify=_trusted(),
        )
        try:
            async with asyncio.timeout(self._timeout_seconds), client:
                return await _read(client, httpx.Request(method, url, headers=dict(headers), content=post_data))
        except (httpx.HTTPError, TimeoutError) as error:
            raise _lost(type(error).__name__) from None


async def _read(client: httpx.AsyncClient, request: httpx.Request) -> tuple[bytes, int, Mapping[str, str]]:
    response = await client.send(request, stream=True)
    content = b""
    async for part in response.aiter_bytes():
        content += part
        if len(content) > LARGEST_BYTES:
            raise _lost("too long")
    return content, response.status_code, response.headers


def _lost(why: str) -> stripe.APIConnectionError:
    return stripe.APIConnectionError(why, should_retry=False)  # type: ignore[no-untyped-call]  # the library's


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=stripe.ca_bundle_path)
