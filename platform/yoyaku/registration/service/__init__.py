"""Who may use a service and who is using it now: accounts and sessions."""

from yoyaku.registration.service.accounts import (
    NOT_REGISTERED,
    Credentials,
    NewRegistrant,
    account_exists,
    add_registrant,
    add_walk_in,
    create_account,
    create_staff,
    find_registrants,
    get_registrant,
)
from yoyaku.registration.service.sessions import (
    LoginAttempt,
    NewSession,
    SessionView,
    begin_session,
    log_in,
    log_out,
    person_facts,
    resolve_session,
)

__all__ = [
    "NOT_REGISTERED",
    "Credentials",
    "LoginAttempt",
    "NewRegistrant",
    "NewSession",
    "SessionView",
    "account_exists",
    "add_registrant",
    "add_walk_in",
    "begin_session",
    "create_account",
    "create_staff",
    "find_registrants",
    "get_registrant",
    "log_in",
    "log_out",
    "person_facts",
    "resolve_session",
]
