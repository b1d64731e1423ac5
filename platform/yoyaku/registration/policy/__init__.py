"""Decisions on people and their accounts: facts in, a decision or a refusal out; no clock, no database."""

from yoyaku.registration.policy.login import (
    CodeWrong,
    CurrentPasswordWrong,
    LoginFailed,
    LoginIdMalformed,
    LoginIdTaken,
    PasswordToBeSet,
    StageMayNotLogIn,
    check_login_id,
    login_key,
    mask_mail,
)
from yoyaku.registration.policy.passwords import (
    NewPasswordRefused,
    PasswordPatternRefused,
    PasswordTooWeak,
    check_city_password,
    check_new_password,
    check_password,
    find_password_faults,
)
from yoyaku.registration.policy.roles import COUNTER_CLERK, RoleMissing, require_role
from yoyaku.registration.policy.sessions import (
    SessionLimits,
    SessionTimes,
    new_session_times,
    session_is_alive,
    touched,
)
from yoyaku.registration.policy.throttle import TooManyAttempts

__all__ = [
    "COUNTER_CLERK",
    "CodeWrong",
    "CurrentPasswordWrong",
    "LoginFailed",
    "LoginIdMalformed",
    "LoginIdTaken",
    "NewPasswordRefused",
    "PasswordPatternRefused",
    "PasswordToBeSet",
    "PasswordTooWeak",
    "RoleMissing",
    "SessionLimits",
    "SessionTimes",
    "StageMayNotLogIn",
    "TooManyAttempts",
    "check_city_password",
    "check_login_id",
    "check_new_password",
    "check_password",
    "find_password_faults",
    "login_key",
    "mask_mail",
    "new_session_times",
    "require_role",
    "session_is_alive",
    "touched",
]
