"""People, accounts and sessions of the service whose transaction this is."""

from yoyaku.registration.repository.accounts import (
    AccountRow,
    add_account,
    add_staff,
    change_password_hash,
    find_account,
)
from yoyaku.registration.repository.registrants import RegistrantRow, add_registrant, find_registrants, read_registrant
from yoyaku.registration.repository.sessions import (
    SessionRow,
    add_session,
    find_session,
    remove_session,
    remove_sessions_of,
    touch_session,
)

__all__ = [
    "AccountRow",
    "RegistrantRow",
    "SessionRow",
    "add_account",
    "add_registrant",
    "add_session",
    "add_staff",
    "change_password_hash",
    "find_account",
    "find_registrants",
    "find_session",
    "read_registrant",
    "remove_session",
    "remove_sessions_of",
    "touch_session",
]
