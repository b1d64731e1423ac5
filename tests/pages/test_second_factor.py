"""The pages of the second step, over HTTP and without scripts."""

import re
from dataclasses import replace

import pytest
from tests.second_factor import code_of

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.policy.second_factor import code_at, step_of
from yoyaku.registration.service import Credentials, create_staff
from yoyaku.registration.terms import LoginTerms

NEW_CLERK = "new-clerk"
TERMS = LoginTerms(id_label="ID", id_pattern=".*")


@pytest.fixture
async def new_clerk(application, services):
    """A clerk of the rooms who has never logged in."""
    engine, service = application.app.state["engine"], services["rooms"]
    person = replace(service.clerk, login_id=NEW_CLERK, second_factor=None)
    async with tenant_transaction(engine, service.tenant, service.code) as conn:
        credentials = Credentials(login_id=NEW_CLERK, password=person.password)
        await create_staff(
            conn, terms=TERMS, credentials=credentials, name="新人", roles=["counter_clerk"], real_now=read_clock()
        )
    return person


def secret_on(html):
    return re.search(r'<p class="number strong">([A-Z2-7 ]+)</p>', html)[1].replace(" ", "")


def codes_on(html):
    return re.findall(r"<li>([0-9a-z ]{14})</li>", html)


async def test_a_clerk_is_asked_for_the_code_and_nothing_else_opens_until_it_is_right(browse, services):
    site, clerk = browse("rooms"), services["rooms"].clerk
    await site.get("/login")
    asked = await site.post("/login", login_id=clerk.login_id, password=clerk.password, next="/counter")
    assert asked.url.path == "/login/code"
    assert 'autocomplete="one-time-code"' in asked.text

    for path in ("/counter", "/account/second-factor", "/account/passkeys", "/login"):
        assert (await site.get(path)).url.path == "/login/code", path

    wrong = await site.post("/login/code", code="000000", next="/counter")
    assert (wrong.status_code, 'id="code-error"' in wrong.text) == (422, True)
    right = await site.post("/login/code", code="", recovery=code_of(clerk), next="/counter")
    assert (right.url.path, right.status_code) == ("/counter", 200)


async def test_a_new_clerk_sets_it_up_first_and_sees_the_recovery_codes_once(browse, new_clerk):
    site = browse("rooms")
    page = await site.log_in(new_clerk)
    assert page.url.path == "/account/second-factor"
    assert 'src="data:image/svg+xml' in page.text
    for path in ("/counter", "/login", "/login/code"):
        assert (await site.get(path)).url.path == "/account/second-factor", path

    page = await site.get("/account/second-factor")
    secret = secret_on(page.text)
    wrong = await site.post("/account/second-factor", code="12345x")
    assert wrong.status_code == 422
    assert secret_on(wrong.text) == secret
    shown = code_at(secret, step_of(read_clock()))
    page = await site.post("/account/second-factor", code=shown)

    codes = codes_on(page.text)
    assert len(codes) == 10
    assert (await site.get("/counter")).url.path == "/counter"
    assert not codes_on((await site.get("/account/second-factor")).text)

    other = browse("rooms")
    assert (await other.log_in(new_clerk)).url.path == "/login/code"
    assert (await other.post("/login/code", code=shown)).status_code == 422
    assert (await other.post("/login/code", code=codes[0])).url.path == "/counter"


async def test_a_resident_turns_it_on_and_off(browse, people):
    site, resident = browse("rooms"), people["rooms"][1]
    await site.log_in(resident)
    page = await site.get("/account/security")
    assert "/account/second-factor" in page.text
    page = await site.get("/account/second-factor")
    page = await site.post("/account/second-factor", code=code_at(secret_on(page.text), step_of(read_clock())))
    codes = codes_on(page.text)

    await site.get("/account/second-factor")
    wrong = await site.post("/account/second-factor/off", password="not this one", off_code=codes[0])
    assert (wrong.status_code, 'id="password-error"' in wrong.text) == (422, True)
    wrong = await site.post("/account/second-factor/off", password=resident.password, off_code="000000")
    assert (wrong.status_code, 'id="off_code-error"' in wrong.text) == (422, True)
    gone = await site.post("/account/second-factor/off", password=resident.password, off_code=codes[0])

    assert gone.url.path == "/account/security"
    assert (await browse("rooms").log_in(resident)).url.path != "/login/code"


async def test_who_is_not_there_is_led_to_the_log_in(browse):
    site = browse("rooms")
    for path in ("/login/code", "/account/second-factor", "/account/passkeys"):
        assert (await site.get(path)).url.path == "/login"


async def test_passkeys_belong_to_the_services_own_host(browse, services, people):
    service = services["rooms"]
    site = browse("localhost", prefix=f"/t/{service.tenant}/{service.code}")
    await site.client.get("/login")
    await site.log_in(people["rooms"][2])
    page = await site.get("/account/passkeys")
    assert f"http://{service.host}" in page.text
    assert "data-passkey" not in page.text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)[1]

    options = await site.client.post("/account/passkeys/options", data={"_csrf_token": token})
    assert options.status_code == 422
    assert service.host in options.text


async def test_passkeys_that_are_none_are_refused_at_the_log_in(browse):
    site = browse("rooms")
    for answer in ("", "{}", "[1]", "x" * 30_000, '{"id":"a","rawId":"a","response":{"clientDataJSON":"e30"}}'):
        await site.get("/login")
        page = await site.post("/login/passkey", answer=answer)
        assert page.status_code == 422, answer[:20]
        assert 'id="error-summary"' in page.text
