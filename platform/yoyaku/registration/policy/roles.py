"""Who of the staff may do what. Whoever runs the platform is no member of staff: they have the command line only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, Protocol

from yoyaku.kernel.errors import NotAllowed

COUNTER_CLERK: Final = "counter_clerk"


class Permission(StrEnum):
    """What a member of staff may do."""

    BOOKINGS = "bookings"
    """See and act on bookings of their facilities."""
    PEOPLE = "people"
    """Find people and see who they are."""
    REGISTER = "register"
    """Change registrations, renew them, enter them for others."""
    REVIEW = "review"
    """Decide checks of identity."""
    CODES = "codes"
    """Issue one-time codes for passwords."""
    DELETE = "delete"
    """End a registration on request."""
    LETTERS = "letters"
    """Print cards and letters."""
    STAFF = "staff"
    """Say who is staff, with which roles."""
    LOG = "log"
    """Read the record of acts."""
    LOTTERIES = "lotteries"
    """See lotteries: how far they are, how many entered, what was done to them."""
    RUN_LOTTERIES = "run_lotteries"
    """Take back what was done to a lottery, publish its value, rehearse another."""
    LOTTERY_FILES = "lottery_files"
    """Read a lottery's files before its results are announced."""
    ENTER_LOTTERIES = "enter_lotteries"
    """Enter lotteries for others, and accept or give back what they won."""
    MANDATES = "mandates"
    """Enter and decide mandates to debit accounts."""
    ARREARS = "arrears"
    """See who is late, print their letters, let them in again; take back a step."""
    LEDGER = "ledger"
    """See the books: balances, movements, differences."""
    DEBITS = "debits"
    """Make files to the bank, read its answers."""
    TILL = "till"
    """Take cash and give it back, count a till."""
    MONEY = "money"
    """Decide about money that waits for a person."""
    RULES = "rules"
    """See the rules: versions, drafts, what they would change."""
    EDIT_RULES = "edit_rules"
    """Write rules, review what others wrote, publish what others reviewed."""
    CLOSURES = "closures"
    """Close facilities, or keep them for official use."""
    FACILITIES = "facilities"
    """Change what is lent: facilities, spaces, stock, hours."""
    SITE = "site"
    """Change how the site looks and speaks."""
    FIGURES = "figures"
    """See figures of use, lotteries and money."""
    OPERATIONS = "operations"
    """See whether everything runs, what is stuck, and mend it."""


ROLES: Final[Mapping[str, frozenset[Permission]]] = {
    COUNTER_CLERK: frozenset(
        {
            Permission.BOOKINGS,
            Permission.PEOPLE,
            Permission.REGISTER,
            Permission.REVIEW,
            Permission.CODES,
            Permission.DELETE,
            Permission.LETTERS,
            Permission.ENTER_LOTTERIES,
            Permission.MANDATES,
            Permission.ARREARS,
            Permission.TILL,
            Permission.MONEY,
            Permission.CLOSURES,
        }
    ),
    "facility_manager": frozenset(
        {
            Permission.BOOKINGS,
            Permission.PEOPLE,
            Permission.LOTTERIES,
            Permission.TILL,
            Permission.CLOSURES,
            Permission.FIGURES,
        }
    ),
    "tenant_admin": frozenset(
        {
            Permission.STAFF,
            Permission.LOG,
            Permission.LOTTERIES,
            Permission.RUN_LOTTERIES,
            Permission.LOTTERY_FILES,
            Permission.DEBITS,
            Permission.ARREARS,
            Permission.LEDGER,
            Permission.MONEY,
            Permission.RULES,
            Permission.EDIT_RULES,
            Permission.CLOSURES,
            Permission.FACILITIES,
            Permission.SITE,
            Permission.FIGURES,
            Permission.OPERATIONS,
        }
    ),
    "auditor": frozenset(
        {
            Permission.LEDGER,
            Permission.LOG,
            Permission.LOTTERIES,
            Permission.LOTTERY_FILES,
            Permission.RULES,
            Permission.FIGURES,
        }
    ),
}


OF_SERVICE: Final = frozenset(
    {
        Permission.STAFF,
        Permission.LOG,
        Permission.LEDGER,
        Permission.DEBITS,
        Permission.ARREARS,
        Permission.EDIT_RULES,
        Permission.RUN_LOTTERIES,
        Permission.SITE,
        Permission.OPERATIONS,
    }
)
"""What concerns every facility of a service at once: not for whoever works for some of them only."""


class FacilitiesOnly(NotAllowed):
    """The account works for some facilities only, and this concerns all."""

    code = "facilities_only"
    title = "Your account works for some facilities only; this concerns all of them."


class RoleMissing(NotAllowed):
    """The account has not the role that this needs (``role``)."""

    code = "role_missing"
    title = "Your account may not do this."


class OfStaff(Protocol):
    """Whoever is logged in, as far as permission goes."""

    @property
    def staff_id(self) -> object:
        """Which member of staff, where it is one."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """Their roles."""
        ...

    @property
    def facilities(self) -> frozenset[str]:
        """The facilities that they work for; none: all."""
        ...


def permissions_of(roles: Collection[str], facilities: Collection[str] = ()) -> frozenset[Permission]:
    """Everything that these roles allow to who works for these facilities (none: all); an unknown role allows nothing."""
    found = frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in roles))
    return found - OF_SERVICE if facilities else found


def require_permission(session: OfStaff | None, permission: Permission) -> None:
    """Let pass the staff who may do this.

    Raises:
        RoleMissing: nobody of the staff is logged in, or none of their roles allows it.
        FacilitiesOnly: it concerns all facilities, and they work for some.
    """
    if session is None or session.staff_id is None or permission not in permissions_of(session.roles):
        raise RoleMissing(role=next(role for role, allowed in ROLES.items() if permission in allowed))
    if session.facilities and permission in OF_SERVICE:
        raise FacilitiesOnly


def require_role(roles: Collection[str], role: str) -> None:
    """Let pass who has the role.

    Raises:
        RoleMissing: the account has it not.
    """
    if role not in roles:
        raise RoleMissing(role=role)
