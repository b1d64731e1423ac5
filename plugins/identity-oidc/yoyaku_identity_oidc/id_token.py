"""The ID token: signed by the provider, for this client, now, and for what was begun here (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from yoyaku.extension.identity import AnswerRefused
from yoyaku_identity_oidc.provider import ALGORITHM
from yoyaku_identity_oidc.settings import OidcSettings

LONGEST_SUBJECT: Final = 255
OLDEST_SECONDS: Final = 600


def key_id_of(token: str) -> str | None:
    """By which key the token says that it is signed; looked at before anything is trusted.

    Raises:
        AnswerRefused: it is no such token, or signed by an algorithm that is not agreed (``none`` among them).
    """
    head = token.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise AnswerRefused(reason="not_trusted", check="form") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM or "crit" in header:
        raise AnswerRefused(reason="not_trusted", check="alg")
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None


def verified_claims(token: str, *, key: ECKey, settings: OidcSettings, nonce: str, now: int) -> Mapping[str, Any]:
    """The claims of a token of which everything is right. ``now`` in seconds.

    Raises:
        AnswerRefused: ``not_trusted``; ``check`` says what was not right.
    """
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError) as error:
        raise AnswerRefused(reason="not_trusted", check="signature") from error
    for check, is_right in _checks(claims, settings=settings, nonce=nonce, now=now).items():
        if not is_right:
            raise AnswerRefused(reason="not_trusted", check=check)
    return claims


def _checks(claims: Mapping[str, Any], *, settings: OidcSettings, nonce: str, now: int) -> dict[str, bool]:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party, subject, skew = claims.get("azp"), claims.get("sub"), settings.clock_skew_seconds
    exp, iat, nbf = _seconds(claims.get("exp")), _seconds(claims.get("iat")), _seconds(claims.get("nbf", now))
    return {
        "iss": claims.get("iss") == settings.issuer,
        "aud": settings.client_id in audiences,
        "azp": party == settings.client_id or (party is None and len(audiences) == 1),
        "exp": exp is not None and now < exp + skew,
        "iat": iat is not None and now - OLDEST_SECONDS - skew <= iat <= now + skew,
        "nbf": nbf is not None and nbf <= now + skew,
        "nonce": isinstance(claims.get("nonce"), str) and _same(claims["nonce"], nonce),
        "sub": isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT,
        "acr": not settings.acr_accepted or claims.get("acr") in settings.acr_accepted,
    }


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
