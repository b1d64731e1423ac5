"""What every beacon of lotteries must keep; a third party runs it against theirs.

Make a test class of it and say what to run it with::

    class TestOurBeacon(BeaconPluginContract):
        plugin = our_plugin

        @pytest.fixture
        def settings(self):
            return OurSettings(…)

Runs under pytest with pytest-asyncio.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import msgspec
import pytest

from yoyaku.extension.beacon import CONTRACT, BeaconFailed, BeaconPlugin, NotYet, Promise, PublicValue

AFTER: Final = datetime(2027, 1, 10, 15, 0, tzinfo=UTC)
LONGEST: Final = 500


class BeaconPluginContract:
    """The contract, version 1."""

    plugin: ClassVar[BeaconPlugin]

    @pytest.fixture
    def settings(self) -> Any:  # noqa: ANN401  # of the plugin's own type
        """Settings with which the plugin works."""
        return self.plugin.settings_type()

    def test_it_keeps_this_version_of_the_contract(self) -> None:
        """Name, version and settings are declared."""
        assert self.plugin.contract == CONTRACT
        assert self.plugin.name.startswith("beacon-")
        assert issubclass(self.plugin.settings_type, msgspec.Struct)
        assert self.plugin.settings_type.__struct_config__.forbid_unknown_fields

    async def test_a_promise_is_short_plain_and_the_same_when_made_again(self, settings: Any) -> None:  # noqa: ANN401
        """It can be published, stored, and nothing in it depends on when it is asked."""
        first = await self.plugin.promise(settings=settings, after=AFTER)
        again = await self.plugin.promise(settings=settings, after=AFTER)
        assert first == again
        assert 0 < len(first.source) <= LONGEST
        assert json.loads(json.dumps(dict(first.reference))) == dict(first.reference)

    async def test_a_later_moment_promises_another_value(self, settings: Any) -> None:  # noqa: ANN401
        """A value that was known before cannot be promised."""
        first = await self.plugin.promise(settings=settings, after=AFTER)
        later = await self.plugin.promise(settings=settings, after=AFTER + timedelta(days=31))
        assert first.reference != later.reference

    async def test_fetching_gives_one_value_for_ever_or_says_why_not(self, settings: Any) -> None:  # noqa: ANN401
        """Whatever happens is one of three things."""
        promise = await self.plugin.promise(settings=settings, after=AFTER)
        first = await _fetched(self.plugin, settings, promise)
        again = await _fetched(self.plugin, settings, promise)
        if isinstance(first, PublicValue) and isinstance(again, PublicValue):
            assert first.value == again.value
            assert first.value.strip() == first.value != ""
            assert json.dumps(dict(first.proof))


async def _fetched(plugin: BeaconPlugin, settings: Any, promise: Promise) -> PublicValue | NotYet | BeaconFailed:  # noqa: ANN401
    try:
        return await plugin.fetch(settings=settings, promise=promise, now=AFTER + timedelta(days=60))
    except (NotYet, BeaconFailed) as said:
        return said
