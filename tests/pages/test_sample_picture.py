"""The demo's applicant whose picture waits: a clerk finds it in the list, and sees it."""

import re

import pytest


@pytest.mark.fact("KS-024", "KS-032")
async def test_a_demos_clerk_finds_somebody_waiting_and_sees_the_picture(browse, services):
    site = browse("sports")
    await site.log_in(services["sports"].clerk)
    await site.get("/counter/registrations")
    waiting = re.search(r'<a href="(/counter/registrations/[0-9a-f-]{36})">桂木 しおり</a>', site.html)
    await site.get(waiting[1])
    picture = await site.client.get(re.search(r'<img src="([^"]+/files/[^"]+)"', site.html)[1])

    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
