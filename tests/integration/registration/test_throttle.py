"""Wrong passwords slow down where they come from, and nobody else: on a real database, attempts at the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import text
from tests.integration.registration.rules import terms_of

from yoyaku.db.engine import enter_service, make_engine, tenant_transaction
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import LoginFailed, SessionLimits, TooManyAttempts, throttle
from yoyaku.registration.policy.throttle import sources_of
from yoyaku.registration.repository.accounts import find_account
from yoyaku.registration.service import (
    Credentials,
    Gate,
    LoginAttempt,
    NewRegistrant,
    Throttle,
    create_account,
    log_in,
    logging_in,
    passwords,
)
from yoyaku.registration.service.known_devices import mark_for
from yoyaku.registration.service.setting import PasswordEntry, change_password
from yoyaku.registration.terms import LoginTerms
from yoyaku.testing.town import SERVICE, town_rules, write_town

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
TOWN = "momiji"
PASSWORD = "midori-no-mado"
LOGIN = LoginTerms(id_label="利用者登録番号", id_pattern="[0-9]{8}", leading_zeros_optional_to=8)
HANAKO = NewRegistrant(name="髙﨑　花子", kana="タカサキ　ハナコ", user_class="individual", stage="registered")
LIMITS = SessionLimits(idle_minutes=30)
SEAL = Seal(["only for tests, forty characters and more"])


@pytest.fixture
def cheap(monkeypatch):
    """Hashing that costs next to nothing, to try ten thousand passwords."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


class Door:
    """The log-in of a town, each attempt in a transaction of its own that fails with it."""

    def __init__(self, engine):
        self.engine = engine
        self.throttle = Throttle(engine=engine, tenant_id=TOWN, service_id=SERVICE, seal=SEAL)
        self.doorway = asyncio.Semaphore(6)  # half the pool, as the web has it

    def act(self):
        return tenant_transaction(self.engine, TOWN, SERVICE)

    def gate(self, now=NOW):
        return Gate(terms=terms_of(LOGIN), limits=LIMITS, throttle=self.throttle, real_now=now, today=now.date())

    async def register(self, login_id="00040675"):
        credentials = Credentials(login_id=login_id, password=PASSWORD)
        async with self.act() as conn:
            return await create_account(conn, terms=LOGIN, credentials=credentials, new=HANAKO, real_now=NOW)

    async def enter(self, password=PASSWORD, *, login_id="40675", address="192.0.2.1", mark=None, now=NOW):
        attempt = LoginAttempt(login_id=login_id, password=password, address=address, device_mark=mark)
        async with self.doorway, self.act() as conn:
            return await log_in(conn, attempt=attempt, gate=self.gate(now))

    async def fail(self, times=1, **more):
        for _ in range(times):
            with pytest.raises(LoginFailed):
                await self.enter("wrong password", **more)

    async def mark(self, account_id):
        async with self.act() as conn:
            return await mark_for(conn, seal=SEAL, mark=None, account_id=account_id)


@pytest.fixture
async def door(fresh_database, cheap):  # noqa: ARG001  # the hashing is set before the first account
    engine = make_engine(fresh_database.url, pool_size=12)
    owner = make_engine(fresh_database.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, town_rules(), town=TOWN)
    await owner.dispose()
    made = Door(engine)
    await made.register()
    yield made
    await engine.dispose()


async def test_t_s2_ten_wrong_passwords_close_the_door_to_their_address_only(door):
    await door.fail(10)
    with pytest.raises(TooManyAttempts):
        await door.enter()
    with pytest.raises(TooManyAttempts):
        await door.enter("wrong password")
    assert (await door.enter(address="192.0.2.2")).view.login_id == "00040675"


async def test_t_s2_an_id_that_is_not_there_is_slowed_in_the_same_way_and_words(door):
    await door.fail(10, login_id="99999999")
    with pytest.raises(TooManyAttempts) as unknown:
        await door.enter(login_id="99999999")
    await door.fail(10)
    with pytest.raises(TooManyAttempts) as known:
        await door.enter()
    assert unknown.value.facts == known.value.facts


async def test_after_a_quarter_of_an_hour_one_may_try_again(door):
    await door.fail(10)
    await door.enter(now=NOW + timedelta(minutes=15))


async def test_a_success_forgets_the_failures(door):
    await door.fail(9)
    await door.enter()
    await door.fail(9)
    await door.enter()


async def test_one_address_may_not_try_many_ids(door):
    for number in range(40):
        await door.fail(login_id=f"{number:08}")
    with pytest.raises(TooManyAttempts):
        await door.enter("wrong password", login_id="00009999")
    assert await door.enter(address="192.0.2.2")


async def test_many_who_log_in_at_one_address_do_not_stop_each_other(door):
    for number in range(60):
        await door.register(f"1{number:07}")
        await door.enter(login_id=f"1{number:07}")
    assert await door.enter()


async def test_neighbours_together_have_one_budget(door, monkeypatch):
    monkeypatch.setattr(throttle, "AT_MOST_FROM_ONE_PREFIX", 40)
    for number in range(40):
        await door.fail(address=f"192.0.2.{number}", login_id=f"{number:08}")
    with pytest.raises(TooManyAttempts):
        await door.enter(address="192.0.2.250")
    assert await door.enter(address="192.0.3.1")


async def test_a_device_that_was_here_before_is_not_stopped_by_its_address(door):
    begun = await door.enter()
    mark = await door.mark(begun.view.account_id)
    await door.fail(10)
    with pytest.raises(TooManyAttempts):
        await door.enter()
    assert await door.enter(mark=mark)


