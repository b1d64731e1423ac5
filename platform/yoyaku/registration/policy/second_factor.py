"""The second factor: codes that change every half minute (RFC 6238), and recovery codes; what is refused about them."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import pyotp

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.ids import Key
from yoyaku.kernel.text import fold_width
from yoyaku.registration.policy.throttle import (
    AT_MOST_FROM_ONE_ADDRESS,
    AT_MOST_FROM_ONE_PREFIX,
    Source,
    Sources,
    places_of,
)

Level = Literal["full", "second_factor", "enrol"]
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
"""How many steps a telephone's clock may be early or late."""
TRIES_OF_ONE_SESSION: Final = 10
PENDING_LASTS: Final = timedelta(minutes=10)
"""How long one has to enter a code; shorter than the window of the tries, so that they are all there are."""
TRIES_FROM_UNKNOWN_DEVICES: Final = 20
TRIES_FROM_A_KNOWN_DEVICE: Final = 10
RECOVERY_CODES: Final = 10
RECOVERY_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that are taken for another when read from paper."""
RECOVERY_LENGTH: Final = 12
_DIGITS: Final = re.compile(r"[0-9]{6}")
_RECOVERY: Final = re.compile(f"[{RECOVERY_LETTERS}]{{{RECOVERY_LENGTH}}}")
_BETWEEN: Final = re.compile(r"[\s\-‐‑–—―ー−]+")


class SecondFactorWrong(YoyakuError):
    """Not a code of now, or used already: one sentence for both."""

    status = 422
    code = "second_factor_wrong"
    title = "The code is not right, or was used already."


class SecondFactorOver(YoyakuError):
    """The log-in waited too long for its code, or nothing waits: it begins again with the password."""

    status = 401
    code = "second_factor_over"
    title = "There is no log-in that waits for a code."


class SecondFactorRequired(YoyakuError):
    """Staff cannot do without."""

    status = 409
    code = "second_factor_required"
    title = "Staff always log in in two steps."


class SecondFactorNotOffered(YoyakuError):
    """The service's rules offer none to residents."""

    status = 404
    code = "second_factor_not_offered"
    title = "This service has no log-in in two steps."


@dataclass(frozen=True, kw_only=True)
class TypedCode:
    """What was typed, in one spelling: six digits, a recovery code, or neither."""

    digits: str | None = None
    recovery: str | None = None


def read_code(typed: str) -> TypedCode:
    """Any width, any case, with or without spaces and hyphens."""
    text = _BETWEEN.sub("", fold_width(typed)).lower()
    if _DIGITS.fullmatch(text):
        return TypedCode(digits=text)
    return TypedCode(recovery=text if _RECOVERY.fullmatch(text) else None)


def matching_step(secret: str, digits: str, *, real_now: datetime, last_step: int) -> int | None:
    """The step whose code this is, among those around now that come after ``last_step``; a step is used once."""
    now, found = step_of(real_now), None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step), digits) and step > last_step:
            found = step
    return found


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).generate_otp(step)


def step_of(real_now: datetime) -> int:
    """How many half minutes have passed since 1970."""
    return int(real_now.timestamp()) // STEP_SECONDS


def group_letters(text: str, size: int = 4) -> str:
    """A secret or code as it is read aloud: in groups."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def sources_of_code(*, address: str, account_id: Key, session_id: Key, typed: TypedCode, device: str | None) -> Sources:
    """What one entry of a code is counted against.

    Whoever has the password may begin sessions at will, each with ten tries: so six digits from unknown devices have
    one small budget for the account, whatever addresses they come from. Nobody is locked out by that: a device that has
    logged in before has its own budget, and recovery codes, which cannot be guessed, count only where they come from.
    """
    near, around = places_of(address)
    every = [
        Source(parts=("code", "address", near), at_most=AT_MOST_FROM_ONE_ADDRESS),
        Source(parts=("code", "prefix", around), at_most=AT_MOST_FROM_ONE_PREFIX),
    ]
    account = str(account_id)
    if device is not None:
        every = [Source(parts=("code", "device", device, account), at_most=TRIES_FROM_A_KNOWN_DEVICE)]
    elif typed.recovery is None:
        every.append(Source(parts=("code", "account", account), at_most=TRIES_FROM_UNKNOWN_DEVICES))
    return Sources(
        aimed=Source(parts=("code", "session", str(session_id)), at_most=TRIES_OF_ONE_SESSION), every=tuple(every)
    )
