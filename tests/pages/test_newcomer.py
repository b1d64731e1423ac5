"""Registering somebody at the counter, over HTTP: the form with the papers, and the sheet with id and one-time code."""

import re

import pytest
from tests.cities import Person
from tests.pages.registering import consents_on, errors_on

NEW = "/counter/people/new"
GROUP = {
    "user_class": "group",
    "way": "counter",
    "name": "青葉合唱団",
    "kana": "ｱｵﾊﾞ ｶﾞｯｼｮｳﾀﾞﾝ",
    "representative": "髙橋 楓",
    "representative_kana": "たかはし かえで",
    "residency": "resident",
    "birth_date": "1961-04-30",
    "postcode": "860-0808",
    "address": "熊本市中央区手取本町1番1号",
    "phone": "０９６−３２８−２７２７",
}
CHILD = {
    "user_class": "individual",
    "way": "counter",
    "name": "熊本　みらい",
    "kana": "クマモト　ミライ",
    "birth_date": "2012-05-05",
    "postcode": "860-0808",
    "address": "熊本市中央区手取本町1番1号",
    "phone": "096-328-2727",
    "login_id": "mirai2012",
}


async def open_form(browse, services, service, **asked):
    site = browse(service)
    await site.log_in(services[service].clerk)
    page = await site.get(NEW, params=asked)
    assert page.status_code == 200
    return site


async def enter(site, typed, **more):
    key = re.search(r'name="counter_form" value="([^"]+)"', site.html)[1]
    return await site.post(NEW, **{"counter_form": key, **consents_on(site.html), **typed, **more})


@pytest.mark.fact("KC-002", "KS-047")
async def test_a_group_is_registered_in_one_visit_and_takes_id_and_code_along(browse, services):
    site = await open_form(browse, services, "halls", user_class="group")
    assert "本人確認の書類" in site.html
    page = await enter(site, GROUP, approve="yes", **{"paper.identity": "driving_licence"})

    assert page.status_code == 200, errors_on(site.html)
    login_id = re.search(r'big-number">([0-9]{8})<', site.html)[1]
    code = re.search(r'big-number">([0-9]{5} [0-9]{5})<', site.html)[1]
    assert "/password/code" in site.html

    group = browse("halls")
    await group.get("/password/code")
    password = "kaede to utau 61"
    await group.post("/password/code", login_id=login_id, code=code, password=password, password_again=password)
    await group.log_in(Person(login_id=login_id, password=password, name="青葉合唱団"))
    page = await group.get("/account")
    assert "使用者登録済み" in page.text
    assert "青葉合唱団" in page.text


@pytest.mark.fact("KC-002")
async def test_every_fault_stands_at_its_field_also_the_paper_and_nothing_typed_is_lost(browse, services):
    site = await open_form(browse, services, "halls", user_class="group")
    page = await enter(site, {**GROUP, "kana": "青葉", "postcode": "1"}, approve="yes", note="よく確かめた")

    assert page.status_code == 422
    assert {"kana", "postcode", "paper.identity"} <= set(errors_on(site.html))
    for kept in ("青葉合唱団", "髙橋 楓", "よく確かめた", "1961-04-30"):
        assert f'value="{kept}"' in site.html
    page = await enter(site, GROUP, **{"paper.identity": "driving_licence", "approve": "yes"})
    assert re.search(r"\d{5} \d{5}", page.text)


async def test_a_form_sent_again_is_one_registration_and_shows_no_second_code(browse, services):
    site = await open_form(browse, services, "halls", user_class="group")
    key = re.search(r'name="counter_form" value="([^"]+)"', site.html)[1]
    typed = {**GROUP, "name": "二度押しの会", "counter_form": key}
    first = await site.post(NEW, **typed)
    assert re.search(r"\d{5} \d{5}", first.text)
    await site.get("/counter/people")
    await site.post("/counter/purpose", purpose="counter")
    again = await site.post(NEW, **typed)

    assert again.url.path.startswith("/counter/people/")
    assert "二度押しの会" in again.text
    assert not re.search(r"\d{5} \d{5}", again.text)


@pytest.mark.fact("KS-026", "KS-034", "KS-047")
async def test_a_minor_without_mail_needs_a_parent_s_consent(browse, services):
    site = await open_form(browse, services, "sports", user_class="individual")
    page = await enter(site, CHILD, approve="yes", **{"paper.identity": "student_id"})
    assert page.status_code == 422
    assert errors_on(site.html) == ["paper.parental_consent"]
    await enter(site, CHILD, approve="yes", **{"paper.identity": "student_id", "paper.parental_consent": "seen"})

    assert 'big-number">mirai2012<' in site.html


@pytest.mark.fact("KS-033")
async def test_a_proxy_shows_a_letter_of_attorney_and_an_own_document(browse, services):
    site = await open_form(browse, services, "sports", user_class="individual", by_proxy="yes")
    assert 'name="proxy_name"' in site.html
    grown = {
        **CHILD,
        "birth_date": "1950-05-05",
        "name": "代理　頼美",
        "kana": "ダイリ　ヨリミ",
        "login_id": "yorimi50",
    }
    await enter(site, {**grown, "by_proxy": "yes"}, approve="yes", **{"paper.identity": "health_insurance"})

    assert errors_on(site.html) == ["proxy_name", "paper.letter_of_attorney", "paper.proxy_identity"]


@pytest.mark.fact("KS-031")
async def test_another_person_of_the_same_name_and_birth_date_needs_a_reason_that_is_recorded(browse, services):
    twin = {**CHILD, "name": "同名　双葉", "kana": "ドウメイ　フタバ", "birth_date": "1970-07-07"}
    site = await open_form(browse, services, "sports", user_class="individual")
    await enter(site, {**twin, "login_id": "futaba01"})
    await site.get(NEW, params={"user_class": "individual"})
    refused = await enter(site, {**twin, "login_id": "futaba02"})
    assert refused.status_code == 422
    assert errors_on(site.html) == ["name"]
    await enter(site, {**twin, "login_id": "futaba02"}, apart_why="住所と筆跡が違う")

    assert 'big-number">futaba02<' in site.html


@pytest.mark.fact("ML-052")
async def test_a_postcard_is_entered_without_mail_and_no_code_is_printed(browse, services):
    site = await open_form(browse, services, "lodging", user_class="resident", way="post")
    await site.get("/counter/people")
    await site.post("/counter/purpose", purpose="counter")
    await site.get(NEW, params={"user_class": "resident", "way": "post"})
    typed = {
        "user_class": "resident",
        "way": "post",
        "name": "葉書　郵子",
        "kana": "ハガキ　ユウコ",
        "birth_date": "1948-08-08",
        "postcode": "105-0011",
        "address": "東京都港区芝公園1丁目5番25号",
        "phone": "03-1234-5678",
    }
    page = await enter(site, typed)

    assert page.url.path.startswith("/counter/people/"), errors_on(site.html)
    assert "葉書　郵子" in page.text


async def test_the_address_of_a_postcode_is_filled_in_at_the_counter_too(browse, services):
    site = await open_form(browse, services, "halls", user_class="group")
    await enter(site, {**GROUP, "address": ""}, act="look_up.postcode")

    assert 'value="熊本県熊本市中央区' in site.html


async def test_a_class_that_is_not_entered_here_is_chosen_again(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].clerk)
    page = await site.get(NEW, params={"user_class": "mayor"})

    assert page.status_code == 422
    assert 'name="user_class"' in page.text
