"""What a provider says of somebody, in the forms in which providers say it."""

from datetime import date

import msgspec
import pytest

from yoyaku.testing.identity_contract import applicant
from yoyaku_identity_oidc.claims import differences, read_address, read_birth_date, read_claims
from yoyaku_identity_oidc.settings import ClaimNames


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("19850315", date(1985, 3, 15)),
        ("1985-03-15", date(1985, 3, 15)),
        ("0000-03-15", None),
        ("1985-13-01", None),
        ("١٩٨٥٠٣١٥", None),
        (19850315, None),
        (None, None),
    ],
)
def test_a_birth_date_is_read_in_both_forms(told, read):
    assert read_birth_date(told) == read


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("見本県青葉市1番", "見本県青葉市1番"),
        ({"formatted": "見本県\n青葉市1番"}, "見本県青葉市1番"),
        (
            {"region": "見本県", "locality": "青葉市", "street_address": "1番", "postal_code": "1000000"},
            "見本県青葉市1番",
        ),
        ({"formatted": 5}, None),
        ("", None),
        (["x"], None),
    ],
)
def test_an_address_is_read_as_text_or_object(told, read):
    assert read_address(told) == read


def test_only_named_claims_are_taken_over():
    told = {"name": "見本　太郎", "individual_number": "123456789012", "gender": "1"}
    claims = read_claims(told, names=ClaimNames(), issuer="https://id.example.jp", subject="s")

    assert "123456789012" not in str(msgspec.to_builtins(claims))


def test_a_name_in_parts_is_put_together_and_kept_as_it_is():
    names = ClaimNames(name=("family_name", "given_name"))
    claims = read_claims({"family_name": "葛󠄀城", "given_name": "﨑子"}, names=names, issuer="i", subject="s")

    assert claims.name == "葛󠄀城　﨑子"
    assert differences(claims, applicant(name="葛城 崎子"), ["name"]) == []
