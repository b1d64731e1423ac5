"""Finding, cart, application and cancelling over HTTP, without scripts."""

import re
from datetime import date

import pytest

DAY = date(2027, 2, 25)


def hidden(html):
    """The hidden fields of the page's main form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name != "_csrf_token"}


async def find(site, day=DAY, **more):
    """The first free slot of a day: the page of the day, with the slot ticked."""
    await site.get("/search", params={"from": day.isoformat(), **more})
    link = re.search(r'href="(/availability/[^"]+)"', site.html[site.html.index("<tbody>") :])[1].replace("&amp;", "&")
    page = await site.get(link)
    return page.url.path, re.search(r'name="slot" value="([^"]+)" checked', site.html)[1]


async def put_into_cart(site, services, code, day=DAY):
    await site.log_in(services[code].resident)
    await site.get("/cart")
    for item in re.findall(r'name="item" value="([^"]+)"', site.html):
        await site.post("/cart/remove", item=item)
    path, slot = await find(site, day)
    page = await site.post(path, slot=slot)
    assert page.url.path == "/cart", site.html
    return path, slot


async def test_who_is_not_logged_in_may_look_and_keeps_the_ticks(browse, services):
    site = browse("rooms")
    path, slot = await find(site)
    page = await site.post(path, slot=slot)
    assert page.url.path == "/login"
    back = re.search(r'name="next" value="([^"]+)"', site.html)[1].replace("&amp;", "&")

    person = services["rooms"].resident
    page = await site.post("/login", login_id=person.login_id, password=person.password, next=back)

    assert page.url.path == path
    assert f'value="{slot}" checked' in site.html


@pytest.mark.fact("KC-014")
async def test_a_free_slot_is_told_by_a_sign_and_a_word(browse):
    site = browse("rooms")
    await find(site)

    assert re.search(r'<span class="sign" aria-hidden="true">○</span> <span>空き', site.html)


async def test_nothing_ticked_is_said_at_the_top(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, _ = await find(site)
    page = await site.post(path)

    assert 'role="alert"' in page.text
    assert "1つ以上" in page.text


@pytest.mark.fact("KC-016", "KC-017", "KC-018")
async def test_the_cart_lists_place_room_day_and_time_and_leads_to_the_application(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    path, slot = await find(site, date(2027, 2, 23))
    assert "カゴへ追加" in site.html
    facility = re.search(r"<p[^>]*>([^<]*公民館)", site.html)[1]
    page = await site.post(path, slot=slot)

    assert page.url.path == "/cart"
    assert re.search(r"<h1[^>]*>予約申請（カゴ）", site.html)
    entry = site.html[site.html.index('name="item"') - 3000 :]
    assert facility in entry
    assert "2027年2月23日（火）" in entry
    assert re.search(r"\d{1,2}:00〜\d{1,2}:00", entry)
    assert re.search(r'href="/apply"[^>]*>(?:<svg.*?</svg>)?\s*申込', entry, re.DOTALL)


@pytest.mark.fact("KC-019", "KC-020")
async def test_the_cart_says_that_nothing_is_booked_and_lets_go_again(browse, services):
    site = browse("halls")
    await put_into_cart(site, services, "halls")

    assert "まだ予約できていません" in site.html
    item = re.search(r'name="item" value="([^"]+)"', site.html)[1]
    page = await site.post("/cart/remove", item=item)

    assert "カゴは空です" in page.text


@pytest.mark.fact("KC-021")
async def test_missing_answers_are_named_with_a_link_to_their_field(browse, services):
    site = browse("halls")
    await put_into_cart(site, services, "halls", date(2027, 2, 24))
    await site.get("/apply")
    assert "★" in site.html
    page = await site.post("/apply")

    assert page.status_code == 422
    alert = site.html.split('role="alert"')[1].split("</div>")[0]
    for name in re.findall(r'href="#([^"]+)"', alert):
        assert f'id="{name}"' in site.html
        assert f'id="{name}-error"' in site.html


async def test_what_was_typed_is_kept_when_something_is_wrong(browse, services):
    site = browse("rooms")
    await put_into_cart(site, services, "rooms", date(2027, 2, 24))
    await site.get("/apply")
    page = await site.post(
        "/apply", **{"form.purpose": "music", "form.people": "たくさん", "form.entry_fee": "charged"}
    )

    assert page.status_code == 422
    assert 'value="たくさん"' in page.text
    assert re.search(r'value="charged" checked', page.text)
    assert re.search(r'<option value="music" selected', page.text)


async def test_equipment_that_cannot_be_read_or_lent_is_told_at_its_own_field(browse, services):
    site = browse("rooms")
    await put_into_cart(site, services, "rooms", date(2027, 2, 24))
    path, slot = await find(site, date(2027, 2, 25))
    await site.post(path, slot=slot)
    await site.get("/apply")
    first, second = (f"equipment.{item}.projector" for item in re.findall(r'name="item\.([0-9a-f-]+)"', site.html))
    headings = re.findall(r"備品（付帯品）予約：([^<]+)<", site.html)
    answers = {"form.purpose": "music", "form.people": "5", "form.entry_fee": "charged"}
    for typed in ("二つ", "99"):
        page = await site.post("/apply", **answers, **{first: "", second: typed})

        assert page.status_code == 422
        assert re.findall(r'href="#(equipment[^"]+)"', page.text) == [second]

    assert len(set(headings)) == len(headings) == 2


async def apply(site, **answers):
    """From the form to the page of the terms."""
    await site.get("/apply")
    page = await site.post("/apply", **answers)
    assert page.status_code == 200, re.findall(r'role="alert".*?</div>', site.html, re.DOTALL)
    await site.post("/apply/terms", **hidden(site.html))
    return hidden(site.html)


ANSWERS = {"form.purpose": "music", "form.people": "５", "form.entry_fee": "charged"}


@pytest.mark.fact("KC-022", "KC-023", "MG-012", "MG-050")
async def test_the_price_is_shown_before_and_doubles_where_an_entry_fee_is_charged(browse, services):
    site = browse("rooms")
    await put_into_cart(site, services, "rooms", date(2027, 2, 22))
    single = re.search(r"([\d,]+)円", site.html.split('class="big-number"')[1])[1]
    await site.get("/apply")
    await site.post("/apply", **ANSWERS)
    total = re.search(r"合計.*?([\d,]+)円", site.html, re.DOTALL)[1]

    assert int(total.replace(",", "")) == 2 * int(single.replace(",", ""))
    carried = hidden(site.html)
    assert carried["form.people"] == "５"

    await site.post("/apply/terms", **carried)
    refused = await site.post("/apply/submit", **hidden(site.html))
    assert refused.status_code == 422
    assert "印を付けてください" in refused.text


@pytest.mark.fact("MG-008", "MG-009", "MG-013", "MG-056")
async def test_a_booking_is_made_shown_and_cancelled_and_the_slot_is_barred(browse, services):
    site = browse("rooms")
    path, slot = await put_into_cart(site, services, "rooms", date(2027, 2, 23))
    carried = await apply(site, **ANSWERS)
    page = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    assert page.url.path.startswith("/done/")
    number = re.search(r"20\d\d-\d{6}", page.text)[0]
    assert "仮予約" in page.text

    again = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    assert again.status_code == 200
    mine = await site.get("/me")
    assert mine.text.count(number) == 1

    booking = re.search(r'href="(/me/bookings/[^"]+)"', mine.text[mine.text.index(number) :])[1]
    await site.get(booking)
    await site.get(f"{booking}/cancel")
    unsure = await site.post(f"{booking}/cancel")
    assert unsure.status_code == 422
    page = await site.post(f"{booking}/cancel", sure="yes", **hidden(site.html))
    assert "予約を取り消しました" in page.text

    await site.get(path)
    page = await site.post(path, slot=slot)
    assert 'role="alert"' in page.text
    assert "もう一度予約できません" in page.text


async def test_a_slot_taken_meanwhile_is_told_and_the_rest_of_the_cart_survives(browse, services, people):
    site, rival = browse("rooms"), browse("rooms")
    path, slot = await put_into_cart(site, services, "rooms", date(2027, 2, 26))
    other = re.findall(r'name="slot" value="([^"]+)"', (await site.get(path)).text)
    another = next(value for value in other if value != slot)
    await site.post(path, slot=another)

    await rival.log_in(people["rooms"][1])
    await rival.get(path)
    await rival.post(path, slot=slot)
    carried = await apply(rival, **ANSWERS)
    page = await rival.post("/apply/submit", **carried, **{"terms.use": "yes"})
    assert page.url.path.startswith("/done/"), rival.html

    page = await site.get("/cart")
    assert page.text.count("cart-line taken") == 1
    carried = await apply(site, **ANSWERS)
    page = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    assert page.url.path.startswith("/done/")


async def test_somebody_else_s_booking_is_not_there(browse, services, people):
    site, other = browse("rooms"), browse("rooms")
    await other.log_in(people["rooms"][1])
    mine = await other.get("/me")
    booking = re.search(r'href="(/me/bookings/[^"]+)"', mine.text)[1]

    await site.log_in(services["rooms"].resident)
    assert (await site.get(booking)).status_code == 404


@pytest.mark.fact("ML-014", "ML-016", "ML-032", "ML-033")
async def test_a_stay_asks_for_nights_guests_and_the_wish_and_gets_a_number_of_ten_digits(browse, services):
    site = browse("lodging")
    await site.log_in(services["lodging"].resident)
    await site.get("/search", params={"from": "2027-02-18", "to": "2027-02-19"})
    path = re.search(r'href="(/stay/[^"]+)"', site.html)[1]
    await site.get(path)
    assert "泊" in site.html
    empty = await site.post(path, nights="2", **{"guests.1.adult": "2"})
    assert empty.status_code == 422
    assert "2泊目の人数" in empty.text

    guests = {"guests.1.adult": "２", "guests.1.child": "1", "guests.2.adult": "2", "guests.2.child": "0"}
    wishes = dict.fromkeys(re.findall(r'name="(wish\.[^"]+)"', site.html), "no")
    page = await site.post(path, nights="2", **guests, **wishes)
    assert page.url.path == "/apply", site.html
    carried = await apply(site)
    terms = dict.fromkeys(re.findall(r'name="(terms\.[^"]+)"', site.html), "yes")
    page = await site.post("/apply/submit", **carried, **terms)

    assert re.search(r'class="big-number">\s*\d{10}\s*<', page.text)


async def test_the_search_form_does_everything_a_calendar_does(browse):
    site = browse("sports")
    for asked in (
        {"from": "2027-02-20", "to": "2027-02-21", "kind": "tennis", "part": "morning"},
        {"from": "2027-02-20", "to": "2027-02-27", "weekdays": "weekend"},
        {"from": "2027-02-20", "people": "10"},
    ):
        page = await site.get("/search", params=asked)
        assert "見つかった空き" in page.text
        assert "<tbody>" in page.text


@pytest.mark.parametrize(
    "asked", [{"from": "2027-02-30"}, {"from": "2027-02-20", "to": "2027-06-20"}, {"from": "2027-02-20", "people": "x"}]
)
async def test_a_search_that_cannot_be_read_says_what_to_mend(asked, browse):
    page = await browse("sports").get("/search", params=asked)

    assert 'role="alert"' in page.text
    assert page.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/availability/x-y-z", "/facilities/none", "/availability/none/2027-02-20", "/stay/a/b/2027-02-20", "/me/x"],
)
async def test_what_does_not_exist_is_a_page_that_says_so(path, browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    page = await site.get(path)

    assert page.status_code == 404
    assert "<h1" in page.text


async def test_a_day_that_is_no_date_does_not_exist(browse):
    site = browse("rooms")
    await find(site)
    facility = re.search(r"/availability/([^/]+)/", site.html)[1]

    assert (await site.get(f"/availability/{facility}/2027-02-31")).status_code == 404
    assert (await site.get(f"/availability/{facility}", params={"month": "soon"})).status_code == 200