async def test_a_known_device_has_ten_attempts_of_its_own(door):
    mark = await door.mark((await door.enter()).view.account_id)
    await door.fail(10, mark=mark)
    with pytest.raises(TooManyAttempts):
        await door.enter(mark=mark)
    assert await door.enter()


async def test_a_mark_means_nothing_for_another_account_or_when_altered(door):
    await door.register("00000001")
    mark = await door.mark((await door.enter()).view.account_id)
    await door.fail(10)
    for forged in (f"x{mark}", mark[:-1], mark.partition(".")[0], f"{mark}é", "." * 500):
        with pytest.raises(TooManyAttempts):
            await door.enter(mark=forged)
    await door.fail(10, login_id="1")
    with pytest.raises(TooManyAttempts):
        await door.enter(login_id="1", mark=mark)


async def test_a_new_password_ends_the_marks_of_all_devices(door):
    account_id = (await door.enter()).view.account_id
    mark = await door.mark(account_id)
    act = Act(terms=terms_of(LOGIN), rule_set_version=1, now=NOW, real_now=NOW, today=NOW.date())
    entry = PasswordEntry(account_id=account_id, current=PASSWORD, password="kasumi-no-tozan", address="192.0.2.1")
    async with door.act() as conn:
        await change_password(conn, act=act, throttle=door.throttle, entry=entry)
    await door.fail(10)
    with pytest.raises(TooManyAttempts):
        await door.enter("kasumi-no-tozan", mark=mark)


async def test_attempts_at_the_same_moment_do_not_pass_the_limit_together(door):
    outcomes = await asyncio.gather(*(door.enter("wrong password") for _ in range(30)), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(LoginFailed) == 10
    assert kinds.count(TooManyAttempts) == 20


async def test_what_is_kept_of_a_source_is_no_address_and_goes(door):
    for number in range(30):
        await door.fail(address=f"198.51.{number}.1")
    async with door.act() as conn:
        (stored,) = (await conn.execute(text("SELECT string_agg(f::text, ',') FROM login_failure f"))).scalars()
        before = await conn.scalar(text("SELECT count(*) FROM login_failure"))
    assert "198.51" not in stored
    for number in range(6):
        await door.fail(address=f"203.0.{number}.1", now=NOW + timedelta(minutes=16))
    async with door.act() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM login_failure")) < before


async def test_an_unknown_id_costs_what_a_known_one_costs(door, monkeypatch):
    seen = []
    verify = logging_in.verify_password

    async def look(password, password_hash):
        seen.append("verify")
        return await verify(password, password_hash)

    async def find(conn, *, login_key):
        seen.append("find")
        return await find_account(conn, login_key=login_key)

    take = Throttle.take

    async def taken(self, sources, *, real_now):
        seen.append("take")
        return await take(self, sources, real_now=real_now)

    monkeypatch.setattr(logging_in, "verify_password", look)
    monkeypatch.setattr(logging_in.accounts, "find_account", find)
    monkeypatch.setattr(Throttle, "take", taken)
    await door.register("00000002")
    async with door.act() as conn:
        await conn.execute(text("UPDATE account SET closed_at = now() WHERE login_id = '00000002'"))
    for login_id in ("40675", "99999999", "00000002"):
        await door.fail(login_id=login_id)
    with pytest.raises(LoginFailed):
        await door.enter(login_id="00000002")

    assert seen == ["find", "take", "verify"] * 4


@pytest.mark.usefixtures("cheap")
async def test_without_a_password_to_compare_one_is_compared_all_the_same(monkeypatch):
    compared = []

    class Hasher:
        hash = passwords._HASHER.hash

        def verify(self, password_hash, _password):
            compared.append(password_hash)
            raise VerifyMismatchError

    monkeypatch.setattr(passwords, "_HASHER", Hasher())
    assert not await passwords.verify_password("a", None)
    assert not await passwords.verify_password("a", "$a hash")
    assert compared[0].startswith("$argon2id$")
    assert compared[1] == "$a hash"


@pytest.mark.slow
async def test_ten_thousand_wrong_passwords_from_many_addresses_do_not_keep_the_resident_out(door):
    begun = await door.enter(address="198.18.0.1")
    mark = await door.mark(begun.view.account_id)
    addresses = [f"10.{number // 250}.{number % 250}.5" for number in range(1250)]
    attempts = iter([(address, f"wrong password {turn}") for turn in range(8) for address in addresses])
    outcomes = {"wrong": 0, "waits": 0}

    async def attack():
        async with door.engine.connect() as conn:
            await enter_service(conn, TOWN, SERVICE)
            for address, password in attempts:
                attempt = LoginAttempt(login_id="40675", password=password, address=address)
                try:
                    await log_in(conn, attempt=attempt, gate=door.gate())
                except LoginFailed:
                    outcomes["wrong"] += 1
                except TooManyAttempts:
                    outcomes["waits"] += 1

    await asyncio.gather(*(attack() for _ in range(4)))

    assert outcomes == {"wrong": 10_000, "waits": 0}
    assert (await door.enter(address="203.0.113.77")).view.login_id == "00040675"
    assert await door.enter(address=addresses[0], mark=mark)
    await door.fail(2, address=addresses[0])
    with pytest.raises(TooManyAttempts):
        await door.enter("wrong password", address=addresses[0])


async def test_reserving_is_refused_without_counting(door):
    sources = sources_of(address="192.0.2.9", aim="x")
    for _ in range(10):
        await door.throttle.take(sources, real_now=NOW)
    for _ in range(5):
        with pytest.raises(TooManyAttempts):
            await door.throttle.take(sources, real_now=NOW)
    async with door.act() as conn:
        assert await conn.scalar(text("SELECT max(failures) FROM login_failure")) == 10
