"""Who asks again and again for what costs others something: groups that invite, browsers that ask for challenges."""

import contextlib

import httpx
import pytest
from sqlalchemy import text

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.policy.throttle import TooManyAttempts, sources_of_inviting, sources_of_place
from yoyaku.registration.service import Throttle

CLUB = "tsubasa11"
ADDRESS = "192.0.2.7"


@pytest.fixture
async def spent(application, city_settings, services):
    """Spends a budget of the sports to its end; it is there again afterwards."""
    service, engine = services["sports"], application.app.state["engine"]
    throttle = Throttle(engine=engine, tenant_id=service.tenant, service_id="sports", seal=city_settings.seal)

    async def spend(sources):
        with contextlib.suppress(TooManyAttempts):
            for _ in range(1000):
                await throttle.take(sources, real_now=read_clock())

    yield spend
    async with tenant_transaction(engine, service.tenant, "sports") as conn:
        await conn.execute(text("DELETE FROM login_failure"))


async def test_a_group_that_invites_again_and_again_waits_and_loses_nothing_typed(
    application, browse, people, services, spent
):
    club, site = next(one for one in people["sports"] if one.login_id == CLUB), browse("sports")
    await site.log_in(club)
    async with tenant_transaction(application.app.state["engine"], services["sports"].tenant, "sports") as conn:
        query = text("SELECT registrant_id FROM account WHERE login_id = :login_id")
        group_id = (await conn.execute(query, {"login_id": CLUB})).scalar()
    await spent(sources_of_inviting(group_id=str(group_id)))
    await site.get("/me/groups")
    page = await site.post("/me/groups/invitations", name="招待 太郎", login_id="99999999", role="member")

    assert (page.status_code, int(page.headers["retry-after"]) > 0) == (429, True)
    assert "短い時間に多くの方を招待しています" in page.text
    assert 'value="招待 太郎"' in page.text
    listed = await site.post("/me/groups/members", name="名簿 花子", role="member")
    assert "構成員を登録しました" in listed.text


async def test_challenges_of_passkeys_are_not_drawn_without_end(application, services, spent):
    transport = httpx.ASGITransport(app=application, client=(ADDRESS, 40000))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{services['sports'].host}") as client:
        await client.get("/login")
        headers = {"x-csrftoken": client.cookies["csrftoken"]}
        drawn = await client.post("/login/passkey/options", headers=headers)
        await spent(sources_of_place(address=ADDRESS, purpose="passkey"))
        refused = await client.post("/login/passkey/options", headers=headers)

    assert drawn.status_code == 200
    assert (refused.status_code, refused.headers["content-type"]) == (429, "text/plain; charset=utf-8")
