"""Notices of the city: written at the console, shown to the right people on the right pages at the right time."""

import asyncio
import re

import pytest
from tests.pages.test_roles import log_in

NEW = "/counter/notices/new"
TEXTS = {
    "title.ja": "体育館の休館",
    "title.en": "The gym is closed",
    "body.ja": "- 点検のため\n\n<b>2日間</b>休みます。",
    "body.en": "For checks.",
}
EVERYBODY = {"importance": "important", "audience": "everyone", "on_top": "yes"}


async def write(site, **changed):
    """Write a notice as an admin; the answer."""
    await site.get(NEW)
    typed = {**TEXTS, **EVERYBODY, "shown_from": "2027-01-20T09:00", "shown_until": "2027-01-25T00:00", "act": "save"}
    return await site.post(NEW, **{**typed, **changed})


async def end_all(site):
    """End every notice that is still shown or to come."""
    page = await site.get("/counter/notices")
    for path in dict.fromkeys(re.findall(r'href="(/counter/notices/[0-9a-f-]{36})"', page.text)):
        form = await site.get(path)
        if 'value="end"' in form.text:
            seen = re.search(r'name="seen" value="(\d+)"', form.text)[1]
            await site.post(path, seen=seen, act="end")


@pytest.fixture
async def admin(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    await end_all(site)
    return site


async def test_a_notice_is_shown_in_its_time_with_its_importance_in_words_and_goes(admin, browse, at):
    answer = await write(admin, shown_from="2027-02-01T09:00", shown_until="2027-02-03T00:00", act="save")
    assert "お知らせを保存しました" in answer.text
    assert "これから" in answer.text
    assert "体育館の休館" not in (await browse("sports").get("/")).text

    at(2027, 2, 1, 9, 0)
    page = await browse("sports").get("/")
    assert "体育館の休館" in page.text
    assert "重要</span>" in page.text
    assert "<li>点検のため</li>" in page.text
    assert "&lt;b&gt;2日間&lt;/b&gt;" in page.text
    assert "The gym is closed" in (await browse("sports").get("/", params={"lang": "en"})).text
    at(2027, 2, 3, 0, 0)
    assert "体育館の休館" not in (await browse("sports").get("/")).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("shown_from", "0001-01-01T00:00"), ("shown_until", "9999-01-01T00:00"), ("shown_until", "1月25日まで")],
)
async def test_a_time_that_no_page_could_show_or_nobody_can_read_is_told_at_its_field(admin, browse, field, typed):
    answer = await write(admin, **{"shown_until": "", field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert (await browse("sports").get("/")).status_code == 200


async def test_a_notice_for_those_who_are_logged_in_is_nobody_else_s(admin, browse, services):
    await write(admin, audience="members", shown_until="", act="save")
    assert "体育館の休館" not in (await browse("sports").get("/")).text

    resident = browse("sports")
    await resident.log_in(services["sports"].resident)
    assert "体育館の休館" in (await resident.get("/")).text


async def test_a_notice_of_a_facility_stands_on_its_page_alone(admin, browse):
    form = await admin.get(NEW)
    first, second = re.findall(r'<option value="([^"]+)"', form.text.split('id="facility"')[1].split("</select>")[0])[
        1:3
    ]
    await write(admin, on_top="", facility=first, shown_until="", act="save")

    assert "体育館の休館" in (await browse("sports").get(f"/facilities/{first}")).text
    assert "体育館の休館" not in (await browse("sports").get(f"/facilities/{second}")).text
    assert "体育館の休館" not in (await browse("sports").get("/")).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title.en": ""}, "入力してください"),
        ({"shown_from": "あした"}, "日付と時刻を入れてください"),
        ({"shown_until": "2027-01-20T09:00"}, "「いつから」より後にしてください"),
        ({"on_top": ""}, "どちらかに出してください"),
        ({"audience": "class", "user_class": "nobody"}, "入力してください"),
        ({"facility": "nowhere"}, "入力してください"),
    ],
)
async def test_a_notice_that_says_too_little_is_not_stored_and_nothing_typed_is_lost(admin, changed, said):
    page = await write(admin, **changed)

    assert page.status_code == 422
    assert said in page.text
    assert "For checks." in page.text


async def test_a_notice_is_seen_as_it_will_read_before_it_is_stored(admin, browse):
    page = await write(admin, act="preview")
    assert "<li>点検のため</li>" in page.text

    assert "体育館の休館" not in (await browse("sports").get("/")).text


async def test_whoever_is_second_to_change_a_notice_is_told(admin, browse):
    answer = await write(admin, shown_until="", act="save")
    path = re.search(r'href="(/counter/notices/[0-9a-f-]{36})"', answer.text)[1]
    await admin.get(path)
    typed = {**TEXTS, **EVERYBODY, "shown_from": "2027-01-20T09:00", "seen": "1", "act": "save"}
    await admin.post(path, **{**typed, "title.ja": "一人目の題名"})
    await admin.get(path)
    page = await admin.post(path, **{**typed, "title.ja": "二人目の題名"})

    assert page.status_code == 422
    assert "上書きはしていません" in page.text
    assert 'value="二人目の題名"' in page.text
    assert "一人目の題名" in (await browse("sports").get("/")).text


async def test_an_emergency_stands_on_every_page_until_it_is_ended(admin, browse):
    await write(admin, importance="urgent", shown_until="")
    for _ in range(20):  # what is urgent is looked up again every other second
        page = await browse("sports").get("/login")
        if "体育館の休館" in page.text:
            break
        await asyncio.sleep(0.5)
    assert '<a class="strong" href="/">体育館の休館</a>' in page.text
    assert (await browse("sports").get("/")).text.count("体育館の休館") == 1
    await end_all(admin)
