"""The numbers that a payment company gives out stand on the page in words, to be typed in elsewhere."""

import pytest
from tests.company import payment_company
from tests.pages.lots import plain
from tests.pages.paying import begin, book

LABELS = {
    "convenience": ("受付番号", "確認番号"),
    "pay_easy": ("収納機関番号", "納付番号", "確認番号", "納付区分"),
}


@pytest.mark.fact("KS-079", "KS-080")
@pytest.mark.parametrize("choice", sorted(LABELS))
async def test_each_number_is_named_as_stores_and_banks_name_it(application, services, browse, choice):
    booking_id, yen = await book(application, services["sports"])
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    path, _ = await begin(site, booking_id, f"online/{choice}")
    payment = payment_company().processor.find(path.split("/")[-2])
    shown = plain(site.html)

    assert payment.amount == yen
    for told in ("この番号でお支払いください", f"{yen:,}円", *LABELS[choice], *payment.numbers.values()):
        assert told in shown
