"""Paying at the payment company over HTTP: a booking, its way there, and what is done at the company's page."""

import re
from html import unescape

import httpx
from tests.api_client import Api
from tests.company import CARD
from tests.pages.lots import plain


async def book(application, service):
    """A booking of the service's resident that costs something; its id and what it costs."""
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), service.host)
    await api.log_in(service.resident)
    while True:
        made = await api.post("/applications", await api.submission(), expect=201)
        [booking] = made["bookings"]
        if booking["total_yen"]:
            await api.client.aclose()
            return booking["booking_id"], booking["total_yen"]


def hidden(html):
    """The hidden fields of the page's main form, but its token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found if name != "_csrf_token"}


async def begin(site, booking_id, way):
    """From the page of payment to the way on; the address at the company, or ``None`` where it gave out numbers."""
    await site.get(f"/me/bookings/{booking_id}/pay")
    page = await confirm(site, booking_id, **{**hidden(site.html), "way": way})
    assert page.status_code == 200, plain(page.text)
    link = re.search(r'rel="noreferrer" href="([^"]+)"', page.text)
    return page.url.path, None if link is None else unescape(link[1])


async def confirm(site, booking_id, **sums):
    """What was chosen is confirmed, and the conditions accepted where the city has some."""
    action = re.search(rf'action="([^"]*/me/bookings/{booking_id}/pay[^"]*)"', site.html)[1]
    page = await site.post(action, **sums)
    if action.endswith("/conditions"):
        page = await site.post(f"/me/bookings/{booking_id}/pay", agreed="yes", **hidden(site.html))
    return page


async def pay_by_card(address, **typed):
    """What a payer does at the company's page; where it sends the browser (``None``: it stays there)."""
    async with httpx.AsyncClient() as company:
        await company.get(address)
        answer = await company.post(address, data={**CARD, **typed})
        return answer.headers.get("location")
