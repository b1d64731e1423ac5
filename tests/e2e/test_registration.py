"""From the first page to a verified account, on all four services, as the people and clerks of each city do it."""

import re

import pytest
from tests.e2e.journey import Journey
from tests.e2e.registering import (
    fill,
    log_in,
    picture,
    send_file,
    set_password,
    sign_up,
    sign_up_and_in,
    verify_mail,
)

pytestmark = pytest.mark.browser


def can_book(page):
    """Whether what is ticked in the first free row goes into the cart."""
    page.goto("/search?from=2027-02-19")
    page.locator("main tbody a.button").first.click()
    page.wait_for_selector("main input[name=slot]")
    if not page.locator("main input[name=slot]:checked").count():
        page.locator("main input[name=slot]").first.check()
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    return page.locator("main a.button-large").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.fact("KS-024", "KS-025", "KS-031", "KS-027")
def test_sports_provisional_registration_verified_mail_and_a_picture(scripts, visit, services, post, desk):
    page = visit("sports", phone=True, scripts=scripts)
    journey = Journey(page, services["sports"], label="register-sports", scripts=scripts)
    login_id, mail = ("Aoi2027", "aoi@example.jp") if scripts else ("Midori2027", "midori@example.jp")
    name = "髙﨑　葵" if scripts else "𠮷田　緑"

    sign_up(
        journey,
        "individual",
        mail,
        login={"login_id": login_id, "password": "kaeru7hashi"},
        name=name,
        kana="たかさき あおい" if scripts else "よしだ みどり",
        birth_date="1990-04-01",
        postcode="８６０－０８０８",
        address="熊本市中央区手取本町1番1号",
        phone="０９６－３２８－２７２７",
    )
    assert page.locator("main .big-number").inner_text().strip() == login_id
    verify_mail(journey, post.link_to(mail, "/mail/verify"))

    log_in(page, login_id, "kaeru7hashi")
    page.goto("/account/identity")
    journey.stop("checks")
    send_file(journey, "document", picture(kind="JPEG"))
    page.wait_for_selector("main .tag-warn")
    journey.stop("sent")
    page.goto("/account")
    assert "まだ予約はできません" in page.locator("main").inner_text()

    desk("sports").review(name, papers={"identity": "driving_licence"}, see_file=True)
    assert "本登録" in post.last_to(mail, subject="本登録").text
    page.goto("/account")
    assert "まだ予約はできません" not in page.locator("main").inner_text()
    journey.stop("registered")
    assert can_book(page)

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("KS-024")
def test_sports_with_a_card_one_comes_back_from_the_provider_registered(visit, services, post):
    page = visit("sports", phone=True)
    journey = Journey(page, services["sports"], label="register-card")
    sign_up_and_in(
        journey,
        "individual",
        "sakura@aoba.example",
        post,
        login={"login_id": "Sakura2027", "password": "kaeru7hashi"},
        name="高橋　さくら",
        kana="たかはし　さくら",
        birth_date="1985-03-15",
        postcode="860-0808",
        address="熊本市中央区手取本町1番1号",
        phone="096-328-2727",
    )
    page.wait_for_selector("header :text('高橋　さくら')")

    go_to_provider(journey)
    page.get_by_role("button", name="やめる").click()
    page.wait_for_selector("#error-summary")
    journey.stop("stopped")
    go_to_provider(journey)
    page.get_by_role("button", name="高橋　さくら").click()
    page.wait_for_selector("main .notice-good, .flash")
    journey.stop("came-back")
    page.goto("/account")
    assert "まだ予約はできません" not in page.locator("main").inner_text()
    assert can_book(page)

    assert not journey.faults, "\n".join(journey.faults)


def go_to_provider(journey):
    """From the list of checks by the step's own page to where one is asked who one is."""
    page = journey.page
    page.goto("/account/identity")
    page.locator("main a[href$='/account/identity/my_number']").click()
    page.wait_for_selector("main a[href$='/my_number/go']")
    journey.stop("my-number")
    page.locator("main a[href$='/my_number/go']").click()
    page.wait_for_url(re.compile(r"^http://127\.0\.0\.1:\d+/auth\?"))


