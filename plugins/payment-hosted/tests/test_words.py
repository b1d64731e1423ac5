"""What comes from the processor is said in words, in both languages."""

import pytest

from yoyaku.testing.processor.numbers import numbers_for
from yoyaku.ui.wording import default_wording
from yoyaku_payment_hosted.answers import REASONS


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_number_and_every_reason_has_its_words(language):
    words = default_wording(language)
    codes = {code for choice in ("convenience", "pay_easy") for code in numbers_for(choice)}
    reasons = {*REASONS, "declined", "choice", "refund", "partial_refund"}
    keys = {f"payment.number.{code}" for code in codes} | {f"payment.failed.{reason}" for reason in reasons}

    assert keys - set(words) == set()
