"""Addresses by postcode, from the bundled table."""

import pytest

from yoyaku.registration.service.postcode import towns_of


@pytest.mark.fact("ML-048", "ML-063")
@pytest.mark.parametrize(
    ("postcode", "towns"),
    [
        ("１００－００１４", ["東京都千代田区永田町"]),
        ("1058511", ["東京都港区芝公園1丁目5-25"]),
        ("498-0000", ["愛知県弥富市", "三重県桑名郡木曽岬町"]),
        ("000-0000", []),
        ("not a postcode", []),
    ],
)
async def test_a_postcode_stands_for_its_towns(postcode, towns):
    assert await towns_of(postcode) == towns
