"""An OpenID provider of this machine, with invented people: for tests and for the demo; ``oidc_server`` serves it.

It is as strict as a national one: authorization code alone, PKCE with S256, ``private_key_jwt`` whose ``jti`` counts once,
codes that are used once, ES256, and a ``sub`` that differs by client. ``fault`` makes it answer wrongly in one respect.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from yoyaku.testing.serving import Answer

CLIENT: Final = "yoyaku"
RETURN_PATH: Final = "/identity/return"
CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 300
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FAULTS: Final = (
    "state", "nonce", "iss", "aud", "azp", "exp", "iat", "alg_none", "alg_hs256", "alg_rs256", "signature", "kid",
    "userinfo_sub", "error", "denied", "token_500", "token_text", "token_invalid_grant", "userinfo_500", "certs_500",
    "hang", "endless", "redirect",
)  # fmt: skip
PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "sakura": {"name": "高橋　さくら", "birthdate": "19850315", "address": "見本県青葉市中央1丁目2番3号"},
    "taro": {"name": "見本　太郎", "birthdate": "1978-06-16", "address": {"formatted": "見本県\n白波市港町4番"}},
    "hanako": {
        "name": "髙﨑　花子",
        "birthdate": "1985-03-03",
        "address": {"region": "見本県", "locality": "青葉市", "street_address": "東町5番"},
    },
}


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a code stands for."""

    redirect_uri: str
    nonce: str
    challenge: str
    person: str
    ends: float


