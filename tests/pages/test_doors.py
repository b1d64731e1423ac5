"""Every route there is, found in the application itself: what opens to whom, and nothing to a session that is not full."""

import re
from dataclasses import replace

import pytest
from tests.second_factor import code_of

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.service import Credentials, add_walk_in, create_staff
from yoyaku.registration.terms import LoginTerms

NOWHERE = "0190b6a0-0000-7000-8000-000000000000"
NOBODY_S = {"uuid": NOWHERE, "int": "999999"}
TERMS = LoginTerms(id_label="ID", id_pattern=".*")
OPEN = re.compile(
    r"/(|accessibility|availability.*|cart|display|facilities.*|guide(/timeline)?|healthz|login|password/(forgotten|code)"
    r"|lottery(/(check|results.*|schema\.json|verifier\.py))?"
    r"|register(/counters)?|search|brand/.*|api/v1/(availability|cart|facilities|form|lotteries|schema.*))"
)
"""What answers a stranger's GET with a page or data of its own; a cart is then empty, and belongs to no session."""
OF_WAITING = {"second_factor": {"/login", "/login/code"}, "enrol": {"/login", "/login/code", "/account/second-factor"}}
"""The pages that are for who waits; and whoever leaves, leaves."""
LEAVING = {"/logout", "/register/done", "/api/v1/sessions/current", "/api/v1/sessions/current/code"}

SIGNED = "/hooks/"
"""Where others' servers speak: what they send is signed, or nothing follows from it."""


def routes_of(application):
    """Every path with every method it answers, its parameters filled with what is nobody's."""
    found = set()
    for route in application.app.routes:
        path = re.sub(r"\{\w+:(\w+)\}", lambda kind: NOBODY_S.get(kind[1], "x"), route.path)
        found |= {(method, path) for method in set(getattr(route, "methods", ())) - {"OPTIONS", "HEAD"}}
    return sorted(found)


def is_of_api(path):
    return path.startswith("/api/")


async def ask(client, method, path, *, token=None):
    """One request with whatever a form of ours would bring along."""
    headers = {"x-csrftoken": client.cookies.get("csrftoken", "")}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = {} if method in {"GET", "DELETE"} else {"json": {}} if is_of_api(path) else {"data": {"next": "/counter"}}
    return await client.request(method, path, headers=headers, follow_redirects=False, **body)


def shown(answer):
    """What the answer tells, without what is drawn anew for each: tokens, challenges, the demo's clock."""
    text = re.sub(r'name="_csrf_token" value="[^"]*"|"challenge": ?"[^"]*"|datetime="[^"]*"', "", answer.text)
    return answer.status_code, answer.headers.get("location"), text


@pytest.fixture
async def stranger(browse):
    site = browse("rooms")
    await site.get("/search")
    return site.client


@pytest.fixture
async def waiting(request, application, services, browse):
    """A browser with a session that waits: for a code, or for a second factor to be set up."""
    site, clerk = browse("rooms"), services["rooms"].clerk
    if request.param == "enrol":
        clerk = replace(clerk, login_id=f"waits-{read_clock().timestamp()}", second_factor=None)
        async with tenant_transaction(application.app.state["engine"], services["rooms"].tenant, "rooms") as conn:
            await create_staff(
                conn,
                terms=TERMS,
                credentials=Credentials(login_id=clerk.login_id, password=clerk.password),
                name="新人",
                roles=["counter_clerk", "tenant_admin"],
                real_now=read_clock(),
            )
    await site.get("/login")
    await site.post("/login", login_id=clerk.login_id, password=clerk.password, follow=False)
    return request.param, site.client


async def test_a_stranger_opens_what_is_listed_and_nothing_else(application, stranger):
    opened = set()
    for method, path in routes_of(application):
        answer = await ask(stranger, method, path)
        assert answer.status_code < 500, (method, path)
        if answer.status_code == 200 and method == "GET":
            opened.add(path)

    assert [path for path in sorted(opened) if not OPEN.fullmatch(path)] == []


