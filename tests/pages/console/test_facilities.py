"""Facilities changed on pages: what was typed, whom it hits, what stays, and who was first."""

import asyncio
import io
import re

import pytest
from PIL import Image
from sqlalchemy import text
from tests.pages.console.test_closures import book
from tests.pages.lots import plain
from tests.pages.paying import hidden
from tests.pages.test_roles import log_in

HOME = "/counter/facilities/castle-tennis"


@pytest.fixture
async def admin(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    await site.get(HOME)
    return site


def version_of(site):
    return re.search(r'name="version" value="(\d+)"', site.html)[1]


async def test_hours_that_leave_bookings_outside_list_them_and_are_saved_with_a_reason(application, services, admin):
    booking = await book(application, services["sports"])
    home = f"/counter/facilities/{booking['facility']}"
    page = await admin.get(home)
    assert re.search(r'name="opens\.0" value="09:00"', page.text)
    typed = {"version": version_of(admin), "opens.0": "20:00", "closes.0": "21:00"}
    page = await admin.post(f"{home}/preview/hours", **typed)
    assert page.status_code == 200, plain(page.text)
    assert booking["number"] in page.text
    assert "開館時間の外になる" in page.text
    keep = hidden(page.text)
    assert (await admin.post(home, **keep)).status_code == 422
    page = await admin.post(home, **keep, why="改修のため")
    assert "施設の情報を保存しました" in page.text
    assert re.search(r'name="opens\.0" value="20:00"', page.text)

    again = await admin.post(home, **keep, why="もう一度")
    assert again.status_code == 422
    assert "ほかの人が施設の情報を変えた" in again.text


async def test_stock_and_spaces_that_nobody_has_booked_change_at_once(admin):
    typed = {"version": version_of(admin), "name.tennis.ja": "コート", "capacity.tennis": "3", "online.tennis": "yes"}
    page = await admin.post(f"{HOME}/preview/spaces", **typed)
    assert "コート：3面" in plain(page.text)
    assert page.text.count('これから">') == 1  # nothing else changes
    page = await admin.post(HOME, **hidden(page.text), why="1面を閉鎖")
    assert re.search(r'name="capacity\.tennis" value="3"', page.text)


async def test_who_works_for_one_facility_changes_no_other(admin, inside):
    """An admin may be bound to facilities, like any of the staff."""
    bind = text("UPDATE staff SET facilities = CAST(:codes AS text[]) WHERE 'tenant_admin' = ANY(roles)")
    async with inside() as conn:
        await conn.execute(bind, {"codes": ["castle-tennis"]})
    try:
        listed = await admin.get("/counter/facilities")
        other = "/counter/facilities/city-gymnasium"
        refused = [await admin.get(path) for path in (other, f"{other}/photos", "/counter/facilities-new")]
        await admin.get(HOME)
        sent = {"version": version_of(admin), "opens.0": "10:00", "closes.0": "12:00"}
        refused += [await admin.post(f"{other}/preview/hours", **sent), await admin.post(other, document="{}", why="x")]
    finally:
        async with inside() as conn:
            await conn.execute(bind, {"codes": []})
    assert re.findall(r'href="/counter/facilities/([a-z-]+)"', listed.text) == ["castle-tennis"]
    assert [one.status_code for one in refused] == [403] * 5


async def test_what_cannot_be_is_told_in_words(admin):
    wrong = {"version": version_of(admin), "opens.0": "9時", "closes.0": "21:00"}
    page = await admin.post(f"{HOME}/preview/hours", **wrong)
    assert page.status_code == 422
    assert "error-summary" in page.text
    number = {"version": version_of(admin), "name.tennis.ja": "コート", "capacity.tennis": "たくさん"}
    page = await admin.post(f"{HOME}/preview/spaces", **number)
    assert 'id="capacity.tennis-error"' in page.text


async def test_where_it_stands_on_the_map_leads_residents_there(admin, browse):
    typed = {"version": version_of(admin), "name.ja": "熊本城公園", "address.ja": "古京町3-2", "bookable": "yes"}
    place = {"latitude": "32.806200", "longitude": "130.705800"}
    page = await admin.post(f"{HOME}/preview/basics", **typed, **place)
    page = await admin.post(HOME, **hidden(page.text), why="地図を足す")
    assert "保存しました" in page.text
    for _ in range(20):  # what is in force is looked up again every other second
        seen = await browse("sports").get("/facilities/castle-tennis")
        if "mlat=32.806200" in seen.text:
            break
        await asyncio.sleep(0.5)
    assert "mlat=32.806200" in seen.text


def picture(kind):
    """A small picture with a note of the camera's, where the format has one."""
    out = io.BytesIO()
    image = Image.new("RGB", (4000, 20), "green")
    exif = image.getexif()
    exif[0x010F] = "secret camera"
    image.save(out, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return out.getvalue()


async def test_a_photograph_is_written_anew_and_shown_with_its_words(admin, browse):
    page = await admin.get(f"{HOME}/photos")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)[1]
    sent = {"_csrf_token": token, "alt_ja": "コートの全景"}
    unread = await admin.client.post(f"{HOME}/photos", data=sent, files={"photo": ("x.gif", b"GIF89a", "image/gif")})
    assert unread.status_code == 422
    for kind in ("JPEG", "PNG"):
        page = await admin.client.post(f"{HOME}/photos", data=sent, files={"photo": ("x", picture(kind), "image/png")})
        assert "写真を足しました" in page.text

    seen = browse("sports")
    page = await seen.get("/facilities/castle-tennis")
    assert page.text.count('alt="コートの全景"') == 2
    shown = await seen.get(re.search(r'src="([^"]*/facilities/castle-tennis/photos/[^"]+)"', page.text)[1])
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"secret camera" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (1600, 8)

    await admin.get(f"{HOME}/photos")
    for path in re.findall(r'action="([^"]+/remove)"', admin.html):
        await admin.post(path)
    assert "写真はまだありません" in admin.html


NEW = "/counter/facilities-new"
GYM = {
    "code": "minami-hiroba",
    "name.ja": "南ひろばテニスコート",
    "group": "paid",
    "opens.new": "09:00",
    "closes.new": "21:00",
    "new.code": "court",
    "new.name.ja": "コート",
    "new.kind": "tennis",
    "new.capacity": "2",
    "new.activity": "tennis",
}


async def test_a_facility_is_added_once_its_space_fits_the_timetable_and_prices(admin):
    page = await admin.post(NEW, act="look", **{**GYM, "code": "", "new.bucket": "60"})
    assert page.status_code == 422
    assert 'id="code-error"' in page.text
    page = await admin.post(NEW, act="look", **{**GYM, "new.bucket": "1440"})
    assert page.status_code == 422  # no nights in this timetable
    assert 'value="南ひろばテニスコート"' in page.text

    page = await admin.post(NEW, act="look", **{**GYM, "new.bucket": "60"})
    assert page.status_code == 200, plain(page.text)
    assert "コート：" in plain(page.text)
    page = await admin.post(NEW, **{**hidden(page.text), "act": "save"})
    assert 'id="why-error"' in page.text
    page = await admin.post(NEW, **{**hidden(page.text), "act": "save", "why": "4月に開く"})
    assert "施設を足しました" in page.text
    again = await admin.post(NEW, act="look", **{**GYM, "new.bucket": "60"})
    assert 'id="code-error"' in again.text


async def test_names_of_courts_a_shared_floor_and_hours_of_holidays_are_typed(admin):
    version = version_of(admin)
    names = {
        "named.tennis": "yes",
        "choose.tennis": "yes",
        "part.tennis.1.ja": "東コート",
        "part.tennis.2.ja": "西コート",
    }
    page = await admin.post(f"{HOME}/preview/parts", version=version, **names)
    assert "東コート・西コート" in plain(page.text)
    shared = {"new.floor": "ground", "new.units": "8", "floor.tennis": "ground", "takes.tennis": "2"}
    page = await admin.post(f"{HOME}/preview/sharing", version=version, **shared)
    assert page.status_code == 200, plain(page.text)
    assert "床「ground」×2" in plain(page.text)
    hours = {
        "opens.0": "09:00",
        "closes.0": "21:00",
        "opens.new": "10:00",
        "closes.new": "17:00",
        "days.new": "holiday",
    }
    page = await admin.post(f"{HOME}/preview/hours", version=version, **hours)
    assert "祝日 10:00〜17:00／9:00〜21:00" in plain(page.text)
