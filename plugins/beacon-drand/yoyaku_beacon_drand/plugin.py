"""The beacon: promises a round, asks the relays for it, and believes only its signature."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import httpx
from msgspec import Struct

from yoyaku.extension.beacon import CONTRACT, BeaconFailed, NotYet, Promise, PublicValue
from yoyaku_beacon_drand.bls import is_signed
from yoyaku_beacon_drand.settings import DrandSettings

LARGEST_BYTES: Final = 10_000
TOO_EARLY: Final = frozenset({404, 425})
OK: Final = 200


class DrandBeacon:
    """A value of drand."""

    name: ClassVar[str] = "beacon-drand"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = DrandSettings
    by_hand: ClassVar[bool] = False

    async def promise(self, *, settings: DrandSettings, after: datetime) -> Promise:
        """The first round after ``after``; nobody need be asked for that."""
        number = settings.round_after(after)
        made = datetime.fromtimestamp(settings.genesis_time + (number - 1) * settings.period_seconds, tz=UTC)
        source = f"drand {settings.chain} round {number} ({made:%Y-%m-%dT%H:%M:%SZ})"
        return Promise(source=source, reference={"chain": settings.chain, "round": number})

    async def fetch(self, *, settings: DrandSettings, promise: Promise, now: datetime) -> PublicValue:
        """The promised round from the first relay whose answer holds.

        Raises:
            NotYet: every relay that answers says that the round is still to come.
            BeaconFailed: none answers with what the network signed.
        """
        del now  # whether it is time is the network's to say
        number = int(promise.reference["round"])
        if promise.reference["chain"] != settings.chain:
            raise BeaconFailed(f"another chain was promised: {promise.reference['chain']}")
        failures: list[BeaconFailed] = []
        early: NotYet | None = None
        for relay in settings.relays:
            try:
                return await _ask(relay, settings=settings, number=number)
            except NotYet as not_yet:
                early = not_yet
            except BeaconFailed as failed:
                failures.append(failed)
        if early is not None:
            raise early
        raise BeaconFailed("; ".join(failed.why for failed in failures))


async def _ask(relay: str, *, settings: DrandSettings, number: int) -> PublicValue:
    told = await _get(f"{relay.rstrip('/')}/{settings.chain}/public/{number}", settings.timeout_seconds)
    try:
        signature = bytes.fromhex(told["signature"])
        if told["round"] != number:
            raise BeaconFailed(f"{relay}: answered with another round")
    except (KeyError, TypeError, ValueError) as error:
        raise BeaconFailed(f"{relay}: the answer is not drand's") from error
    key = bytes.fromhex(settings.public_key)
    if not await asyncio.to_thread(is_signed, public_key=key, number=number, signature=signature):
        raise BeaconFailed(f"{relay}: the signature of round {number} does not hold")
    value = hashlib.sha256(signature).hexdigest()
    return PublicValue(
        value=value, proof={"chain": settings.chain, "round": number, "signature": signature.hex(), "relay": relay}
    )


async def _get(url: str, timeout_seconds: int) -> Mapping[str, Any]:
    client = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False, trust_env=url.startswith("https:"))
    try:
        # The time is for all of the answer: one that trickles must not keep the next relay, and the worker, waiting.
        async with asyncio.timeout(timeout_seconds), client, client.stream("GET", url) as response:
            content = b""
            async for part in response.aiter_bytes():
                content += part
                if len(content) > LARGEST_BYTES:
                    raise BeaconFailed(f"{url}: the answer is too long")
    except (httpx.HTTPError, TimeoutError) as error:
        raise BeaconFailed(f"{url}: {type(error).__name__}") from error
    if response.status_code in TOO_EARLY:
        raise NotYet
    if response.status_code != OK:
        raise BeaconFailed(f"{url}: status {response.status_code}")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BeaconFailed(f"{url}: not JSON") from error
    if not isinstance(told, dict):
        raise BeaconFailed(f"{url}: not a JSON object")
    return told
