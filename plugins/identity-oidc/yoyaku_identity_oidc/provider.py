"""Talking to the provider: where its endpoints are, its keys, tokens for a code, and what it says of the person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from yoyaku.extension.identity import AnswerRefused, CheckContext, ProviderFailed
from yoyaku_identity_oidc.settings import OidcSettings, is_safe

ALGORITHM: Final = "ES256"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS: Final = 60
LARGEST_BYTES: Final = 200_000
KEPT_FOR: Final = timedelta(hours=1)
URL_SAFE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
Json = Mapping[str, Any]

_KEPT: dict[str, tuple[datetime, Json]] = {}
"""Discovery documents and key sets by address, with the instant when they were fetched."""


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the provider answers."""

    authorization: str
    token: str
    jwks: str
    userinfo: str | None


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider for one check."""

    context: CheckContext
    settings: OidcSettings

    async def endpoints(self) -> Endpoints:
        """Those of the settings; what they leave open is discovered.

        Raises:
            ProviderFailed: discovery did not work, or leads to a host that is not known.
        """
        given = self.settings
        found: Json = {}
        if given.discovery:
            found = await self._fetch_kept(f"{given.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != given.issuer:
                raise ProviderFailed(reason="issuer")
        userinfo = given.userinfo_endpoint or found.get("userinfo_endpoint")
        return Endpoints(
            authorization=self._known(given.authorization_endpoint or found.get("authorization_endpoint")),
            token=self._known(given.token_endpoint or found.get("token_endpoint")),
            jwks=self._known(given.jwks_uri or found.get("jwks_uri")),
            userinfo=None if userinfo is None else self._known(userinfo),
        )

    async def key(self, address: str, key_id: str | None) -> ECKey:
        """The provider's key of that id; one that is not known is looked for once more at the provider.

        Raises:
            AnswerRefused: there is none (``not_trusted``).
            ProviderFailed: its keys could not be read.
        """
        for fresh in (False, True):
            found = _key_in(await self._fetch_kept(address, fresh=fresh), key_id)
            if found is not None:
                return found
        raise AnswerRefused(reason="not_trusted", check="kid")

    async def tokens(self, endpoints: Endpoints, *, code: str, verifier: str) -> Json:
        """What the provider gives for a code.

        Raises:
            AnswerRefused: the code is over or was used (``return_used``).
            ProviderFailed: anything else.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.context.return_url,
            "client_id": self.settings.client_id,
            "code_verifier": verifier,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(endpoints),
        }
        status, answer = await self._ask("POST", endpoints.token, form=form)
        if status == httpx.codes.BAD_REQUEST and answer.get("error") == "invalid_grant":
            raise AnswerRefused(reason="return_used")
        if status != httpx.codes.OK or not isinstance(answer.get("id_token"), str):
            raise ProviderFailed(reason="token", status=status)
        return answer

    async def userinfo(self, address: str, access_token: str) -> Json:
        """What the provider says of the person.

        Raises:
            ProviderFailed: it said nothing.
        """
        status, answer = await self._ask("GET", address, bearer=access_token)
        if status != httpx.codes.OK:
            raise ProviderFailed(reason="userinfo", status=status)
        return answer

    def _assertion(self, endpoints: Endpoints) -> str:
        """Who asks, signed with the client's key (RFC 7523), good once and for a minute."""
        settings, now = self.settings, int(self.context.now.timestamp())
        key = client_key(self.context.secret(settings.client_key))
        header = {"alg": ALGORITHM, "typ": "JWT"}
        if settings.client_key_id is not None:
            header["kid"] = settings.client_key_id
        claims = {
            "iss": settings.client_id,
            "sub": settings.client_id,
            "aud": endpoints.token if settings.assertion_audience == "token_endpoint" else settings.issuer,
            "jti": self.context.new_secret(32, URL_SAFE),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    async def _fetch_kept(self, address: str, *, fresh: bool = False) -> Json:
        kept = _KEPT.get(address)
        if kept is not None and not fresh and timedelta(0) <= self.context.now - kept[0] < KEPT_FOR:
            return kept[1]
        status, answer = await self._ask("GET", address)
        if status != httpx.codes.OK:
            raise ProviderFailed(reason="metadata", status=status)
        _KEPT[address] = (self.context.now, answer)
        return answer

    async def _ask(
        self, method: str, address: str, *, form: Mapping[str, str] | None = None, bearer: str | None = None
    ) -> tuple[int, Json]:
        headers = {"accept": "application/json"}
        if bearer is not None:
            headers["authorization"] = f"Bearer {bearer}"
        # The operator's proxy is used but for this machine itself.
        client = httpx.AsyncClient(
            timeout=self.settings.timeout_seconds, follow_redirects=False, trust_env=address.startswith("https:")
        )
        try:
            async with client, client.stream(method, self._known(address), data=form, headers=headers) as response:
                content = b""
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST_BYTES:
                        raise ProviderFailed(reason="too_long")
                return response.status_code, _read_object(content)
        except httpx.HTTPError as error:
            raise ProviderFailed(reason=type(error).__name__) from error

    def _known(self, address: object) -> str:
        if not isinstance(address, str) or urlsplit(address).netloc not in self.settings.known_hosts:
            raise ProviderFailed(reason="host")
        if not is_safe(address):
            raise ProviderFailed(reason="plain_http")
        return address


def client_key(text: str) -> ECKey:
    """The client's private key, as JWK or PEM (line ends may be written as a backslash and n).

    Raises:
        ProviderFailed: it is none (``client_key``).
    """
    try:
        key = ECKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text.replace("\\n", "\n"))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed(reason="client_key") from error
    if not key.is_private or key.curve_name != "P-256":
        raise ProviderFailed(reason="client_key")
    return key


def _key_in(key_set: Json, key_id: str | None) -> ECKey | None:
    """The EC key for signatures of that id; without an id, the only one."""
    listed = key_set.get("keys")
    keys = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
    fitting = [
        key
        for key in keys
        if key.get("kty") == "EC" and key.get("crv") == "P-256" and key.get("use", "sig") == "sig"
        and key.get("alg", ALGORITHM) == ALGORITHM and (key_id is None or key.get("kid") == key_id)
    ]  # fmt: skip
    if len(fitting) != 1:
        return None
    try:
        return ECKey.import_key({name: fitting[0][name] for name in ("kty", "crv", "x", "y")})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed(reason="keys") from error


def _read_object(content: bytes) -> Json:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
