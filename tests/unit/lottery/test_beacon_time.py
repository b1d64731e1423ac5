"""A beacon that hangs keeps no other deadline waiting."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec import Struct

from yoyaku.extension.beacon import BeaconFailed, Promise
from yoyaku.lottery.service import beacons
from yoyaku.lottery.service.beacons import LotteryMeans, fetch_value, promise_value
from yoyaku.lottery.terms import ProofTerms

NOW = datetime(2027, 1, 11, tzinfo=UTC)


class Settings(Struct):
    """None."""


class Hanging:
    """Never says anything."""

    settings_type = Settings

    async def promise(self, **_):
        await asyncio.Event().wait()

    async def fetch(self, **_):
        await asyncio.Event().wait()


async def test_a_plugin_that_hangs_has_failed_after_a_while(monkeypatch):
    monkeypatch.setattr(beacons, "beacon_plugin", lambda _: Hanging())
    monkeypatch.setattr(beacons, "LONGEST_SECONDS", 0.01)
    means, proof = LotteryMeans(seal=None, plugin_profiles=None), ProofTerms(beacon="moon")
    with pytest.raises(BeaconFailed, match="moon gave no answer"):
        await promise_value(means, proof=proof, after=NOW)
    with pytest.raises(BeaconFailed, match="moon gave no answer"):
        await fetch_value(means, proof=proof, promise=Promise(source="", reference={}), now=NOW)