class Refused(Exception):
    """An OAuth error."""

    def __init__(self, code: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        """Name the error."""
        self.code, self.status = code, status
        super().__init__(code)


@dataclass(kw_only=True)
class OidcProvider:
    """The provider's mind: clients, codes, tokens. ``people`` by the name that the consent page shows to choose from."""

    issuer: str = ""
    people: dict[str, Mapping[str, Any]] = field(default_factory=lambda: dict(PEOPLE))
    fault: str | None = None
    client_key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", parameters={"kid": secrets.token_hex(4)}))
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _salt: str = field(default_factory=lambda: secrets.token_hex(8))

    def rotate_key(self) -> None:
        """Sign with a new key from now on."""
        self.key = ECKey.generate_key("P-256", parameters={"kid": secrets.token_hex(4)})

    def settings(self) -> dict[str, Any]:
        """The plugin's settings for this provider."""
        return {
            "issuer": self.issuer,
            "client_id": CLIENT,
            "client_key": "IDENTITY_CLIENT_KEY",
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/certs",
        }

    def answer(self, method: str, target: str, body: Mapping[str, str], bearer: str) -> Answer:
        """Answer a request."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(parts.path)
        try:
            return self._route(method, parts.path, query, body, bearer)
        except Refused as refused:
            return _json({"error": refused.code}, status=refused.status)

    def _route(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, str], bearer: str) -> Answer:
        if path == "/.well-known/openid-configuration":
            given = self.settings()
            told = {name: value for name, value in given.items() if name.endswith(("_endpoint", "_uri", "issuer"))}
            return _json(told)
        if path == "/certs":
            self._fail_if("certs_500")
            return _json({"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "ES256"}]})
        if path == "/auth" and method == "GET":
            return self._consent(query)
        if path == "/auth":
            return self._decide(body)
        if path == "/token" and method == "POST":
            return self._token(body)
        if path == "/userinfo":
            return self._userinfo(bearer)
        raise Refused("not_found", HTTPStatus.NOT_FOUND)

    def _consent(self, query: Mapping[str, str]) -> Answer:
        self._check_request(query)
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        buttons = "".join(
            f'<p><button name="person" value="{html.escape(code)}">{html.escape(str(told["name"]))}</button></p>'
            for code, told in self.people.items()
        )
        text = (
            '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>本人確認（デモ）/ Identity (demo)</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
            "<h1>本人確認（デモ）/ Identity (demo)</h1><p>どなたですか。架空の方々です。 / Who are you? All are invented.</p>"
            f'<form method="post" action="/auth">{hidden}{buttons}'
            '<p><button name="person" value="">やめる / Stop</button></p></form></main></body></html>'
        )
        return Answer(body=text.encode(), media_type="text/html; charset=utf-8")

    def _decide(self, form: Mapping[str, str]) -> Answer:
        self._check_request(form)
        state = "forged" if self.fault == "state" else form["state"]
        person = form.get("person", "")
        if self.fault == "error":
            return self._back(form, {"error": "server_error", "state": state})
        if not person or self.fault == "denied":
            return self._back(form, {"error": "access_denied", "state": state})
        if person not in self.people:
            raise Refused("invalid_request")
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(
            redirect_uri=form["redirect_uri"],
            nonce=form["nonce"],
            challenge=form["code_challenge"],
            person=person,
            ends=time.monotonic() + CODE_SECONDS,
        )
        return self._back(form, {"code": code, "state": state})

    def _back(self, form: Mapping[str, str], told: Mapping[str, str]) -> Answer:
        return Answer(status=HTTPStatus.SEE_OTHER, location=f"{form['redirect_uri']}?{urlencode(told)}")

    def _check_request(self, asked: Mapping[str, str]) -> None:
        back = urlsplit(asked.get("redirect_uri", ""))
        local = back.hostname is not None and (back.hostname == "localhost" or back.hostname.endswith(".localhost"))
        right = (
            asked.get("client_id") == CLIENT
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
            and all(asked.get(name) for name in ("state", "nonce", "code_challenge"))
        )
        if not (local and back.path.endswith(RETURN_PATH) and right):
            raise Refused("invalid_request")

    def _token(self, form: Mapping[str, str]) -> Answer:
        if self.fault == "hang":
            time.sleep(3)
        self._fail_if("token_500")
        if self.fault == "token_text":
            return Answer(body=b"<html>maintenance</html>", media_type="text/html")
        if self.fault == "endless":
            return Answer(body=b" " * 5_000_000)
        if self.fault == "redirect":
            return Answer(status=HTTPStatus.FOUND, location="http://elsewhere.localhost/")
        self._check_client(form)
        grant = self._codes.pop(form.get("code", ""), None)
        verifier = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fits = grant is not None and (
            grant.redirect_uri == form.get("redirect_uri")
            and grant.challenge == verifier.rstrip(b"=").decode()
            and grant.ends > time.monotonic()
        )
        if grant is None or not fits or self.fault == "token_invalid_grant":
            raise Refused("invalid_grant")
        access, subject = secrets.token_urlsafe(24), self._subject(grant.person)
        self._tokens[access] = (grant.person, subject)
        id_token = self._id_token({"sub": subject, "nonce": grant.nonce})
        return _json({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    def _check_client(self, form: Mapping[str, str]) -> None:
        if form.get("grant_type") != "authorization_code" or form.get("client_assertion_type") != ASSERTION_TYPE:
            raise Refused("invalid_request")
        try:
            claims = jwt.decode(form.get("client_assertion", ""), self.client_key, algorithms=["ES256"]).claims
        except (JoseError, ValueError) as error:
            raise Refused("invalid_client", HTTPStatus.UNAUTHORIZED) from error
        jti = str(claims.get("jti", ""))
        is_client = claims.get("iss") == claims.get("sub") == form.get("client_id") == CLIENT
        is_fresh = bool(jti) and jti not in self._seen and claims.get("exp", 0) > time.time()
        if not is_client or not is_fresh or claims.get("aud") != f"{self.issuer}/token":
            raise Refused("invalid_client", HTTPStatus.UNAUTHORIZED)
        self._seen.add(jti)

    def _id_token(self, told: Mapping[str, Any]) -> str:
        now, wrong = int(time.time()), self.fault
        claims = {
            **told,
            "iss": "https://forged.example" if wrong == "iss" else self.issuer,
            "aud": "another-client" if wrong == "aud" else CLIENT,
            "exp": now - 3600 if wrong == "exp" else now + TOKEN_SECONDS,
            "iat": now - 86_400 if wrong == "iat" else now,
        }
        if wrong == "nonce":
            claims["nonce"] = "forged"
        if wrong == "azp":
            claims |= {"aud": [CLIENT, "another-client"], "azp": "another-client"}
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        wrong, key_id = self.fault, str(self.key.kid)
        if wrong == "alg_none":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if wrong == "alg_hs256":  # signed with the public key as if it were a shared secret
            signed = f"{_part({'alg': 'HS256', 'kid': key_id})}.{_part(claims)}"
            mac = hmac.new(self.key.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        if wrong == "alg_rs256":
            return jwt.encode({"alg": "RS256", "kid": key_id}, claims, RSAKey.generate_key(2048), algorithms=["RS256"])
        key = ECKey.generate_key("P-256") if wrong == "signature" else self.key
        header = {"alg": "ES256", "kid": "unknown" if wrong == "kid" else key_id}
        return jwt.encode(header, claims, key, algorithms=["ES256"])

    def _userinfo(self, bearer: str) -> Answer:
        self._fail_if("userinfo_500")
        if bearer not in self._tokens:
            raise Refused("invalid_token", HTTPStatus.UNAUTHORIZED)
        person, subject = self._tokens[bearer]
        return _json({**self.people[person], "sub": "somebody-else" if self.fault == "userinfo_sub" else subject})

    def _subject(self, person: str) -> str:
        return hmac.new(self._salt.encode(), f"{CLIENT}:{person}".encode(), hashlib.sha256).hexdigest()

    def _fail_if(self, fault: str) -> None:
        if self.fault == fault:
            raise Refused("server_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def _part(told: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def _json(told: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> Answer:
    return Answer(status=status, body=json.dumps(told, ensure_ascii=False).encode())
