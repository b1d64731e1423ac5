from dataclasses import replace
from datetime import timedelta

import pytest

from yoyaku.extension.identity import AnswerRefused, TryAgain, TypedCode, Verified
from yoyaku.testing.identity_contract import IdentityPluginContract, applicant, context_with
from yoyaku_identity_postcard import PostcardSettings, plugin
from yoyaku_identity_postcard.plugin import ALPHABET


class TestContract(IdentityPluginContract):
    plugin = plugin
    settings = {"letters": 12, "valid_days": 30}  # noqa: RUF012  # read only


@pytest.fixture
def context():
    return context_with(PostcardSettings())


async def type_code(context, kept, code):
    return await plugin.receive(context, kept=kept, answer=TypedCode(code=code))


async def test_the_code_has_no_sign_that_looks_like_another(context):
    begun = await plugin.begin(context)

    assert len(begun.step.letter.code) == 12
    assert not set("01OI") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert [len(group) for group in begun.step.letter.shown.split("-")] == [4, 4, 4]


@pytest.mark.fact("ML-036")
async def test_the_card_is_there_after_three_working_days(context):
    assert (await plugin.begin(context)).step.days_to_arrive == 3


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', '　')} "]
)
async def test_the_code_is_taken_in_any_case_and_grouping(context, typed):
    begun = await plugin.begin(context)

    assert isinstance(await type_code(context, begun.kept, typed(begun.step.letter.shown)), Verified)


async def test_the_code_is_taken_in_full_width(context):
    begun = await plugin.begin(context)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in begun.step.letter.shown)

    outcome = await type_code(context, begun.kept, wide)
    assert outcome.claims.address == context.applicant.address


async def test_wrong_codes_are_counted_and_stop_at_ten_in_a_day(context):
    begun = await plugin.begin(context)
    kept = begun.kept
    for left in range(9, -1, -1):
        outcome = await type_code(context, kept, "AAAA-AAAA-AAAA")
        assert isinstance(outcome, TryAgain)
        assert outcome.facts == {"left": left}
        kept = outcome.kept

    with pytest.raises(AnswerRefused) as refused:
        await type_code(context, kept, begun.step.letter.shown)
    assert refused.value.variant == "too_many_codes"

    tomorrow = replace(context, now=context.now + timedelta(hours=24))
    assert isinstance(await type_code(tomorrow, kept, begun.step.letter.shown), Verified)


async def test_the_code_ends(context):
    begun = await plugin.begin(context)
    later = replace(context, now=context.now + timedelta(days=60))

    with pytest.raises(AnswerRefused) as refused:
        await type_code(later, begun.kept, begun.step.letter.shown)
    assert refused.value.variant == "code_expired"


async def test_nothing_typed_is_not_counted(context):
    begun = await plugin.begin(context)
    with pytest.raises(AnswerRefused) as refused:
        await type_code(context, begun.kept, " - ")
    assert refused.value.variant == "code_empty"


@pytest.mark.parametrize("missing", ["address", "postcode"])
async def test_no_letter_goes_to_nowhere(context, missing):
    with pytest.raises(AnswerRefused) as refused:
        await plugin.begin(replace(context, applicant=applicant(**{missing: " "})))
    assert refused.value.variant == "no_address"
