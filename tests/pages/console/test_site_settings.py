"""An admin changes how the city's site looks and speaks: measured, looked at, kept, undone; nobody else's site."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.pages.test_roles import demo_staff, log_in

LOOK, CONTACT, MAIL = "/counter/site/look", "/counter/site/contact", "/counter/mails/booking_confirmed"
BUTTON = "/counter/site/wording/button.search"


def fields_of(page):
    """What a form of the page would send as it stands: hidden fields, inputs and text areas by name."""
    form = page.text.split("<main")[1].split("</main>")[0].rsplit("</form>", 1)[0].rsplit("<form", 1)[1]
    inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    unescape = {"&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&"}
    found = {name: value for name, value in [*inputs, *areas] if name != "_csrf_token"}
    for mark, plain in unescape.items():
        found = {name: value.replace(mark, plain) for name, value in found.items()}
    return found


async def open_form(site, path):
    page = await site.get(path)
    assert page.status_code == 200, page.text[:300]
    return fields_of(page)


async def test_a_pale_colour_is_refused_with_one_that_would_do(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    typed = await open_form(site, LOOK)
    page = await site.post(LOOK, **{**typed, "colours.primary": "#8fd4e6", "why": "色の変更", "act": "save"})

    assert page.status_code == 422
    assert "色#8fd4e6は#ffffffに対するコントラストが" in page.text
    proposal = re.search(r"(#[0-9a-f]{6})なら使えます", page.text)[1]
    kept = {**fields_of(page), "colours.primary": proposal, "act": "preview"}
    seen = await site.post(LOOK, **kept)
    assert seen.status_code == 200
    assert "見本（まだ保存していません）" in seen.text


async def test_colours_are_measured_while_they_are_typed(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    colours = {"primary": "#8fd4e6", "primary_dark": "#00118f", "primary_soft": "#e8f1fe", "accent": "#008299"}
    page = await site.get(f"{LOOK}/contrast", params={f"colours.{name}": one for name, one in colours.items()})

    assert "読みにくい" in page.text
    assert "<html" not in page.text


async def test_a_look_is_seen_by_its_admin_before_and_by_everybody_after_it_is_saved(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    typed = await open_form(site, LOOK)
    changed = {**typed, "name.ja": "新しい名前", "colours.primary": "#5a2a00", "why": "名称変更"}
    preview = await site.post(LOOK, **{**changed, "act": "preview"})
    theme = re.search(r'href="([^"]*/look/theme.css[^"]*)"', preview.text)[1].replace("&amp;", "&")
    assert "--primary: #5a2a00" in (await site.client.get(theme)).text
    assert "新しい名前" in preview.text
    resident = browse("sports")
    assert "新しい名前" not in (await resident.get("/")).text

    page = await site.post(LOOK, **fields_of(preview) | {"why": "名称変更", "act": "save"})
    assert "保存しました" in page.text
    page = await resident.get("/")
    assert "新しい名前" in page.text
    theme = re.search(r'href="(/brand/[^"]*theme.css)"', page.text)[1]
    assert "--primary: #5a2a00" in (await resident.get(theme)).text

    await site.get("/counter/site/changes/1")
    assert "#5a2a00" in site.html
    await site.post("/counter/site/changes/1/undo", why="もとの名前にもどすため")
    assert "元に戻しました" in site.html
    assert "新しい名前" not in (await resident.get("/")).text


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>', "図形でないもの"),
        ("<p>これはロゴではない</p>", "SVGとして読めません"),
    ],
)
async def test_a_logo_that_is_no_drawing_is_refused(browse, services, logo, said):
    site, _ = await log_in(browse, services, "tenant_admin")
    typed = await open_form(site, LOOK)
    page = await site.post(LOOK, **{**typed, "logo_svg": logo, "why": "ロゴ", "act": "preview"})

    assert page.status_code == 422
    assert said in page.text
    assert "<script>alert" not in page.text


async def test_the_second_of_two_admins_is_told_and_overwrites_nothing(browse, services):
    first, _ = await log_in(browse, services, "tenant_admin")
    other = browse("sports")
    person, _ = demo_staff("tenant_admin", services["sports"].clerk)
    await other.log_in(person)
    mine, theirs = await open_form(first, CONTACT), await open_form(other, CONTACT)
    await first.post(CONTACT, **{**mine, "phone": "096-000-0001", "why": "電話番号の変更"})
    page = await other.post(CONTACT, **{**theirs, "phone": "096-000-0002", "why": "電話番号の変更"})

    assert page.status_code == 422
    assert "上書きはしていません" in page.text
    assert person.name in page.text
    assert 'value="096-000-0002"' in page.text
    assert "096-000-0001" in (await browse("sports").get("/")).text


async def test_nothing_is_saved_without_a_reason_or_without_a_difference(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    typed = await open_form(site, CONTACT)
    assert (await site.post(CONTACT, **{**typed, "phone": "03-0000-0009"})).status_code == 422
    page = await site.post(CONTACT, **{**typed, "why": "なにも変えない"})

    assert "変わったところがありません" in page.text


async def test_a_city_says_a_button_its_own_way_and_goes_back_to_the_standard(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    found = await site.get("/counter/site/wording", params={"q": "button.search"})
    assert BUTTON in found.text
    typed = await open_form(site, BUTTON)
    page = await site.post(BUTTON, **{**typed, "text.ja": "この条件でさがす", "why": "言い方をそろえる", "act": "save"})
    assert "保存しました" in page.text
    assert "この条件でさがす" in (await browse("sports").get("/search")).text

    lacking = await site.get("/counter/site/languages")
    assert f'href="{BUTTON}">button.search' in lacking.text
    typed = await open_form(site, BUTTON)
    await site.post(BUTTON, **{**typed, "why": "標準に戻す", "act": "default"})
    assert "この条件でさがす" not in (await browse("sports").get("/search")).text


async def test_a_wording_that_names_what_nobody_knows_is_refused(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    path = "/counter/site/wording/top.all_facilities"
    typed = await open_form(site, path)
    page = await site.post(path, **{**typed, "text.ja": "全{number}施設", "why": "試し", "act": "save"})

    assert page.status_code == 422
    assert "{number}はここでは使えません。使えるもの：{count}" in page.text
    assert (await site.get("/counter/site/wording/no.such.key")).status_code == 404


async def test_a_page_is_shown_as_it_will_read_with_everything_escaped(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    path = "/counter/site/pages/faq"
    typed = await open_form(site, path)
    texts = {f"title.{one}": "質問" for one in ("ja", "en")} | {
        f"text.{one}": "# 見出し\n\n- 一つ目\n\n<script>alert(1)</script>" for one in ("ja", "en")
    }
    page = await site.post(path, **{**typed, **texts, "why": "新しい質問", "act": "preview"})
    assert "<li>一つ目</li>" in page.text
    assert "<script>alert" not in page.text

    await site.post(path, **{**fields_of(page), **texts, "why": "新しい質問", "act": "save"})
    shown = await browse("sports").get("/pages/faq")
    assert "<li>一つ目</li>" in shown.text
    assert "<script>alert" not in shown.text


async def test_a_page_is_added_linked_from_the_foot_and_taken_away_unless_the_rules_need_it(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    await site.get("/counter/site/pages")
    assert (await site.post("/counter/site/pages", code="../x")).status_code == 422
    page = await site.post("/counter/site/pages", code="parking")
    texts = {f"{name}.{one}": "駐車場" for name in ("title", "text") for one in ("ja", "en")}
    await site.post(page.url.path, **{**fields_of(page), **texts, "why": "新設", "act": "save"})
    shown = await browse("sports").get("/pages/parking")
    assert '<a href="/pages/parking">駐車場</a>' in shown.text

    typed = await open_form(site, "/counter/site/pages/parking")
    await site.post("/counter/site/pages/parking", **{**typed, "why": "廃止", "act": "remove"})
    assert (await browse("sports").get("/pages/parking")).status_code == 404
    typed = await open_form(site, "/counter/site/pages/terms")
    kept = await site.post("/counter/site/pages/terms", **{**typed, "why": "廃止", "act": "remove"})
    assert "なくせません" in kept.text


async def test_what_a_language_lacks_leads_to_where_it_is_mended(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/site/languages")
    rows = page.text.split("<tbody>")[1:]
    assert all("<a href=" in row for table in rows for row in table.split("</tbody>")[0].split("<tr>")[1:])


async def test_a_mail_is_read_on_somebody_made_up_before_it_goes_out(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    listed = await site.get("/counter/mails")
    assert "ルールで使用中" in listed.text
    typed = await open_form(site, MAIL)
    assert "見本 太郎" in site.html
    changed = {**typed, "subject.ja": "予約ができました {number}", "body.ja": "{name}様\n{when}\n{facility}\n{link}"}
    page = await site.post(MAIL, **{**changed, "why": "短くする", "act": "preview"})
    assert page.status_code == 422
    assert "{link}はここでは使えません" in page.text

    changed["body.ja"] = "{name}様\n{when}\n{facility}"
    page = await site.post(MAIL, **{**changed, "why": "短くする", "act": "preview"})
    assert "予約ができました 2027-000001" in page.text
    assert "標準の文面にあって、この文面にないもの" in page.text
    await site.post(MAIL, **{**fields_of(page), **changed, "why": "短くする", "act": "save"})
    assert "市の文面（日本語）" in site.html


async def test_a_mail_that_brings_a_link_cannot_leave_it_out(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    path = "/counter/mails/mail_to_verify"
    typed = await open_form(site, path)
    page = await site.post(path, **{**typed, "body.ja": "{name}様 ご確認ください。", "why": "短く", "act": "save"})

    assert page.status_code == 422
    assert "{link}がないと、受け取った人が手続きできません" in page.text


async def test_the_application_cannot_write_another_service_s_site(inside):
    async with inside() as conn:
        rows = await conn.execute(text("UPDATE service SET brand = brand WHERE service_id <> 'sports' RETURNING 1"))
        assert rows.all() == []
    with pytest.raises(DBAPIError, match="permission denied"):
        async with inside() as conn:
            await conn.execute(text("UPDATE service SET name = name"))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with inside() as conn:
            await conn.execute(text("DELETE FROM site_change"))
