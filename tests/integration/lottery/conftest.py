"""A worker over the town, with a beacon on this machine."""

import pytest
from tests.integration.lottery.raffle import Raffle, add_month, raffle_rules

from yoyaku.testing.drand import DrandNetwork, RunningDrand, write_profile
from yoyaku.worker.runtime import Runtime


@pytest.fixture(scope="session")
def running_beacon(tmp_path_factory):
    """A network that signs every round, and the folder with its settings file."""
    with RunningDrand(DrandNetwork(secret=20_270_102)) as running:
        folder = tmp_path_factory.mktemp("profiles")
        write_profile(folder, running.network, running.url, name="test")
        running.folder = folder
        yield running


@pytest.fixture
def beacon(running_beacon):
    """The network, without faults before and after."""
    running_beacon.network.fault = None
    yield running_beacon
    running_beacon.network.fault = None


@pytest.fixture
async def drawn_runtime(make_settings, fresh_database, beacon):
    """A worker's runtime that knows the beacon."""
    made = Runtime.from_settings(make_settings(fresh_database, PLUGIN_PROFILES=str(beacon.folder)))
    yield made
    await made.engine.dispose()


@pytest.fixture
async def raffle(town):
    """The town with its lotteries of February open, and no worker."""
    rules = raffle_rules()
    async with town.act() as conn:
        monthly = await add_month(conn, rules)
        nightly = await add_month(conn, rules, "nights")
    return Raffle(town=town, rules=rules, monthly=monthly, nights=nightly)
