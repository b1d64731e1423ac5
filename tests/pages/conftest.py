"""The web application in this process, over HTTP, with the four services loaded."""

import re
from ipaddress import ip_network

import httpx
import pytest
from tests.cities import city_settings_of, read_people, read_services
from tests.second_factor import code_of

from yoyaku.web.app import create_app

ADDRESSES = (network[1] for network in ip_network("10.0.0.0/8").subnets(new_prefix=24))


@pytest.fixture(scope="session")
def services():
    return read_services()


@pytest.fixture(scope="session")
def people():
    return read_people()


@pytest.fixture(scope="module")
def city_settings(new_cities):
    """Settings over a database with the four services and the demo's people.

    One for each module: which modules share a process is chance, and what one leaves must not change another's pages.
    """
    with new_cities() as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def application(city_settings):
    gateway = create_app(city_settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


class Browser:
    """A visitor without scripts: follows redirects, keeps cookies, sends forms with the page's token."""

    def __init__(self, client):
        self.client = client
        self.html = ""

    async def get(self, path, **more):
        response = await self.client.get(path, **more)
        self.html = response.text
        return response

    async def post(self, path, *, follow=True, **fields):
        token = re.search(r'name="_csrf_token" value="([^"]+)"', self.html)
        data = {"_csrf_token": token[1] if token else "", **fields}
        response = await self.client.post(path, data=data, follow_redirects=follow)
        self.html = response.text
        return response

    async def log_in(self, person, next_path="/"):
        await self.get("/login", params={"next": next_path})
        response = await self.post("/login", login_id=person.login_id, password=person.password, next=next_path)
        if response.url.path.endswith("/login/code"):
            response = await self.post("/login/code", code=code_of(person), next=next_path)
        return response

    async def seek(self, person, purpose="counter"):
        """Who is to be served, for a purpose: what a clerk finds."""
        await self.get("/counter/behalf")
        await self.post("/counter/purpose", purpose=purpose, next="/counter/behalf")
        return await self.post("/counter/behalf/find", person=person)


@pytest.fixture
async def browse(application, services):
    """Opens a service: ``browse("rooms")``; a host may be given instead of a code."""
    clients = []

    def open_site(code, *, prefix=""):
        host = services[code].host if code in services else code
        # From an address of its own: what one test does too often keeps no other waiting.
        address = (str(next(ADDRESSES)), 40_000)
        transport = httpx.ASGITransport(app=application, raise_app_exceptions=False, client=address)
        client = httpx.AsyncClient(transport=transport, base_url=f"http://{host}{prefix}", follow_redirects=True)
        clients.append(client)
        return Browser(client)

    yield open_site
    for client in clients:
        await client.aclose()
