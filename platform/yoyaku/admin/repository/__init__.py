"""The record of acts, staff, finding people; and what waits for staff."""

from yoyaku.admin.repository.record import (
    AuditEntry,
    FoundPerson,
    StaffRow,
    add_entry,
    add_staff,
    born_on,
    change_staff,
    close_account,
    find_people,
    has_entry,
    keep_purpose,
    list_staff,
    lock_admins,
)

__all__ = [
    "AuditEntry",
    "FoundPerson",
    "StaffRow",
    "add_entry",
    "add_staff",
    "born_on",
    "change_staff",
    "close_account",
    "find_people",
    "has_entry",
    "keep_purpose",
    "list_staff",
    "lock_admins",
]
