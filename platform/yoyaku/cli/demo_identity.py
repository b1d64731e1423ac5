"""The demo's OpenID provider: its client's key, its people, and the settings file by which rule sets name it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from yoyaku.cli.demo_sites import Site
from yoyaku.testing.oidc_provider import PEOPLE, OidcProvider

PROFILE = "identity-oidc.local.yaml"
KEY_VARIABLE = "IDENTITY_CLIENT_KEY"


def prepare_identity(folder: Path, *, port: int, sites: tuple[Site, ...]) -> dict[str, str]:
    """Write what the provider and the platform need of each other into ``folder``; returns the environment's part."""
    profiles = folder / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    settings = OidcProvider(issuer=f"http://127.0.0.1:{port}").settings()
    lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
    (profiles / PROFILE).write_text("\n".join([*lines, ""]), encoding="utf-8")
    people = {**_people(sites), **PEOPLE}
    (folder / "people.json").write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
    return {"PLUGIN_PROFILES": str(profiles), KEY_VARIABLE: _client_key(folder / "client-key.json")}


def _people(sites: tuple[Site, ...]) -> dict[str, dict[str, Any]]:
    """The demo's residents whose birth date is known: they have a card, and are who they say."""
    return {
        f"{site.tenant['en']}-{person.login_id}": {
            "name": person.name,
            "birthdate": str(person.birth_date),
            "address": person.address or "",
        }
        for site in sites
        for person in site.residents
        if person.birth_date is not None and person.kind == "individual"
    }


def _client_key(path: Path) -> str:
    """The client's key, made once, for its owner's eyes."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps(ECKey.generate_key("P-256").as_dict(private=True)), encoding="utf-8")
    return json.dumps(json.loads(path.read_text(encoding="utf-8")), separators=(",", ":"))
