"""Asking beacons: which public value will count, and the value once it exists. Never inside a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yoyaku.extension.beacon import BeaconFailed, Promise, PublicValue
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.registry import beacon_plugin
from yoyaku.kernel.seal import Seal
from yoyaku.lottery.terms import ProofTerms

LONGEST_SECONDS: Final = 60.0
"""How long a plugin may take: one that hangs must not keep every other deadline of every city waiting."""


@dataclass(frozen=True, kw_only=True)
class LotteryMeans:
    """What an installation lends to lotteries: encryption, and its settings files of plugins."""

    seal: Seal
    plugin_profiles: Path | None


async def promise_value(means: LotteryMeans, *, proof: ProofTerms, after: datetime) -> Promise:
    """Which value will count for a lottery: the first that is made after an instant (business time).

    Raises:
        PluginUnknown, ProfileMissing, PluginSettingsWrong: the installation is not set up for the rules.
        BeaconFailed: the beacon had to be asked, and did not answer.
    """
    async with _in_time(proof):
        return await beacon_plugin(proof.beacon).promise(settings=_settings(means, proof), after=after)


async def fetch_value(means: LotteryMeans, *, proof: ProofTerms, promise: Promise, now: datetime) -> PublicValue:
    """The promised value; ``now`` is real time.

    Raises:
        NotYet: it does not exist yet; ``by_hand`` where a member of staff is to publish it.
        BeaconFailed: the beacon does not answer, or what it says does not hold.
        PluginUnknown, ProfileMissing, PluginSettingsWrong: the installation is not set up for the rules.
    """
    async with _in_time(proof):
        return await beacon_plugin(proof.beacon).fetch(settings=_settings(means, proof), promise=promise, now=now)


@asynccontextmanager
async def _in_time(proof: ProofTerms) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            yield
    except TimeoutError as error:
        raise BeaconFailed(f"{proof.beacon} gave no answer in {LONGEST_SECONDS:g} s") from error


def _settings(means: LotteryMeans, proof: ProofTerms) -> Any:  # noqa: ANN401  # of the plugin's own type
    shape = beacon_plugin(proof.beacon).settings_type
    return settings_from(
        means.plugin_profiles, plugin=proof.beacon, profile=proof.profile, own=proof.settings, shape=shape
    )
