"""The demo's beacon: a drand network of one node, which signs every round, since the demo's clock can be moved."""

from __future__ import annotations

import secrets
from pathlib import Path

from yoyaku.testing.drand import DrandNetwork, write_profile

PROFILE = "demo"
SECRET_BITS = 250


def prepare_beacon(folder: Path, *, profiles: Path, port: int) -> None:
    """Keep the network's secret in ``folder``, and write how it is reached into the folder of plugins' settings."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "drand-secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(str(secrets.randbits(SECRET_BITS) + 1), encoding="ascii")
    network = DrandNetwork(secret=int(path.read_text(encoding="ascii")))
    write_profile(profiles, network, f"http://127.0.0.1:{port}", name=PROFILE)
