"""A rehearsal at the counter: rules are compared on entries made up, and nothing of it stays."""

import re

from tests.pages.test_roles import log_in

TRIED = {"applicants": "40", "wishes": "3", "skew": "strong", "draws": "3", "number": "1", "entries_at_most": "2"}


async def test_a_rehearsal_compares_rules_on_entries_made_up(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries/rehearsal")
    scheme = re.search(r'name="scheme" value="([^"]+)"', page.text)[1]
    asked = {"scheme": scheme, "source": "synthetic", "algorithm": "per_slot", "wins_at_most": "1", **TRIED}
    page = await site.post("/counter/lotteries/rehearsal", **asked)

    assert page.status_code == 200
    assert "3回の抽選の平均" in page.text
    assert "今の規則" in page.text
    assert "1件以上当たる人" in page.text
    assert 'value="strong" selected' in page.text
    again = await site.post("/counter/lotteries/rehearsal", **asked)
    assert re.findall(r"[\d.]+%", again.text) == re.findall(r"[\d.]+%", page.text)


async def test_a_rehearsal_says_what_is_wrong_and_loses_nothing_typed(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries/rehearsal")
    scheme = re.search(r'name="scheme" value="([^"]+)"', page.text)[1]
    asked = {"scheme": scheme, "source": "synthetic", "algorithm": "dice", "wins_at_most": "0"}
    page = await site.post("/counter/lotteries/rehearsal", **{**asked, **TRIED, "draws": "9999", "wishes": "たくさん"})

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert all(f'id="{name}-error"' in page.text for name in ("algorithm", "wins_at_most", "draws", "wishes"))
    assert 'value="たくさん"' in page.text
