"""A drand network of one node, faithful to the public ones: rounds, BLS signatures, the paths of their HTTP interface.

It signs any round up to its own clock, or every round where it has none (a demo whose clock is moved). ``fault`` makes it
answer as a broken or dishonest relay would. For the demo: ``python -m yoyaku.testing.drand FOLDER PORT``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from yoyaku.testing.serving import Answer, Asked, Served, serve_until_stopped

_USUAL_DEPTH: Final = sys.getrecursionlimit()

from py_ecc.bls.hash_to_curve import hash_to_G1  # noqa: E402
from py_ecc.bls.point_compression import compress_G1, compress_G2  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import G2, curve_order, multiply  # noqa: E402

sys.setrecursionlimit(_USUAL_DEPTH)
"""py_ecc lets the whole process recurse a hundred times deeper, until hostile JSON overflows the real stack."""

DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
PROFILE: Final = "beacon-drand.{name}.yaml"
Fault = Literal["down", "not_json", "forged", "other_round", "too_long", "odd"]


@dataclass(kw_only=True)
class DrandNetwork:
    """The network's secret and how it answers. ``clock`` is what holds future rounds back (``None``: nothing)."""

    secret: int = field(default_factory=lambda: secrets.randbelow(curve_order - 1) + 1, repr=False)
    genesis_time: int = 1_600_000_000
    period_seconds: int = 30
    clock: Callable[[], datetime] | None = None
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def public_key(self) -> str:
        """The key of the network, compressed, in hex."""
        first, second = compress_G2(multiply(G2, self.secret))
        return (int(first).to_bytes(48, "big") + int(second).to_bytes(48, "big")).hex()

    @property
    def chain(self) -> str:
        """The name of the network."""
        return hashlib.sha256(self.public_key.encode()).hexdigest()

    def settings(self, *relays: str) -> dict[str, Any]:
        """What a profile says of this network, asked at these addresses."""
        return {
            "relays": list(relays),
            "chain": self.chain,
            "public_key": self.public_key,
            "genesis_time": self.genesis_time,
            "period_seconds": self.period_seconds,
        }

    def signature(self, number: int) -> bytes:
        """The network's signature of a round."""
        return _signature(self.secret, number)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body for the path of a request."""
        self.asked.append(path)
        if self.fault == "down":
            return 503, b"no"
        parts = path.strip("/").split("/")
        if parts == [self.chain, "info"]:
            return 200, json.dumps({**self.settings(), "period": self.period_seconds, "hash": self.chain}).encode()
        match parts:
            case [self.chain, "public", number] if number.isdecimal() and int(number) >= 1:
                return self._round(int(number))
        return 404, b"{}"

    def _round(self, number: int) -> tuple[int, bytes]:
        made_at = self.genesis_time + (number - 1) * self.period_seconds
        if self.clock is not None and self.clock().timestamp() < made_at:
            return 425, b'{"error": "requested round is in the future"}'
        if self.fault == "not_json":
            return 200, b"<html>"
        if self.fault == "odd":
            return 200, b'["round"]'
        if self.fault == "too_long":
            return 200, b" " * 20_000
        signed = self.signature(number + (self.fault == "forged"))
        told = {
            "round": number + (self.fault == "other_round"),
            "randomness": hashlib.sha256(signed).hexdigest(),
            "signature": signed.hex(),
        }
        return 200, json.dumps(told).encode()


@lru_cache(maxsize=256)
def _signature(secret: int, number: int) -> bytes:
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    hashed = hash_to_G1(message, DOMAIN, hashlib.sha256)  # type: ignore[arg-type]
    point = multiply(hashed, secret)
    return int(compress_G1(point)).to_bytes(48, "big")


class RunningDrand(Served):
    """The network behind a port of this machine, as long as the ``with`` lasts."""

    def __init__(self, network: DrandNetwork, *, port: int = 0) -> None:
        """Listen."""
        self.network = network
        super().__init__(self._answer, port=port)

    def _answer(self, asked: Asked) -> Answer:
        status, body = self.network.answer(asked.path)
        return Answer(status=status, body=body)


def write_profile(folder: Path, network: DrandNetwork, *relays: str, name: str) -> Path:
    """The operator's settings file for this network, in a folder of profiles."""
    path = folder / PROFILE.format(name=name)
    lines = [f"{key}: {json.dumps(value)}" for key, value in network.settings(*relays).items()]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def main(folder: Path, port: int) -> None:
    """Serve until asked to stop; the network's secret is kept in FOLDER."""
    network = DrandNetwork(secret=int((folder / "drand-secret").read_text(encoding="ascii")))
    serve_until_stopped(RunningDrand(network, port=port))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
