"""The beacon against a network of one node over HTTP, and against a value that the public network once made."""

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from yoyaku.extension.beacon import BeaconFailed, NotYet, Promise
from yoyaku.testing.beacon_contract import AFTER, BeaconPluginContract
from yoyaku.testing.drand import DrandNetwork, RunningDrand
from yoyaku_beacon_drand import plugin
from yoyaku_beacon_drand.bls import is_signed
from yoyaku_beacon_drand.settings import DrandSettings

QUICKNET_KEY = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc2"
    "2b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
QUICKNET_1000 = bytes.fromhex(
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)


@pytest.fixture(scope="module")
def running():
    with RunningDrand(DrandNetwork(secret=20_270_101)) as server:
        yield server


@pytest.fixture
def network(running):
    yield running.network
    running.network.fault = running.network.clock = None


@pytest.fixture
def settings(running):
    return msgspec.convert(running.network.settings(running.url), DrandSettings)


class TestDrand(BeaconPluginContract):
    plugin = plugin

    @pytest.fixture
    def settings(self, settings):
        return settings


def test_a_value_of_the_public_network_holds_and_no_other_round_or_key_does():
    assert is_signed(public_key=QUICKNET_KEY, number=1000, signature=QUICKNET_1000)
    assert not is_signed(public_key=QUICKNET_KEY, number=1001, signature=QUICKNET_1000)
    other = bytes.fromhex(DrandNetwork(secret=5).public_key)
    assert not is_signed(public_key=other, number=1000, signature=QUICKNET_1000)


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x00" * 48, b"\xff" * 48, b"\xc0" + b"\x00" * 47, QUICKNET_1000[:-1], QUICKNET_1000[::-1]],
    ids=["empty", "zero", "ones", "infinity", "cut", "reversed"],
)
def test_what_is_no_signature_does_not_hold(signature):
    assert not is_signed(public_key=QUICKNET_KEY, number=1000, signature=signature)


def test_the_round_promised_is_the_first_one_made_after_the_moment():
    genesis = datetime(2027, 1, 1, tzinfo=UTC)
    settings = DrandSettings(
        relays=("http://localhost",),
        chain="0" * 64,
        public_key="0" * 192,
        genesis_time=int(genesis.timestamp()),
        period_seconds=30,
    )
    after = {0: 2, 1: 2, 29: 2, 30: 3, 59: 3, -1: 1, -500: 1}
    assert {second: settings.round_after(genesis + timedelta(seconds=second)) for second in after} == after


async def test_the_value_is_the_hash_of_a_signature_that_holds(network, settings):
    promise = await plugin.promise(settings=settings, after=AFTER)
    value = await plugin.fetch(settings=settings, promise=promise, now=AFTER)
    assert value.proof["signature"] == network.signature(promise.reference["round"]).hex()
    assert len(value.value) == 64
    assert str(promise.reference["round"]) in promise.source


async def test_a_round_that_is_still_to_come_is_waited_for(network, settings):
    promise = await plugin.promise(settings=settings, after=AFTER)
    network.clock = lambda: AFTER
    with pytest.raises(NotYet) as not_yet:
        await plugin.fetch(settings=settings, promise=promise, now=AFTER)
    assert not not_yet.value.by_hand
    network.clock = lambda: AFTER + timedelta(seconds=60)
    assert (await plugin.fetch(settings=settings, promise=promise, now=AFTER)).value


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("down", "status 503"),
        ("not_json", "not JSON"),
        ("odd", "not a JSON object"),
        ("too_long", "too long"),
        ("forged", "does not hold"),
        ("other_round", "another round"),
    ],
)
async def test_a_relay_that_fails_or_lies_is_named_and_never_believed(network, settings, fault, said):
    network.fault = fault
    with pytest.raises(BeaconFailed, match=said) as failed:
        await plugin.fetch(settings=settings, promise=await plugin.promise(settings=settings, after=AFTER), now=AFTER)
    assert settings.relays[0] in failed.value.why


async def test_the_next_relay_is_asked_where_one_does_not_answer(settings):
    two = msgspec.structs.replace(settings, relays=("http://127.0.0.1:9", *settings.relays))
    promise = await plugin.promise(settings=two, after=AFTER)
    assert (await plugin.fetch(settings=two, promise=promise, now=AFTER)).proof["relay"] == settings.relays[0]


async def test_a_promise_of_another_chain_is_not_met_by_this_one(settings):
    promise = Promise(source="another", reference={"chain": "f" * 64, "round": 7})
    with pytest.raises(BeaconFailed, match="another chain"):
        await plugin.fetch(settings=settings, promise=promise, now=AFTER)


def test_plain_http_is_for_this_machine_alone(settings):
    with pytest.raises(msgspec.ValidationError, match="use https"):
        msgspec.convert({**msgspec.to_builtins(settings), "relays": ["http://example.jp"]}, DrandSettings)


@asynccontextmanager
async def relay_that(answer):
    """A relay on this machine that answers by hand; its address."""
    handlers = set()

    async def serve(reader, writer):
        handlers.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for one in handlers:
            one.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


async def trickle(writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def nest(writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\nconnection: close\r\n\r\n" + b"[" * 9000)
    await writer.drain()


@pytest.mark.parametrize(
    ("answer", "said", "seconds"), [(trickle, "TimeoutError", 1), (nest, "not JSON", 30)], ids=["trickle", "nest"]
)
async def test_a_relay_that_never_ends_or_sends_what_cannot_be_read_keeps_nobody_from_the_next(
    running, settings, answer, said, seconds
):
    promise = await plugin.promise(settings=settings, after=AFTER)
    honest = await plugin.fetch(settings=settings, promise=promise, now=AFTER)
    async with relay_that(answer) as url:
        alone = msgspec.structs.replace(settings, relays=(url,), timeout_seconds=seconds)
        with pytest.raises(BeaconFailed, match=said):
            await plugin.fetch(settings=alone, promise=promise, now=AFTER)
        both = msgspec.structs.replace(settings, relays=(url, *settings.relays), timeout_seconds=max(seconds, 3))
        value = await asyncio.wait_for(plugin.fetch(settings=both, promise=promise, now=AFTER), 60)
    assert value == honest
    assert running.url in value.proof["relay"]


def test_a_process_with_this_beacon_recurses_no_deeper_than_others():
    look = "import sys, yoyaku_beacon_drand; print(sys.getrecursionlimit())"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "1000\n"
