"""The second step of logging in: asked for, taken once, never guessed; and how it is set up and taken away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.integration.registration.rules import terms_of

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.ids import new_id
from yoyaku.registration.act import Act
from yoyaku.registration.policy import SessionLimits, TooManyAttempts
from yoyaku.registration.policy.second_factor import (
    RECOVERY_CODES,
    TRIES_OF_ONE_SESSION,
    SecondFactorNotOffered,
    SecondFactorOver,
    SecondFactorRequired,
    SecondFactorWrong,
    TypedCode,
    code_at,
    step_of,
)
from yoyaku.registration.service import (
    Credentials,
    Gate,
    LoginAttempt,
    NewRegistrant,
    create_account,
    create_staff,
    log_in,
    resolve_session,
)
from yoyaku.registration.service.codes import (
    begin_enrolment,
    confirm_enrolment,
    keep_known_generator,
    read_second_factor,
    remove_second_factor,
    renew_recovery,
    turn_off,
    use_code,
)
from yoyaku.registration.service.second_step import Waiting, become_full, finish_login
from yoyaku.registration.terms import LoginTerms
from yoyaku.testing.town import SERVICE

TOWN = "futaba"
NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
LIMITS = SessionLimits(idle_minutes=30, longest_hours=12)
PASSWORD = "midori-no-mado"
LOGIN = LoginTerms(id_label="利用者登録番号", id_pattern="[0-9]{8}")
RESIDENT, CLERK = "00040675", "counter"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
YOSHIKO = NewRegistrant(
    name="髙﨑　𠮷子", kana="タカサキ　ヨシコ", user_class="individual", residency="resident", stage="registered"
)


def act_at(now=NOW, login=LOGIN):
    return Act(terms=terms_of(login), rule_set_version=1, now=now, real_now=now, today=now.date())


def shown(secret=SECRET, now=NOW):
    return code_at(secret, step_of(now))


class Door:
    """Logs in step by step."""

    def __init__(self, conn, throttle):
        self.conn, self.throttle, self.seal = conn, throttle, throttle.seal

    def gate(self, now):
        return Gate(terms=terms_of(LOGIN), limits=LIMITS, throttle=self.throttle, real_now=now, today=now.date())

    async def password(self, login_id=CLERK, *, now=NOW):
        attempt = LoginAttempt(login_id=login_id, password=PASSWORD, address="192.0.2.1")
        return await log_in(self.conn, attempt=attempt, gate=self.gate(now))

    async def code(self, begun, typed, *, now=NOW, address="192.0.2.1"):
        waiting = Waiting(view=begun.view, token=begun.token, address=address)
        return await finish_login(self.conn, waiting=waiting, typed=typed, gate=self.gate(now))

    async def staff(self, secret=SECRET):
        credentials = Credentials(login_id=CLERK, password=PASSWORD)
        await create_staff(
            self.conn, terms=LOGIN, credentials=credentials, name="窓口", roles=["counter_clerk"], real_now=NOW
        )
        if secret:
            await keep_known_generator(
                self.conn, seal=self.seal, terms=LOGIN, login_id=CLERK, secret=secret, real_now=NOW
            )

    async def resident(self):
        credentials = Credentials(login_id=RESIDENT, password=PASSWORD)
        await create_account(self.conn, terms=LOGIN, credentials=credentials, new=YOSHIKO, real_now=NOW)
        return (await self.password(RESIDENT)).view

    async def enrol(self, owner):
        enrolment = await begin_enrolment(self.conn, act=act_at(), seal=self.seal, owner=owner, issuer="町")
        typed = shown(enrolment.secret)
        codes = await confirm_enrolment(self.conn, act=act_at(), seal=self.seal, owner=owner, typed=typed)
        return enrolment.secret, codes


@pytest.fixture
def door(conn, throttle):
    return Door(conn, throttle)


async def test_a_clerks_password_alone_opens_nothing_and_the_code_makes_a_new_session(door):
    await door.staff()
    begun = await door.password()
    assert begun.view.level == "second_factor"

    full = await door.code(begun, shown())

    assert full.view.level == "full"
    assert full.token != begun.token
    assert await resolve_session(door.conn, token=begun.token, limits=LIMITS, real_now=NOW) is None


async def test_a_code_is_used_once(door):
    await door.staff()
    await door.code(await door.password(), shown())
    again = await door.password()

    with pytest.raises(SecondFactorWrong):
        await door.code(again, shown())

    later = NOW + timedelta(seconds=30)
    assert (await door.code(again, shown(now=later), now=later)).view.level == "full"


async def test_of_two_who_send_the_same_code_at_the_same_moment_one_gets_in(engine, throttle):
    login_id = f"twice-{new_id()}"
    async with tenant_transaction(engine, TOWN, SERVICE) as conn:
        credentials = Credentials(login_id=login_id, password=PASSWORD)
        await create_staff(conn, terms=LOGIN, credentials=credentials, name="同時", roles=[], real_now=NOW)
        await keep_known_generator(
            conn, seal=throttle.seal, terms=LOGIN, login_id=login_id, secret=SECRET, real_now=NOW
        )
        query = text("SELECT account_id FROM account WHERE login_id = :login_id")
        account_id = (await conn.execute(query, {"login_id": login_id})).scalar_one()

    async def send():
        async with tenant_transaction(engine, TOWN, SERVICE) as conn:
            typed = TypedCode(digits=shown())
            await use_code(conn, seal=throttle.seal, account_id=account_id, typed=typed, real_now=NOW)

    told = await asyncio.gather(send(), send(), return_exceptions=True)
    assert sorted(map(repr, map(type, told))) == sorted(map(repr, [SecondFactorWrong, type(None)]))


async def test_one_session_has_ten_tries_and_then_even_the_right_code_is_refused(door):
    await door.staff()
    begun = await door.password()
    for _ in range(TRIES_OF_ONE_SESSION):
        with pytest.raises(SecondFactorWrong):
            await door.code(begun, "000000")
    with pytest.raises(TooManyAttempts):
        await door.code(begun, shown())


async def test_whoever_has_the_password_cannot_guess_from_many_sessions_and_addresses_nor_lock_the_person_out(door):
    resident = await door.resident()
    _secret, codes = await door.enrol(resident)
    refused, tries = 0, 0
    for number in range(12):
        begun = await door.password(RESIDENT)
        for _ in range(5):
            tries += 1
            try:
                await door.code(begun, "000000", address=f"198.51.{number}.7")
            except TooManyAttempts:
                refused += 1
            except SecondFactorWrong:
                continue
    assert (tries, refused) == (60, 40)

    begun = await door.password(RESIDENT)
    assert (await door.code(begun, codes[0])).view.level == "full"


async def test_a_log_in_that_waited_ten_minutes_begins_again(door):
    await door.staff()
    begun, late = await door.password(), NOW + timedelta(minutes=11)
    with pytest.raises(SecondFactorOver):
        await door.code(begun, shown(now=late), now=late)


async def test_staff_without_a_generator_set_one_up_first_and_are_then_in(door):
    await door.staff(secret=None)
    begun = await door.password()
    assert begun.view.level == "enrol"
    with pytest.raises(SecondFactorOver):
        await door.code(begun, "000000")

    await door.enrol(begun.view)
    waiting = Waiting(view=begun.view, token=begun.token, address="192.0.2.1")
    full = await become_full(door.conn, waiting=waiting, gate=door.gate(NOW))

    assert full.view.level == "full"
    assert (await door.password()).view.level == "second_factor"


async def test_a_generator_counts_only_after_its_first_code(door):
    resident = await door.resident()
    first = await begin_enrolment(door.conn, act=act_at(), seal=door.seal, owner=resident, issuer="町")
    again = await begin_enrolment(door.conn, act=act_at(), seal=door.seal, owner=resident, issuer="町")
    with pytest.raises(SecondFactorWrong):
        await confirm_enrolment(door.conn, act=act_at(), seal=door.seal, owner=resident, typed="000000")

    assert first.secret == again.secret
    assert (await door.password(RESIDENT)).view.level == "full"


async def test_recovery_codes_are_ten_each_used_once_and_new_ones_end_the_old(door):
    resident = await door.resident()
    secret, codes = await door.enrol(resident)
    assert len(set(codes)) == RECOVERY_CODES
    await door.code(await door.password(RESIDENT), codes[0].upper())
    with pytest.raises(SecondFactorWrong):
        await door.code(await door.password(RESIDENT), codes[0])
    left = await read_second_factor(door.conn, account_id=resident.account_id)
    assert left.recovery_left == RECOVERY_CODES - 1

    later = NOW + timedelta(seconds=30)
    typed = shown(secret, later)
    renewed = await renew_recovery(door.conn, act=act_at(later), seal=door.seal, owner=resident, typed=typed)

    with pytest.raises(SecondFactorWrong):
        await door.code(await door.password(RESIDENT), codes[1])
    assert (await door.code(await door.password(RESIDENT), renewed[0])).view.level == "full"


async def test_a_resident_turns_it_off_with_a_code_and_staff_never(door):
    resident = await door.resident()
    secret, _ = await door.enrol(resident)
    later = act_at(NOW + timedelta(seconds=30))
    with pytest.raises(SecondFactorWrong):
        await turn_off(door.conn, act=later, seal=door.seal, owner=resident, typed="000000")
    await turn_off(door.conn, act=later, seal=door.seal, owner=resident, typed=shown(secret, later.real_now))
    assert (await door.password(RESIDENT)).view.level == "full"

    await door.staff()
    clerk = (await door.password()).view
    with pytest.raises(SecondFactorRequired):
        await turn_off(door.conn, act=later, seal=door.seal, owner=clerk, typed=shown(now=later.real_now))


async def test_who_lost_everything_is_helped_and_told(door):
    resident = await door.resident()
    await door.enrol(resident)
    await remove_second_factor(door.conn, account_id=resident.account_id)

    assert (await door.password(RESIDENT)).view.level == "full"
    query = text("SELECT facts ->> 'what' FROM outbox WHERE kind = 'login_changed' AND subject_id = :id")
    told = (await door.conn.execute(query, {"id": resident.registrant_id})).scalars().all()
    assert sorted(told) == ["second_factor_off", "second_factor_on"]


async def test_where_the_rules_offer_none_residents_set_up_none(door):
    resident = await door.resident()
    login = LoginTerms(id_label=LOGIN.id_label, id_pattern=LOGIN.id_pattern, second_factor="off")
    with pytest.raises(SecondFactorNotOffered):
        await begin_enrolment(door.conn, act=act_at(login=login), seal=door.seal, owner=resident, issuer="町")


async def test_the_secret_is_not_readable_in_the_database(door):
    await door.staff()
    query = "SELECT secret FROM code_generator JOIN account USING (account_id) WHERE login_id = :login_id"
    stored = bytes((await door.conn.execute(text(query), {"login_id": CLERK})).scalar_one())
    assert SECRET.encode() not in stored
    assert door.seal.open(stored) == SECRET.encode()
