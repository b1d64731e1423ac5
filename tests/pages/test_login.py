"""Logging in and out over HTTP."""

import pytest


@pytest.mark.fact("KC-006", "KC-007", "KC-005")
async def test_after_logging_in_the_group_s_name_is_shown_and_the_button_logs_out(browse, services):
    site = browse("halls")
    await site.get("/")
    assert "ログアウト" not in site.html

    await site.log_in(services["halls"].resident)

    assert f"{services['halls'].resident.name} 様" in site.html
    assert "ログアウト" in site.html


@pytest.mark.fact("KC-008")
async def test_logging_out_returns_to_before(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    await site.post("/logout")

    assert "ログアウトしました" in site.html
    page = await site.get("/me")
    assert "/login" in str(page.url)


async def test_one_comes_back_to_where_one_was(browse, services):
    site = browse("rooms")
    page = await site.log_in(services["rooms"].resident, next_path="/me/history")

    assert page.url.path == "/me/history"


async def test_nobody_is_sent_to_another_host(browse, services):
    site = browse("rooms")
    page = await site.log_in(services["rooms"].resident, next_path="//evil.example/")

    assert page.url.host == services["rooms"].host


@pytest.mark.parametrize("login_id", ["00040675", "99999999"])
async def test_a_wrong_password_and_an_unknown_id_read_alike(login_id, browse):
    site = browse("rooms")
    await site.get("/login")
    page = await site.post("/login", login_id=login_id, password="wrong password", next="/")

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert f'value="{login_id}"' in page.text
    assert "wrong password" not in page.text


@pytest.mark.fact("MG-067")
async def test_leading_noughts_may_be_left_out(browse, services):
    person = services["rooms"].resident
    site = browse("rooms")
    await site.get("/login")
    await site.post("/login", login_id=person.login_id.lstrip("0"), password=person.password, next="/me")

    assert person.name in site.html


async def test_the_session_s_cookie_is_out_of_reach_of_scripts(browse, services):
    site = browse("rooms")
    await site.get("/login")
    person = services["rooms"].resident
    answer = await site.post("/login", follow=False, login_id=person.login_id, password=person.password, next="/")

    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.fact("KC-009")
async def test_the_session_can_be_extended_and_says_when_it_is_over(browse, services):
    site = browse("halls")
    assert (await site.get("/session/extend")).status_code == 401
    await site.log_in(services["halls"].resident)
    assert 'data-idle-seconds="' in site.html

    assert (await site.get("/session/extend")).status_code == 204


async def test_login_fields_let_password_managers_work(browse):
    page = await browse("sports").get("/login")

    assert 'autocomplete="username"' in page.text
    assert 'autocomplete="current-password"' in page.text
