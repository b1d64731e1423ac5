"""What each city says of registering and logging in, as its pages show it."""

import re

import pytest


@pytest.mark.fact("MG-066")
async def test_logging_in_one_sees_for_which_registration_and_where_the_other_is(browse):
    site = browse("rooms")
    await site.get("/login")

    chosen = re.search(r'<section[^>]*aria-labelledby="domains">.*?</section>', site.html, re.DOTALL)[0]
    assert '<strong aria-current="true">集会・学校</strong>' in chosen
    assert "スポーツ施設の登録は別の登録です" in chosen


async def test_a_city_with_one_registration_asks_for_no_choice(browse):
    site = browse("sports")
    await site.get("/login")

    assert 'id="domains"' not in site.html


@pytest.mark.fact("ML-004")
async def test_the_log_in_page_leads_to_a_new_password(browse):
    site = browse("lodging")
    await site.get("/login")

    assert re.search(r'<a href="/password/forgotten">※パスワードを忘れた場合</a>', site.html)


@pytest.mark.fact("ML-005")
async def test_after_logging_in_the_user_s_name_stands_at_the_top(browse, services):
    site = browse("lodging")
    await site.log_in(services["lodging"].resident)

    header = re.search(r"<header.*?</header>", site.html, re.DOTALL)[0]
    assert f"{services['lodging'].resident.name} 様" in header


@pytest.mark.fact("KS-035", "KS-023")
async def test_whoever_begins_to_register_reads_that_nothing_was_carried_over(browse):
    site = browse("sports")
    await site.get("/register")

    assert "「よやくまくん」の登録は引き継がれない" in site.html
    assert "仮登録だけでは予約できません" in site.html


@pytest.mark.fact("KS-040", "KS-041")
async def test_all_43_counters_are_listed_with_their_hours(browse):
    site = browse("sports")
    await site.get("/register/counters")

    for words in (
        "市立総合体育館・青年会館",
        "水前寺野球場",
        "受付は「水前寺競技場」で行います",
        "ふれあい文化センター",
        "スポーツ振興課",
        "各区土木センター",
        "12月〜2月 9時〜18時30分",
        "管理人が不在のことがあります",
    ):
        assert words in site.html


@pytest.mark.fact("KC-002")
async def test_the_halls_register_at_their_counters_only(browse):
    site = browse("halls")
    await site.get("/register")

    assert "インターネットでは登録できません" in site.html
    assert 'href="/register/group"' not in site.html