@pytest.mark.fact("ML-T9", "ML-057", "ML-060", "ML-061", "ML-067")
def test_lodging_worker_registers_and_replaces_the_birth_date_by_an_own_password(visit, services, post, desk):
    page = visit("lodging", phone=True)
    journey = Journey(page, services["lodging"], label="register-lodging")
    mail = "touroku@minato.example"

    sign_up(
        journey,
        "worker",
        mail,
        kana="ﾐﾅﾄ ｻﾌﾞﾛｳ",
        name="港 三郎",
        phone="090-0000-0000",
        postcode="100-0014",
        address="東京都千代田区永田町1丁目",
        birth_date="19780616",
        work_name="港株式会社",
        work_address="東京都港区芝公園1丁目5番25号",
        work_phone="03-0000-0000",
    )
    number = page.locator("main .big-number").inner_text().strip()
    assert len(number) == 6
    assert number.isdigit()

    log_in(page, number, "19780616")
    page.wait_for_selector("main .notice")
    journey.stop("own-password-first")
    assert "ログアウト" not in page.content()
    assert post.last_to(mail, holding="/password/set").subject.startswith("港区区民保養施設予約システムからのお知らせ")
    set_password(journey, post.link_to(mail, "/password/set"), "hotaru5hako")
    log_in(page, number, "hotaru5hako")
    page.wait_for_selector("header :text('港　三郎 様')")
    journey.stop("logged-in")
    attach_proof(journey)

    page.goto("/account/identity/card")
    journey.stop("card")
    fill(page, code=desk("lodging").print_letter("港　三郎"))
    page.locator("main form .button-large").click()
    page.wait_for_selector(".notice-good")
    page.goto("/account")
    assert "利用者登録証の到着後" in page.locator("main").inner_text()
    journey.stop("with-card")

    assert not journey.faults, "\n".join(journey.faults)


def attach_proof(journey):
    """What will not do is refused at the field; then the picture is taken."""
    page = journey.page
    pdf = {"name": "proof.png", "mimeType": "image/png", "buffer": b"%PDF-1.7\n" + b"0" * 2000}
    big = {"name": "proof.png", "mimeType": "image/png", "buffer": picture()["buffer"] + b"0" * 10_100_000}
    for wrong in (None, pdf, big, [picture(), picture()]):
        send_file(journey, "proof_of_work", wrong)
        assert page.locator("#file[aria-invalid=true]").count() == 1
    journey.stop("file-refused")
    send_file(journey, "proof_of_work", picture())
    page.wait_for_selector("main .tag-warn")
    journey.stop("proof-sent")


@pytest.mark.fact("MG-066", "MG-067", "MG-T8")
def test_rooms_registers_by_a_number_and_logs_in_without_its_leading_zeros(visit, services, post, desk):
    page = visit("rooms", phone=True)
    journey = Journey(page, services["rooms"], label="register-rooms")
    mail = "shoji@yokohama.example"

    sign_up(
        journey,
        "group",
        mail,
        login={"password": "suisei3umi"},
        name="横浜みなと商事株式会社",
        kana="ヨコハマミナトショウジ",
        representative="横浜 港",
        representative_kana="よこはま みなと",
        birth_date="昭和45年1月1日",
        postcode="231-0005",
        address="神奈川県横浜市中区本町6丁目50番地の10",
        phone="045-671-2121",
    )
    number = page.locator("main .big-number").inner_text().strip()
    assert len(number) == 8
    verify_mail(journey, post.link_to(mail, "/mail/verify"))
    log_in(page, number.lstrip("0"), "suisei3umi")
    page.wait_for_selector("header :text('横浜みなと商事株式会社')")
    journey.stop("logged-in")
    desk("rooms").receive("横浜みなと商事株式会社", papers={"identity": "driving_licence"})
    page.goto("/account")
    assert "（登録）有効期限" in page.locator("main").inner_text()
    journey.stop("registered")
    assert can_book(page)

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("KC-002", "KC-050", "KC-051", "KC-052", "KC-055")
def test_halls_a_clerk_registers_a_group_that_verifies_its_mail_and_then_books(visit, services, post, desk):
    page = visit("halls", phone=True)
    journey = Journey(page, services["halls"], label="register-halls")
    mail = "hagi@example.jp"
    answers = {
        "name": "短歌の会はぎ",
        "kana": "タンカノカイハギ",
        "representative": "萩野　露",
        "representative_kana": "ハギノ　ツユ",
        "residency": "resident",
        "birth_date": "1960-03-03",
        "postcode": "860-0808",
        "address": "熊本市中央区手取本町1番1号",
        "phone": "096-328-2736",
        "email": mail,
        "email_again": mail,
    }
    login_id, code = desk("halls").register("group", papers={"identity": "driving_licence"}, **answers)

    page.goto("/register")
    journey.stop("register")
    page.goto("/password/code")
    fill(page, login_id=login_id, code=code, password="hagi3nohana", password_again="hagi3nohana")
    journey.stop("code")
    page.locator("main form .button-large").click()
    page.wait_for_selector(".notice-good")
    log_in(page, login_id, "hagi3nohana")
    page.wait_for_selector("header :text('短歌の会はぎ')")
    page.goto("/account")
    assert "未認証メール" in page.locator("main").inner_text()

    letter = post.last_to(mail, holding="/mail/verify?token=")
    assert letter.subject == "メール認証通知（熊本市公民館施設予約）"
    assert "24時間以内" in letter.text
    assert "利用する公民館へ" in letter.text
    verify_mail(journey, post.link_to(mail, "/mail/verify"))
    page.goto("/account")
    assert "未認証メール" not in page.locator("main").inner_text()
    journey.stop("verified")
    assert can_book(page)

    assert not journey.faults, "\n".join(journey.faults)
