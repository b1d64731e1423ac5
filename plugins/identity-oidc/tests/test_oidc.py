import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from yoyaku.extension.identity import AnswerRefused, AwaitReview, CameBack, ClerkSaw, ProviderFailed, Rejected, Verified
from yoyaku.testing.identity_contract import IdentityPluginContract, context_with
from yoyaku.testing.oidc_provider import OidcProvider
from yoyaku.testing.oidc_server import RunningProvider
from yoyaku_identity_oidc import OidcSettings, plugin
from yoyaku_identity_oidc.plugin import challenge_of
from yoyaku_identity_oidc.provider import client_key

ENDPOINTS = {
    "issuer": "https://id.example.jp",
    "authorization_endpoint": "https://id.example.jp/auth",
    "token_endpoint": "https://id.example.jp/token",
    "jwks_uri": "https://id.example.jp/certs",
    "client_id": "yoyaku",
    "client_key": "IDENTITY_CLIENT_KEY",
}


@pytest.fixture
def provider():
    with RunningProvider(OidcProvider()) as running:
        yield running.provider


@pytest.fixture
def context(provider):
    return told_by(provider)


def told_by(provider, **settings):
    serial = iter(range(10_000))
    return context_with(
        msgspec.convert({**provider.settings(), "timeout_seconds": 1, **settings}, OidcSettings),
        now=datetime.now(tz=UTC),
        secret=lambda _variable: json.dumps(provider.client_key.as_dict(private=True)),
        new_secret=lambda letters, _alphabet: f"{next(serial):0{letters}d}",
    )


