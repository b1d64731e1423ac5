"""The value that staff publish: promised in the city's words, never there by itself."""

import pytest

from yoyaku.extension.beacon import NotYet
from yoyaku.testing.beacon_contract import AFTER, BeaconPluginContract
from yoyaku_beacon_published import PublishedSettings, plugin


class TestPublished(BeaconPluginContract):
    plugin = plugin

    @pytest.fixture
    def settings(self):
        return PublishedSettings(what="株価指数の終値（円、小数点以下2桁）")


async def test_it_waits_until_somebody_publishes_it():
    settings = PublishedSettings(what="株価指数の終値")
    promise = await plugin.promise(settings=settings, after=AFTER)
    assert promise.source == "株価指数の終値"
    with pytest.raises(NotYet) as not_yet:
        await plugin.fetch(settings=settings, promise=promise, now=AFTER)
    assert not_yet.value.by_hand
