"""From the first page to a verified account, on all four services, as the people and clerks of each city do it."""

import pytest
from tests.e2e.journey import Journey
from tests.e2e.registering import apply, begin, fill, verify_mail

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
    verify_mail(journey, post.link_to(mail, "メール認証通知"))

    assert not journey.faults, "\n".join(journey.faults)
