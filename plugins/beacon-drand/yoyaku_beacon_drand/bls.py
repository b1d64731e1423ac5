"""Signatures of drand: BLS over BLS12-381, signatures on G1, keys on G2 (RFC 9380; scheme bls-unchained-g1-rfc9380)."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from typing import Final

_USUAL_DEPTH: Final = sys.getrecursionlimit()

from py_ecc.bls.g2_primitives import subgroup_check  # noqa: E402
from py_ecc.bls.hash_to_curve import hash_to_G1  # noqa: E402
from py_ecc.bls.point_compression import decompress_G1, decompress_G2  # noqa: E402
from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import G2, is_inf, neg  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing  # noqa: E402

sys.setrecursionlimit(_USUAL_DEPTH)
"""py_ecc lets the whole process recurse a hundred times deeper, until hostile JSON overflows the real stack."""

DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
HALF_BITS: Final = 384
SIGNATURE_BYTES: Final = 48


def message_of(number: int) -> bytes:
    """What is signed in a round."""
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


@lru_cache(maxsize=256)
def is_signed(*, public_key: bytes, number: int, signature: bytes) -> bool:
    """Whether this is the network's signature of that round; anything malformed is not.

    Answers are kept: lotteries that close together wait for one round, and a check takes a quarter of a second.
    """
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        z = int.from_bytes(public_key, "big")
        key = decompress_G2((z >> HALF_BITS, z & ((1 << HALF_BITS) - 1)))  # type: ignore[arg-type]
        signed = decompress_G1(int.from_bytes(signature, "big"))  # type: ignore[arg-type]
    except (ValueError, AssertionError):
        return False
    if is_inf(signed) or is_inf(key) or not subgroup_check(signed) or not subgroup_check(key):
        return False
    hashed = hash_to_G1(message_of(number), DOMAIN, hashlib.sha256)  # type: ignore[arg-type]
    left = pairing(key, hashed, final_exponentiate=False)
    right = pairing(neg(G2), signed, final_exponentiate=False)
    return bool(final_exponentiate(left * right) == FQ12.one())
