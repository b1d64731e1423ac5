"""Figures and the monthly report: plots with their tables, as files, by month and facility; over HTTP, without scripts."""

import re
from datetime import date

import pytest
from sqlalchemy import text
from tests.pages.test_booking import ANSWERS, apply, put_into_cart
from tests.pages.test_roles import SERVICE, log_in

from yoyaku.db.engine import tenant_transaction

HOME = "/counter/figures"
SPAN = {"from": "2026-09", "to": "2027-02"}


def table(html, code):
    """The rows of a figure, as texts."""
    body = html.split(f'id="t-{code}"')[1].split("</table>")[0].split("<tbody>")[1]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("</tr>")[:-1]
    ]


@pytest.fixture
async def admin(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    return site


@pytest.fixture
async def manager(browse, services, application):
    """Somebody who runs one facility of the sports service; the site and the facility's code."""
    place = (services[SERVICE].tenant, SERVICE)
    async with tenant_transaction(application.app.state["engine"], *place) as conn:
        (code,) = (await conn.execute(text("SELECT facility_id FROM facility ORDER BY facility_id LIMIT 1"))).one()
        limited = "UPDATE staff SET facilities = ARRAY[:code] WHERE 'facility_manager' = ANY(roles)"
        await conn.execute(text(limited), {"code": code})
    site, _ = await log_in(browse, services, "facility_manager")
    return site, code


async def test_each_figure_is_a_plot_with_its_table_and_a_file(admin):
    page = await admin.get(HOME, params=SPAN)
    files = set(re.findall(r'href="(/counter/figures/tables/[^"]+)"', page.text.replace("&amp;", "&")))
    shown = re.findall(r'id="t-([a-z_]+)"', page.text)

    assert {"use_hours", "use_facilities", "registrations"} <= set(shown)
    assert page.text.count('<svg class="plot"') == len(shown) == len(files)
    assert page.text.count('role="img" aria-labelledby="plot-') == len(shown)
    for path in sorted(files):
        file = await admin.get(path)
        assert file.headers["content-type"] == "text/csv; charset=utf-8"
        assert file.content.startswith("\ufeff".encode())
        code = re.search(r"tables/(\w+)\.csv", path)[1]
        assert len(file.text.splitlines()) == len(table(page.text, code)) + 1


async def test_few_people_are_not_told_how_few(admin):
    page = await admin.get(HOME, params=SPAN)
    people = [row[-1] for row in table(page.text, "registrations")]

    assert "5未満" in people
    assert not {"1", "2", "3", "4"} & set(people)
    assert "5未満" in (await admin.get(f"{HOME}/tables/registrations.csv", params=SPAN)).text


async def test_months_that_nobody_meant_are_put_right_and_an_unknown_facility_is_not_there(admin):
    turned = await admin.get(HOME, params={"from": "2027-02", "to": "2026-12"})
    long = await admin.get(HOME, params={"from": "2001-01", "to": "2027-02"})

    assert "2026年12月〜2027年2月" in turned.text
    assert "2025年3月〜2027年2月" in long.text
    assert (await admin.get(HOME, params={"from": "x", "to": "2027-13"})).status_code == 200
    assert (await admin.get(HOME, params={"facility": "nowhere"})).status_code == 404
    assert (await admin.get(f"{HOME}/tables/nothing.csv")).status_code == 404


async def test_who_runs_one_facility_sees_no_other(manager):
    site, code = manager
    page = await site.get(HOME, params=SPAN)

    assert len(table(page.text, "use_facilities")) == 1
    assert 'id="t-registrations"' not in page.text
    assert re.findall(r'<option value="([^"]+)"', page.text) == [code]
    other = "nowhere" if code != "nowhere" else "x"
    assert (await site.get(HOME, params={"facility": other})).status_code == 404


async def test_the_monthly_report_is_a_page_and_a_document_in_the_japanese_era(admin):
    page = await admin.get(f"{HOME}/report", params={"month": "2027-01"})
    english = await admin.get(f"{HOME}/report", params={"month": "2027-01", "lang": "en"})
    await admin.get(f"{HOME}/report", params={"lang": "ja"})
    document = await admin.get(f"{HOME}/report.pdf", params={"month": "2027-01"})

    assert "2027年1月 月次報告" in page.text
    assert "令和9年1月20日" in page.text
    assert "Monthly report, January 2027" in english.text
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")


async def test_a_clerk_of_the_counter_sees_no_figures(browse, services):
    site = browse(SERVICE)
    await site.log_in(services[SERVICE].clerk)

    assert (await site.get(HOME)).status_code == 403
    assert (await site.get(f"{HOME}/report.pdf")).status_code == 403


async def test_a_clerk_marks_a_use_that_nobody_came_to_and_takes_it_back(browse, services, application):
    site, desk = browse("rooms"), browse("rooms")
    await put_into_cart(site, services, "rooms", date(2027, 2, 24))
    page = await site.post("/apply/submit", **(await apply(site, **ANSWERS)), **{"terms.use": "yes"})
    number = re.search(r"20\d\d-\d{6}", page.text)[0]
    past = text("""
        UPDATE booking SET use_on = use_on - 40, starts_at = starts_at - interval '40 days',
            ends_at = ends_at - interval '40 days' WHERE number = :number RETURNING booking_id, facility_id, use_on
    """)
    async with tenant_transaction(application.app.state["engine"], services["rooms"].tenant, "rooms") as conn:
        before = (await conn.execute(text("SELECT booking_id FROM booking WHERE number = :n"), {"n": number})).scalar()
        await desk.log_in(services["rooms"].clerk)
        coming = await desk.get(f"/counter/bookings/{before}")
        booking_id, facility, day = (await conn.execute(past, {"number": number})).one()
    path = f"/counter/bookings/{booking_id}"
    await desk.get(path)
    marked = await desk.post(f"{path}/no-show", missed="yes", why="電話もつながらない")
    sheet = await desk.get("/counter/sheet", params={"facility": facility, "day": day.isoformat()})
    await desk.get(path)
    undone = await desk.post(f"{path}/no-show", missed="")

    assert "無断不使用と記録する" not in coming.text
    assert "無断不使用の記録" in marked.text
    assert "電話もつながらない" in marked.text
    assert '<span class="tag tag-warn">無断不使用</span>' in sheet.text
    assert "無断不使用の記録の取消し" in undone.text
    assert "無断不使用と記録する" in undone.text