async def consent(begun, person="sakura"):
    """What the person's browser brings back after choosing who they are."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.step.url).query).items()}
    address = begun.step.url.split("?")[0]
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(begun.step.url)
        assert page.status_code == 200, page.text
        answer = await browser.post(address, data={**query, "person": person})
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["location"])
    return CameBack(parameters={name: values[0] for name, values in parse_qs(back.query).items()})


async def go_through(context, person="sakura"):
    begun = await plugin.begin(context)
    return await plugin.receive(context, kept=begun.kept, answer=await consent(begun, person))


class TestContract(IdentityPluginContract):
    plugin = plugin
    settings = ENDPOINTS

    @pytest.fixture
    def context(self, provider):
        return told_by(provider)

    @pytest.fixture
    def right_answer(self):
        return consent


async def test_t_j2_who_comes_back_is_who_the_provider_says_always_by_the_same_sub(context, provider):
    first, second = await go_through(context), await go_through(context)

    assert isinstance(first, Verified)
    assert (first.claims.issuer, first.claims.subject) == (provider.issuer, second.claims.subject)
    assert first.claims.birth_date == date(1985, 3, 15)
    assert first.claims.address == "見本県青葉市中央1丁目2番3号"


async def test_t_j4_a_variant_of_a_character_is_the_same_name(context):
    outcome = await go_through(context)

    assert context.applicant.name == "髙橋　さくら"
    assert outcome.claims.name == "高橋　さくら"
    assert isinstance(outcome, Verified)


async def test_somebody_else_than_was_typed_is_for_a_clerk_to_decide(context):
    outcome = await go_through(context, "taro")

    assert isinstance(outcome, AwaitReview)
    assert outcome.evidence == {"differs": ["name", "birth_date"]}
    assert outcome.claims.address == "見本県白波市港町4番"


async def test_the_clerk_says_why(context):
    with pytest.raises(AnswerRefused):
        await plugin.receive(context, kept={}, answer=ClerkSaw(approved=True, papers={}))
    no = await plugin.receive(context, kept={}, answer=ClerkSaw(approved=False, papers={}, note="別の方です"))
    yes = await plugin.receive(context, kept={}, answer=ClerkSaw(approved=True, papers={}, note="改姓を確認"))

    assert no == Rejected(code="by_provider", facts={"why": "別の方です"})
    assert isinstance(yes, Verified)


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("nonce", "nonce"),
        ("iss", "iss"),
        ("aud", "aud"),
        ("azp", "azp"),
        ("exp", "exp"),
        ("iat", "iat"),
        ("alg_none", "alg"),
        ("alg_hs256", "alg"),
        ("alg_rs256", "alg"),
        ("signature", "signature"),
        ("kid", "kid"),
        ("userinfo_sub", "userinfo_sub"),
    ],
)
async def test_t_j1_a_token_that_is_wrong_in_one_respect_is_refused(context, provider, fault, check):
    provider.fault = fault
    with pytest.raises(AnswerRefused) as refused:
        await go_through(context)

    assert (refused.value.variant, refused.value.facts["check"]) == ("not_trusted", check)


async def test_t_j1_another_state_is_refused(context, provider):
    provider.fault = "state"
    with pytest.raises(AnswerRefused) as refused:
        await go_through(context)

    assert refused.value.variant == "return_unknown"
    assert "/token" not in provider.asked


async def test_who_stops_there_is_told_that_nothing_has_changed(context):
    with pytest.raises(AnswerRefused) as refused:
        await go_through(context, "")

    assert refused.value.variant == "denied"


@pytest.mark.parametrize(
    "fault",
    ["error", "token_500", "token_text", "userinfo_500", "certs_500", "hang", "endless", "redirect"],
)
async def test_a_provider_that_fails_is_said_to_have_failed(context, provider, fault):
    provider.fault = fault
    with pytest.raises(ProviderFailed):
        await go_through(context)


async def test_a_code_is_good_once(context):
    begun = await plugin.begin(context)
    back = await consent(begun)
    await plugin.receive(context, kept=begun.kept, answer=back)
    with pytest.raises(AnswerRefused) as refused:
        await plugin.receive(context, kept=begun.kept, answer=back)

    assert refused.value.variant == "return_used"


async def test_a_code_is_good_only_with_its_verifier(context):
    begun = await plugin.begin(context)
    back = await consent(begun)
    with pytest.raises(AnswerRefused) as refused:
        await plugin.receive(context, kept={**begun.kept, "verifier": "0" * 43}, answer=back)

    assert refused.value.variant == "return_used"


async def test_an_assertion_that_is_sent_again_is_refused(provider):
    context = replace(told_by(provider), new_secret=lambda letters, _alphabet: "x" * letters)
    await go_through(context)
    with pytest.raises(ProviderFailed):
        await go_through(context)


async def test_coming_back_too_late_is_refused(context):
    begun = await plugin.begin(context)
    late = replace(context, now=context.now + timedelta(minutes=31))
    with pytest.raises(AnswerRefused) as refused:
        await plugin.receive(late, kept=begun.kept, answer=await consent(begun))

    assert refused.value.variant == "return_late"


async def test_another_issuer_in_the_return_is_refused(context):
    begun = await plugin.begin(context)
    back = await consent(begun)
    with pytest.raises(AnswerRefused):
        await plugin.receive(
            context, kept=begun.kept, answer=CameBack(parameters={**back.parameters, "iss": "https://other.example"})
        )


async def test_a_new_key_of_the_provider_is_found(context, provider):
    await go_through(context)
    asked = provider.asked.count("/certs")
    await go_through(context)
    assert provider.asked.count("/certs") == asked

    provider.rotate_key()
    assert isinstance(await go_through(context), Verified)


async def test_endpoints_can_be_discovered(provider):
    given = {name: provider.settings()[name] for name in ("issuer", "client_id", "client_key")}
    settings = msgspec.convert({**given, "discovery": True}, OidcSettings)
    context = replace(told_by(provider), settings=settings)

    assert isinstance(await go_through(context), Verified)


async def test_no_host_is_talked_to_but_those_of_the_settings(provider):
    context = told_by(provider, jwks_uri="https://keys.example.jp/certs")
    settings = msgspec.structs.replace(
        context.settings, token_endpoint="http://127.0.0.1:9/token", issuer="https://a.jp"
    )
    begun = await plugin.begin(replace(context, settings=settings))
    back = CameBack(parameters={"state": begun.kept["state"], "code": "x"})
    with pytest.raises(ProviderFailed):
        await plugin.receive(replace(context, settings=settings), kept=begun.kept, answer=back)


async def test_the_level_of_the_card_can_be_asked_for(provider):
    context = told_by(provider, acr_values="aal3 crl", acr_accepted=["aal3"])
    begun = await plugin.begin(context)
    assert parse_qs(urlsplit(begun.step.url).query)["acr_values"] == ["aal3 crl"]

    with pytest.raises(AnswerRefused) as refused:
        await plugin.receive(context, kept=begun.kept, answer=await consent(begun))
    assert refused.value.facts["check"] == "acr"


def test_the_challenge_is_that_of_the_standard():
    # RFC 7636, appendix B
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize("text", ["", "{}", "not a key", '{"kty": "oct", "k": "AAAA"}'])
def test_a_secret_that_is_no_key_is_said_so(text):
    with pytest.raises(ProviderFailed):
        client_key(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint": None},
        {"issuer": "http://id.example.jp"},
        {"client_key": "not a name"},
        {"client_id": ""},
        {"individual_number": True},
    ],
)
def test_settings_that_could_not_work_are_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**ENDPOINTS, **wrong}, OidcSettings)
