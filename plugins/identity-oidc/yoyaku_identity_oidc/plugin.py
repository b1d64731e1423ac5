"""The plugin: leave for the provider, come back with a code, and be who the provider says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from msgspec import Struct

from yoyaku.extension.identity import (
    CONTRACT,
    Answer,
    AnswerRefused,
    AwaitReview,
    Begun,
    CameBack,
    CheckContext,
    ClerkSaw,
    GoTo,
    NextStep,
    Outcome,
    ProviderFailed,
    Rejected,
    Verified,
)
from yoyaku_identity_oidc.claims import differences, read_claims
from yoyaku_identity_oidc.id_token import key_id_of, verified_claims
from yoyaku_identity_oidc.provider import URL_SAFE, Json, Provider
from yoyaku_identity_oidc.settings import OidcSettings

SECRET_LETTERS: Final = 43
"""43 of 64 signs are 258 bits; the least that PKCE allows (RFC 7636, 4.1)."""
LONGEST_CODE: Final = 4000


class OidcPlugin:
    """Authorization code, PKCE (S256), state, nonce and private_key_jwt; ES256 alone."""

    name: ClassVar[str] = "identity-oidc"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = OidcSettings
    begins_with: ClassVar[type[NextStep]] = GoTo

    async def begin(self, context: CheckContext) -> Begun:
        """Send the person to the provider; what they come back with must fit what is kept.

        Raises:
            ProviderFailed: its endpoints could not be discovered.
        """
        provider = _provider(context)
        settings, endpoints = provider.settings, await provider.endpoints()
        state, nonce, verifier = (context.new_secret(SECRET_LETTERS, URL_SAFE) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": context.return_url,
            "scope": " ".join(settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if settings.acr_values is not None:
            asked["acr_values"] = settings.acr_values
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "begun_at": context.now.isoformat()}
        return Begun(step=GoTo(url=f"{endpoints.authorization}?{urlencode(asked)}"), kept=kept)

    async def receive(self, context: CheckContext, *, kept: Mapping[str, Any], answer: Answer) -> Outcome:
        """Exchange the code, verify the ID token, and read who it is; a clerk decides where that differs.

        Raises:
            AnswerRefused: ``foreign``, ``return_unknown``, ``return_late``, ``return_used``, ``denied``, ``not_trusted``,
                ``why_missing``.
            ProviderFailed, SecretMissing: nothing is known of the person yet.
        """
        if isinstance(answer, ClerkSaw):
            return _decided(answer)
        if not isinstance(answer, CameBack):
            raise AnswerRefused(reason="foreign")
        code = _code_of(context, kept, answer.parameters)
        provider = _provider(context)
        told = await _ask(provider, code=code, kept=kept)
        settings = provider.settings
        claims = read_claims(told, names=settings.claims, issuer=settings.issuer, subject=str(told["sub"]))
        differs = differences(claims, context.applicant, settings.compare)
        if differs:
            return AwaitReview(claims=claims, evidence={"differs": differs})
        return Verified(claims=claims, evidence={"compared": list(settings.compare)})


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _code_of(context: CheckContext, kept: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """The code, if the person came back from what was begun here, in time."""
    settings: OidcSettings = context.settings
    state = str(kept.get("state", ""))
    if not state or not hmac.compare_digest(parameters.get("state", "").encode(), state.encode()):
        raise AnswerRefused(reason="return_unknown")
    if parameters.get("iss", settings.issuer) != settings.issuer:  # RFC 9207
        raise AnswerRefused(reason="not_trusted", check="iss")
    begun_at = datetime.fromisoformat(str(kept["begun_at"]))
    if context.now > begun_at + timedelta(minutes=settings.longest_minutes):
        raise AnswerRefused(reason="return_late")
    error = parameters.get("error")
    if error == "access_denied":
        raise AnswerRefused(reason="denied")
    if error is not None:
        raise ProviderFailed(reason="error")
    code = parameters.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise AnswerRefused(reason="return_unknown")
    return code


async def _ask(provider: Provider, *, code: str, kept: Mapping[str, Any]) -> Json:
    """What the ID token and the provider's answer about the person say together; both are about the same one."""
    context, endpoints = provider.context, await provider.endpoints()
    tokens = await provider.tokens(endpoints, code=code, verifier=str(kept["verifier"]))
    id_token: str = tokens["id_token"]
    told = verified_claims(
        id_token,
        key=await provider.key(endpoints.jwks, key_id_of(id_token)),
        settings=provider.settings,
        nonce=str(kept["nonce"]),
        now=int(context.now.timestamp()),
    )
    if endpoints.userinfo is None:
        return told
    access_token = tokens.get("access_token")
    if not isinstance(access_token, str):
        raise ProviderFailed(reason="token")
    more = await provider.userinfo(endpoints.userinfo, access_token)
    if more.get("sub") != told["sub"]:
        raise AnswerRefused(reason="not_trusted", check="userinfo_sub")
    return {**told, **more}


def _decided(saw: ClerkSaw) -> Outcome:
    note = saw.note.strip()
    if not note:
        raise AnswerRefused(reason="why_missing")
    if saw.approved:
        return Verified(evidence={"note": note})
    return Rejected(code="by_provider", facts={"why": note})


def _provider(context: CheckContext) -> Provider:
    return Provider(context=context, settings=context.settings)


plugin = OidcPlugin()
