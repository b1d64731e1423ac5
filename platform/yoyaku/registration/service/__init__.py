"""Who may use a service and who is using it now: accounts and sessions."""

from yoyaku.registration.service.accounts import (
    NOT_REGISTERED,
    CreatedLogin,
    Credentials,
    NewRegistrant,
    account_exists,
    add_registrant,
    add_walk_in,
    create_account,
    create_login,
    create_staff,
    find_registrants,
    get_registrant,
)
from yoyaku.registration.service.attempts import Throttle
from yoyaku.registration.service.logging_in import Gate, LoginAttempt, log_in
from yoyaku.registration.service.sessions import (
    NewSession,
    Origin,
    SessionView,
    begin_session,
    end_session,
    end_sessions,
    log_out,
    open_sessions,
    person_facts,
    resolve_session,
)

__all__ = [
    "NOT_REGISTERED",
    "CreatedLogin",
    "Credentials",
    "Gate",
    "LoginAttempt",
    "NewRegistrant",
    "NewSession",
    "Origin",
    "SessionView",
    "Throttle",
    "account_exists",
    "add_registrant",
    "add_walk_in",
    "begin_session",
    "create_account",
    "create_login",
    "create_staff",
    "end_session",
    "end_sessions",
    "find_registrants",
    "get_registrant",
    "log_in",
    "log_out",
    "open_sessions",
    "person_facts",
    "resolve_session",
]
