"""What a provider is told by: a settings file, and one secret of the environment."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

Url = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$", max_length=255)]
Compared = Literal["name", "birth_date"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ClaimNames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which claims the provider says what; a name in parts is put together with a wide space."""

    name: tuple[str, ...] = ("name",)
    kana: tuple[str, ...] = ()
    birth_date: str = "birthdate"
    address: str = "address"


class OidcSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One provider, and this client of it.

    Endpoints that are not given are asked of ``<issuer>/.well-known/openid-configuration`` where ``discovery``.
    ``client_key`` names the variable of the environment that holds the client's private key (EC P-256, as PEM or JWK),
    ``client_key_id`` is its ``kid``. ``acr_accepted``: the ID token's ``acr`` must be one of them. Where what is in
    ``compare`` differs from what the person typed, a clerk decides. ``hosts`` are further hosts that may be talked to;
    those of the issuer and of given endpoints always may. Plain http is for this machine alone.
    """

    issuer: Url
    client_id: Annotated[str, Meta(pattern="^[0-9A-Za-z._-]{1,255}$")]
    client_key: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]*$")]
    client_key_id: str | None = None
    discovery: bool = False
    authorization_endpoint: Url | None = None
    token_endpoint: Url | None = None
    userinfo_endpoint: Url | None = None
    jwks_uri: Url | None = None
    hosts: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "name", "birthdate", "address")
    acr_values: str | None = None
    acr_accepted: tuple[str, ...] = ()
    assertion_audience: Literal["token_endpoint", "issuer"] = "token_endpoint"
    claims: ClaimNames = ClaimNames()
    compare: tuple[Compared, ...] = ("name", "birth_date")
    timeout_seconds: Annotated[int, Meta(ge=1, le=10)] = 5
    clock_skew_seconds: Annotated[int, Meta(ge=0, le=300)] = 60
    longest_minutes: Annotated[int, Meta(ge=1, le=120)] = 30

    def __post_init__(self) -> None:
        """Refuse what could not work or would send secrets in clear."""
        endpoints = (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)
        if not self.discovery and None in endpoints:
            raise ValueError(
                "authorization_endpoint, token_endpoint and jwks_uri are needed where discovery is not true"
            )
        for url in (self.issuer, self.userinfo_endpoint, *endpoints):
            if url is not None and not is_safe(url):
                raise ValueError(f"{url}: http is for this machine alone; use https")

    @property
    def known_hosts(self) -> frozenset[str]:
        """The hosts that may be talked to, with their ports."""
        urls = (self.issuer, self.authorization_endpoint, self.token_endpoint, self.userinfo_endpoint, self.jwks_uri)
        return frozenset({*self.hosts, *(urlsplit(url).netloc for url in urls if url is not None)})


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK
