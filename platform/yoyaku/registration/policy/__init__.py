"""Decisions on people and their accounts: facts in, a decision or a refusal out; no clock, no database."""

from yoyaku.registration.policy.login import (
    LoginFailed,
    LoginIdMalformed,
    LoginIdTaken,
    TooManyAttempts,
    check_login_id,
    login_key,
)
from yoyaku.registration.policy.passwords import PasswordTooWeak, check_password
from yoyaku.registration.policy.roles import COUNTER_CLERK, RoleMissing, require_role
from yoyaku.registration.policy.sessions import (
    SessionLimits,
    SessionTimes,
    new_session_times,
    session_is_alive,
    touched,
)

__all__ = [
    "COUNTER_CLERK",
    "LoginFailed",
    "LoginIdMalformed",
    "LoginIdTaken",
    "PasswordTooWeak",
    "RoleMissing",
    "SessionLimits",
    "SessionTimes",
    "TooManyAttempts",
    "check_login_id",
    "check_password",
    "login_key",
    "new_session_times",
    "require_role",
    "session_is_alive",
    "touched",
]
