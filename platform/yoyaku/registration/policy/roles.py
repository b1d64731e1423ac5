"""Who of the staff may do what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from yoyaku.kernel.errors import NotAllowed

COUNTER_CLERK: Final = "counter_clerk"


class RoleMissing(NotAllowed):
    """The account has not the role that this needs (``role``)."""

    code = "role_missing"
    title = "Your account may not do this."


def require_role(roles: Collection[str], role: str) -> None:
    """Let pass who has the role.

    Raises:
        RoleMissing: the account has it not.
    """
    if role not in roles:
        raise RoleMissing(role=role)
