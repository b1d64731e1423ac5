"""Passkeys against an authenticator in software, which can also do what no honest one does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.integration.registration.authenticator import Authenticator
from tests.integration.registration.test_second_factor import LIMITS, NOW, RESIDENT, Door, act_at

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.passkeys import MOST_PASSKEYS, PasskeyRefused
from yoyaku.registration.service import resolve_session
from yoyaku.registration.service.passkeys import (
    PasskeySite,
    Presented,
    begin_login,
    begin_registration,
    finish_login,
    finish_registration,
    list_passkeys,
    remove_passkey,
)

ORIGIN = "https://rooms.futaba.example"
SITE = PasskeySite(address=ORIGIN, name="双葉町")


class Keys(Door):
    """Adds passkeys and logs in by them."""

    async def add(self, owner, device, *, site=SITE, now=NOW):
        options = await begin_registration(self.conn, act=act_at(), owner=owner, site=site)
        answer = device.create(options)
        await finish_registration(self.conn, act=act_at(now), owner=owner, site=site, answer=answer, name=" 電話 ")
        return answer

    async def challenge(self, device, *, now=NOW):
        return device.get(await begin_login(self.conn, site=SITE, real_now=now))

    async def send(self, answer, *, now=NOW):
        presented = Presented(answer=answer, address="192.0.2.1")
        return await finish_login(self.conn, gate=self.gate(now), site=SITE, presented=presented)


@pytest.fixture
def keys(conn, throttle):
    return Keys(conn, throttle)


async def test_a_passkey_is_added_and_logs_in_without_an_id(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)

    begun = await keys.send(await keys.challenge(device))

    assert (begun.view.account_id, begun.view.level) == (resident.account_id, "full")
    [kept] = await list_passkeys(keys.conn, owner=resident)
    assert (kept.name, kept.transports, kept.sign_count, kept.last_used_at) == ("電話", ["internal"], 1, NOW)
    query = text("SELECT facts ->> 'what' FROM outbox WHERE kind = 'login_changed' AND subject_id = :id")
    assert (await keys.conn.execute(query, {"id": resident.registrant_id})).scalars().all() == ["passkey_added"]


async def test_the_handle_on_a_passkey_says_nothing_of_its_account(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)
    other = Authenticator(ORIGIN)
    await keys.add(resident, other)

    assert device.handle == other.handle
    assert len(device.handle) == 32
    assert RESIDENT.encode() not in device.handle
    assert resident.account_id.bytes not in device.handle


async def test_an_answer_is_taken_once(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)
    answer = await keys.challenge(device)
    await keys.send(answer)
    with pytest.raises(PasskeyRefused) as refused:
        await keys.send(answer)
    assert refused.value.variant == "over"


async def test_an_answer_after_five_minutes_is_refused(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)
    answer = await keys.challenge(device)
    with pytest.raises(PasskeyRefused) as refused:
        await keys.send(answer, now=NOW + timedelta(minutes=5))
    assert refused.value.variant == "over"


async def test_a_copy_whose_count_has_not_grown_is_refused(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)
    device.count = 7
    await keys.send(await keys.challenge(device))
    device.count = 3
    answer = await keys.challenge(device)
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)


@pytest.mark.parametrize(
    "origin", ["https://rooms.futaba.example.evil.example", "https://futaba.example", ORIGIN + ":8443"]
)
async def test_what_was_made_or_answered_at_another_host_is_refused(keys, origin):
    resident = await keys.resident()
    with pytest.raises(PasskeyRefused):
        await keys.add(resident, Authenticator(origin))

    device = Authenticator(ORIGIN)
    await keys.add(resident, device)
    device.origin = origin
    answer = await keys.challenge(device)
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)


async def test_a_passkey_of_another_service_is_unknown_here(keys):
    await keys.resident()
    answer = await keys.challenge(Authenticator(ORIGIN))
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)


async def test_another_key_under_a_known_id_is_refused(keys):
    resident, device, thief = await keys.resident(), Authenticator(ORIGIN), Authenticator(ORIGIN)
    await keys.add(resident, device)
    thief.credential_id, thief.handle = device.credential_id, device.handle
    answer = await keys.challenge(thief)
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)


async def test_a_challenge_for_one_account_makes_no_passkey_for_another(keys):
    resident = await keys.resident()
    await keys.staff()
    clerk = (await keys.password()).view
    options = await begin_registration(keys.conn, act=act_at(), owner=resident, site=SITE)
    answer = Authenticator(ORIGIN).create(options)
    with pytest.raises(PasskeyRefused):
        await finish_registration(keys.conn, act=act_at(), owner=clerk, site=SITE, answer=answer, name="x")


async def test_staff_need_a_passkey_that_recognises_them_and_it_is_both_steps(keys):
    await keys.staff()
    clerk = (await keys.password()).view
    with pytest.raises(PasskeyRefused) as refused:
        await keys.add(clerk, Authenticator(ORIGIN, is_verified=False))
    assert refused.value.variant == "unverified"

    device = Authenticator(ORIGIN)
    await keys.add(clerk, device)
    assert (await keys.send(await keys.challenge(device))).view.level == "full"

    device.is_verified = False
    answer = await keys.challenge(device)
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)


async def test_a_resident_with_a_second_factor_is_asked_for_it_where_the_passkey_recognised_nobody(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN, is_verified=False)
    await keys.enrol(resident)
    await keys.add(resident, device)
    assert (await keys.send(await keys.challenge(device))).view.level == "second_factor"


async def test_a_removed_passkey_opens_nothing_and_sessions_stay(keys):
    resident, device = await keys.resident(), Authenticator(ORIGIN)
    await keys.add(resident, device)
    begun = await keys.send(await keys.challenge(device))
    await remove_passkey(keys.conn, owner=resident, credential_id=device.credential_id)

    answer = await keys.challenge(device)
    with pytest.raises(PasskeyRefused):
        await keys.send(answer)
    with pytest.raises(NotFound):
        await remove_passkey(keys.conn, owner=resident, credential_id=device.credential_id)
    assert await resolve_session(keys.conn, token=begun.token, limits=LIMITS, real_now=NOW)


async def test_an_account_has_ten_passkeys_at_most(keys):
    resident = await keys.resident()
    for _ in range(MOST_PASSKEYS):
        await keys.add(resident, Authenticator(ORIGIN))
    with pytest.raises(PasskeyRefused) as refused:
        await keys.add(resident, Authenticator(ORIGIN))
    assert refused.value.variant == "too_many"
