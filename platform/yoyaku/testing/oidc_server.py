"""The OpenID provider over real HTTP; for the demo: ``python -m yoyaku.testing.oidc_server FOLDER PORT``.

FOLDER holds ``client-key.json`` (the client's key) and ``people.json`` (name, birthdate and address by a short name).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import parse_qs

from joserfc.jwk import ECKey

from yoyaku.testing.oidc_provider import OidcProvider
from yoyaku.testing.serving import Answer, Asked, Served, serve_until_stopped


class RunningProvider(Served):
    """The provider behind a port of this machine, as long as the ``with`` lasts."""

    def __init__(self, provider: OidcProvider, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; the issuer's address is that of the port."""
        super().__init__(self._answer, port=port, host=host)
        self.provider = provider
        provider.issuer = provider.issuer or self.url

    def _answer(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body, keep_blank_values=True).items()}
        return self.provider.answer(asked.method, asked.path, form, asked.bearer)


def main(folder: Path, port: int) -> None:
    """Serve until asked to stop."""
    provider = OidcProvider(
        client_key=ECKey.import_key(json.loads((folder / "client-key.json").read_text(encoding="utf-8"))),
        people=json.loads((folder / "people.json").read_text(encoding="utf-8")),
    )
    serve_until_stopped(RunningProvider(provider, port=port))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
