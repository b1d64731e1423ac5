"""From the first page to a verified account, on all four services, as the people and clerks of each city do it."""

import pytest
from tests.e2e.journey import Journey
from tests.e2e.registering import apply, begin, fill, log_in, picture, send_file, set_password, verify_mail

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.fact("KS-024", "KS-025", "KS-031", "KS-027")
def test_sports_provisional_registration_verified_mail_and_a_picture(scripts, visit, services, post):
    page = visit("sports", phone=True, scripts=scripts)
    journey = Journey(page, services["sports"], label="register-sports", scripts=scripts)
    login_id, mail = ("Aoi2027", "aoi@example.jp") if scripts else ("Midori2027", "midori@example.jp")

    begin(journey, "individual")
    fill(
        page,
        name="髙﨑　葵" if scripts else "𠮷田　緑",
        kana="たかさき あおい" if scripts else "よしだ みどり",
        birth_date="1990-04-01",
        postcode="８６０－０８０８",
        address="熊本市中央区手取本町1番1号",
        phone="０９６－３２８－２７２７",
        email=mail,
        email_again=mail,
    )
    apply(journey, login_id=login_id, password="kaeru7hashi")
    assert page.locator("main .big-number").inner_text().strip() == login_id
    verify_mail(journey, post.link_to(mail, "/mail/verify"))

    log_in(page, login_id, "kaeru7hashi")
    page.goto("/account/identity")
    journey.stop("checks")
    send_file(journey, "document", picture(kind="JPEG"))
    page.wait_for_selector("main .tag-warn")
    journey.stop("sent")

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("ML-048", "ML-057", "ML-060", "ML-061", "ML-067")
def test_lodging_worker_registers_and_replaces_the_birth_date_by_an_own_password(visit, services, post):
    page = visit("lodging", phone=True)
    journey = Journey(page, services["lodging"], label="register-lodging")
    mail = "touroku@minato.example"

    begin(journey, "worker")
    fill(
        page,
        kana="ﾐﾅﾄ ｻﾌﾞﾛｳ",
        name="港 三郎",
        phone="090-0000-0000",
        postcode="100-0014",
        address="東京都千代田区永田町1丁目",
        birth_date="19780616",
        email=mail,
        email_again=mail,
        work_name="港株式会社",
        work_address="東京都港区芝公園1丁目5番25号",
        work_phone="03-0000-0000",
    )
    apply(journey)
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

    assert not journey.faults, "\n".join(journey.faults)


def attach_proof(journey):
    """What will not do is refused at the field; then the picture is taken."""
    page = journey.page
    pdf = {"name": "proof.png", "mimeType": "image/png", "buffer": b"%PDF-1.7\n" + b"0" * 2000}
    big = {"name": "proof.png", "mimeType": "image/png", "buffer": picture()["buffer"] + b"0" * 10_100_000}
    for wrong in (None, pdf, big):
        send_file(journey, "proof_of_work", wrong)
        assert page.locator("#file[aria-invalid=true]").count() == 1
    journey.stop("file-refused")
    send_file(journey, "proof_of_work", picture())
    page.wait_for_selector("main .tag-warn")
    journey.stop("proof-sent")


@pytest.mark.fact("MG-066", "MG-067", "MG-T8")
def test_rooms_registers_by_a_number_and_logs_in_without_its_leading_zeros(visit, services, post):
    page = visit("rooms", phone=True)
    journey = Journey(page, services["rooms"], label="register-rooms")
    mail = "shoji@yokohama.example"

    begin(journey, "group")
    fill(
        page,
        name="横浜みなと商事株式会社",
        kana="ヨコハマミナトショウジ",
        representative="横浜 港",
        representative_kana="よこはま みなと",
        birth_date="昭和45年1月1日",
        postcode="231-0005",
        address="神奈川県横浜市中区本町6丁目50番地の10",
        phone="045-671-2121",
        email=mail,
        email_again=mail,
    )
    apply(journey, password="suisei3umi")
    number = page.locator("main .big-number").inner_text().strip()
    assert len(number) == 8
    verify_mail(journey, post.link_to(mail, "/mail/verify"))
    log_in(page, number.lstrip("0"), "suisei3umi")
    page.wait_for_selector("header :text('横浜みなと商事株式会社')")
    journey.stop("logged-in")

    assert not journey.faults, "\n".join(journey.faults)
