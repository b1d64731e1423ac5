"""Asking the processor: one signed request, its whole answer within the time, and nothing of httpx beyond here."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx
import msgspec

from yoyaku.extension.payment import PaymentContext, ProviderFailed
from yoyaku_payment_hosted.answers import ErrorAnswer
from yoyaku_payment_hosted.settings import HostedSettings
from yoyaku_payment_hosted.signing import request_headers

LARGEST_BYTES: Final = 4_000_000
DONE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
Answer = TypeVar("Answer")


class Refused(Exception):
    """The processor understood and did not do it: ``code`` is its reason."""

    def __init__(self, code: str) -> None:
        """Name the reason."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Client:
    """This merchant's way to the processor."""

    context: PaymentContext

    @property
    def settings(self) -> HostedSettings:
        """Those of the plugin."""
        settings: HostedSettings = self.context.settings
        return settings

    async def ask(
        self, method: str, target: str, shape: type[Answer], *, told: Mapping[str, Any] | None = None
    ) -> Answer:
        """Ask, and read the answer as ``shape``.

        Raises:
            Refused: the processor says why it does not.
            ProviderFailed: it did not answer in time, or not as agreed (``reason``, ``status``).
            SecretMissing: nobody set the secret.
        """
        body = b"" if told is None else msgspec.json.encode(told)
        status, content = await self._exchange(method, target, body)
        if status in DONE:
            return _read(content, shape)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Refused(_read(content, ErrorAnswer).error)
        raise ProviderFailed(reason="status", status=status)

    async def _exchange(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        settings, seconds = self.settings, self.settings.timeout_seconds
        headers = request_headers(
            self.context.secret(settings.api_secret),
            merchant=settings.merchant,
            seconds=int(self.context.now.timestamp()),
            asked=(method, target),
            body=body,
        )
        url = f"{settings.api}{target}"
        # The operator's proxy is used but for this machine itself.
        client = httpx.AsyncClient(
            timeout=seconds, follow_redirects=False, trust_env=url.startswith("https:"), verify=_authorities()
        )
        headers |= {"accept": "application/json", "content-type": "application/json"}
        try:
            # The time is for all of the answer: one that trickles must not keep a worker.
            async with asyncio.timeout(seconds), client, client.stream(
                method, url, content=body, headers=headers
            ) as response:  # fmt: skip
                return response.status_code, await _whole(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderFailed(reason=type(error).__name__) from error


@cache
def _authorities() -> ssl.SSLContext:
    """Whom TLS trusts; read once, since that takes longer than a request."""
    return httpx.create_ssl_context()


async def _whole(response: httpx.Response) -> bytes:
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > LARGEST_BYTES:
            raise ProviderFailed(reason="too_long")
    return bytes(content)


def _read(content: bytes, shape: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProviderFailed(reason="unreadable") from error
