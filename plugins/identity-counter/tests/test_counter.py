from dataclasses import replace

import pytest

from yoyaku.extension.identity import AnswerRefused, ClerkSaw, PaperAsked, Rejected, Verified
from yoyaku.testing.identity_contract import IdentityPluginContract, context_with
from yoyaku_identity_counter import CounterSettings, plugin

IDENTITY = PaperAsked(
    code="identity",
    name={"ja": "本人確認書類", "en": "Proof of identity"},
    kinds=frozenset({"licence", "insurance", "my_number_card", "employee_id", "student_id", "other"}),
)
MANDATE = PaperAsked(code="mandate", name={"ja": "委任状", "en": "Letter of attorney"})
CONSENT = PaperAsked(code="guardian_consent", name={"ja": "親権者同意書", "en": "Consent of a parent"})
FLYER = PaperAsked(code="flyer", name="活動のちらし", required=False)


class TestContract(IdentityPluginContract):
    plugin = plugin
    papers = (IDENTITY,)
    right = ClerkSaw(approved=True, papers={"identity": "licence"})


def asked(*papers, **settings):
    return context_with(CounterSettings(**settings), papers=papers)


async def decide(context, **saw):
    return await plugin.receive(context, kept={}, answer=ClerkSaw(**{"approved": True, "papers": {}, **saw}))


@pytest.mark.fact("KS-032")
@pytest.mark.parametrize("kind", sorted(IDENTITY.kinds))
async def test_any_one_of_the_documents_is_enough(kind):
    outcome = await decide(asked(IDENTITY), papers={"identity": kind})

    assert isinstance(outcome, Verified)
    assert outcome.evidence["papers"] == {"identity": kind}
    assert (outcome.claims.name, outcome.claims.address) == ("髙橋　さくら", None)


async def test_without_the_paper_nothing_is_approved():
    with pytest.raises(AnswerRefused) as refused:
        await decide(asked(IDENTITY))

    assert refused.value.variant == "paper_missing"
    assert refused.value.facts["paper"] == IDENTITY.name


async def test_a_kind_that_the_rules_do_not_know_is_refused():
    with pytest.raises(AnswerRefused) as refused:
        await decide(asked(IDENTITY), papers={"identity": "business_card"})

    assert refused.value.variant == "paper_unknown"


@pytest.mark.fact("KS-033")
async def test_a_proxy_brings_a_letter_of_attorney_too():
    papers = {"identity": "licence"}
    with pytest.raises(AnswerRefused):
        await decide(asked(IDENTITY, MANDATE), papers=papers, by_proxy=True)

    outcome = await decide(asked(IDENTITY, MANDATE), papers={**papers, "mandate": "seen"}, by_proxy=True)
    assert outcome.evidence["by_proxy"] is True


@pytest.mark.fact("KS-034")
async def test_a_minor_brings_the_consent_of_a_parent_and_no_letter_of_attorney():
    papers = {"identity": "student_id"}
    with pytest.raises(AnswerRefused):
        await decide(asked(IDENTITY, CONSENT), papers=papers)

    assert isinstance(await decide(asked(IDENTITY, CONSENT), papers={**papers, "guardian_consent": "seen"}), Verified)


async def test_a_paper_that_is_not_required_may_be_missing():
    assert isinstance(await decide(asked(FLYER)), Verified)


async def test_a_no_says_why():
    with pytest.raises(AnswerRefused) as refused:
        await decide(asked(), approved=False)
    outcome = await decide(asked(), approved=False, note="有効期限が切れています ")

    assert refused.value.variant == "why_missing"
    assert outcome == Rejected(code="at_counter", facts={"why": "有効期限が切れています"})


async def test_an_address_is_established_where_the_settings_say_that_papers_show_it():
    outcome = await decide(asked(confirms=("address", "kana")))

    assert outcome.claims.address == "見本県青葉町中央1丁目2番3号"
    assert outcome.claims.kana == "タカハシ　サクラ"
    assert outcome.claims.birth_date is None


async def test_a_note_can_be_asked_for_with_every_yes():
    with pytest.raises(AnswerRefused):
        await decide(asked(note_required=True))
    assert isinstance(await decide(replace(asked(note_required=True)), note="免許証"), Verified)