@pytest.mark.parametrize("waiting", ["second_factor", "enrol"], indirect=True)
async def test_a_session_that_is_not_full_opens_no_more_than_none(application, stranger, waiting):
    level, client = waiting
    token = client.cookies["session"]
    differing = []
    for method, path in routes_of(application):
        if path in LEAVING | OF_WAITING[level]:
            continue
        theirs = await ask(client, method, path, token=token)
        if shown(theirs) != shown(await ask(stranger, method, path)):
            differing.append((method, path, theirs.status_code))

    assert differing == []
    assert client.cookies["session"] == token


async def test_a_session_of_another_service_is_none(application, services, browse):
    site, there, stranger = browse("rooms"), browse("lodging"), browse("lodging")
    await site.log_in(services["rooms"].clerk)
    token = site.client.cookies["session"]
    await stranger.get("/search")
    await there.get("/search")
    there.client.cookies.set("session", token, domain=services["lodging"].host)
    differing = [
        (method, path)
        for method, path in routes_of(application)
        if shown(await ask(there.client, method, path, token=token)) != shown(await ask(stranger.client, method, path))
    ]

    assert differing == []


async def test_no_form_of_any_page_is_taken_without_its_token(application, services, browse):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    taken = []
    for method, path in routes_of(application):
        if method == "GET" or is_of_api(path) or path.startswith(SIGNED):
            continue
        answer = await site.client.request(method, path, data={"next": "/"}, follow_redirects=False)
        taken += [] if answer.status_code == 403 else [(method, path, answer.status_code)]
        await site.get("/search")  # a refusal takes the cookie away

    assert taken == []
    assert (await site.get("/counter")).status_code == 200


async def test_no_cookie_opens_the_api(application, services, browse):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    stranger = browse("rooms").client
    differing = [
        (method, path)
        for method, path in routes_of(application)
        if is_of_api(path) and shown(await ask(site.client, method, path)) != shown(await ask(stranger, method, path))
    ]

    assert differing == []


async def test_a_session_begins_under_a_new_token_at_each_step_and_the_old_one_is_over(browse, services):
    site, clerk = browse("rooms"), services["rooms"].clerk
    await site.get("/login")
    site.client.cookies.set("session", "planted", domain=services["rooms"].host, path="/")
    await site.post("/login", login_id=clerk.login_id, password=clerk.password, follow=False)
    waiting = site.client.cookies.get("session", domain=services["rooms"].host, path="/")
    await site.get("/login/code")
    await site.post("/login/code", code=code_of(clerk), follow=False)
    full = site.client.cookies.get("session", domain=services["rooms"].host, path="/")

    assert len({"planted", waiting, full}) == 3
    other = browse("rooms")
    for old in ("planted", waiting):
        other.client.cookies.set("session", old, domain=services["rooms"].host, path="/")
        assert (await other.get("/counter")).url.path == "/login"


@pytest.mark.parametrize("path", ["/password/set?token=x", "/mail/verify?token=x"])
async def test_the_page_of_a_mailed_link_passes_its_address_on_to_nothing(path, browse):
    page = await browse("rooms").get(path)

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


async def test_a_clerk_enters_for_nobody_whom_they_have_not_begun_to_serve(application, browse, services):
    service, site = services["rooms"], browse("rooms")
    async with tenant_transaction(application.app.state["engine"], service.tenant, service.code) as conn:
        somebody = await add_walk_in(conn, name="待合 花子", kana="", phone="0312345678", registered_at=read_clock())
    await site.log_in(service.clerk)
    site.client.cookies.set("behalf", f"{somebody}.counter", domain=service.host, path="/")

    assert "待合 花子" not in (await site.get("/search")).text
    await site.post("/counter/behalf", registrant=str(somebody), channel="counter")
    assert "待合 花子" in (await site.get("/search")).text


@pytest.mark.parametrize("path", ["/login", "/api/v1/sessions"])
async def test_a_body_that_no_form_comes_near_is_not_read(path, browse):
    site = browse("rooms")
    await site.get("/login")
    typed = {"login_id": "1" * 1_000_000, "password": "x"}
    headers = {"x-csrftoken": site.client.cookies["csrftoken"]}
    how = {"json": typed} if is_of_api(path) else {"data": typed}

    assert (await site.client.post(path, headers=headers, **how)).status_code == 413
