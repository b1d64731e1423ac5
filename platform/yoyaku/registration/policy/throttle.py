"""Whom wrong passwords slow down: whoever sends them, by where they come from; never the account they are aimed at.

``docs/decisions/0009``. A *source* is counted in windows of a quarter of an hour. An address is one of IPv4, or a /64 of
IPv6 (which is what one household or one rented machine is given); a prefix is the /24 or /48 around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from yoyaku.kernel.errors import YoyakuError

WINDOW: Final = timedelta(minutes=15)
AT_MOST_FOR_ONE_ID: Final = 10
AT_MOST_FROM_A_KNOWN_DEVICE: Final = 10
AT_MOST_IDS_FROM_ONE_ADDRESS: Final = 40
AT_MOST_FROM_ONE_ADDRESS: Final = 100
AT_MOST_FROM_ONE_PREFIX: Final = 1000
AT_MOST_INVITED_BY_ONE_GROUP: Final = 40


class TooManyAttempts(YoyakuError):
    """Too many wrong entries from one place; the account itself is never locked. ``retry_after_seconds`` says how long."""

    status = 429
    code = "too_many_attempts"
    title = "There were too many attempts. Please wait a little."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that attempts come from: its parts, which are hashed before they are kept, and its budget."""

    parts: tuple[str, ...]
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What one attempt is counted against: always ``every``, and ``first_of_id`` where it is the first for its id."""

    aimed: Source
    every: Sequence[Source] = ()
    first_of_id: Sequence[Source] = ()


def sources_of(*, address: str, aim: str, purpose: str = "login") -> Sources:
    """The sources of an attempt at ``aim`` (an id in its one spelling) from an address nobody is known at.

    Whoever tries many ids has a smaller budget of ids beside that of attempts. ``purpose`` keeps what is not a log-in
    (codes, links) apart.
    """
    near, around = places_of(address)
    return Sources(
        aimed=Source(parts=(purpose, "id", near, aim), at_most=AT_MOST_FOR_ONE_ID),
        every=(
            Source(parts=(purpose, "address", near), at_most=AT_MOST_FROM_ONE_ADDRESS),
            Source(parts=(purpose, "prefix", around), at_most=AT_MOST_FROM_ONE_PREFIX),
        ),
        first_of_id=(Source(parts=(purpose, "ids", near), at_most=AT_MOST_IDS_FROM_ONE_ADDRESS),),
    )


def sources_of_place(*, address: str, purpose: str) -> Sources:
    """The source of what anybody may ask for without saying who they are, by address alone."""
    near, around = places_of(address)
    return Sources(
        aimed=Source(parts=(purpose, "address", near), at_most=AT_MOST_FROM_ONE_ADDRESS),
        every=(Source(parts=(purpose, "prefix", around), at_most=AT_MOST_FROM_ONE_PREFIX),),
    )


def sources_of_inviting(*, group_id: str) -> Sources:
    """The source of invitations: each writes to somebody whom the group only names."""
    return Sources(aimed=Source(parts=("invite", group_id), at_most=AT_MOST_INVITED_BY_ONE_GROUP))


def sources_of_known_device(*, device: str, aim: str) -> Sources:
    """The source of an attempt from a device that has logged in to this account: a budget of its own, and no other."""
    return Sources(aimed=Source(parts=("device", device, aim), at_most=AT_MOST_FROM_A_KNOWN_DEVICE))


def places_of(address: str) -> tuple[str, str]:
    """An address as it is counted, and the prefix around it; what is no address of the internet stands for itself."""
    try:
        read = ip_address(address)
    except ValueError:
        return address, address
    if isinstance(read, IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    if isinstance(read, IPv4Address):
        return str(read), str(ip_network((read, 24), strict=False))
    return str(ip_network((int(read), 64), strict=False)), str(ip_network((int(read), 48), strict=False))


def network_of(address: str) -> str:
    """The network around an address, as the record of acts keeps it; empty for what is no address of the internet."""
    try:
        ip_address(address)
    except ValueError:
        return ""
    return places_of(address)[1]


def check_budget(source: Source, *, used: int, window_began_at: datetime, real_now: datetime) -> None:
    """Refuse the attempt that is the ``used``-th of its source in the window.

    Raises:
        TooManyAttempts: the budget is spent; with the seconds until the window ends.
    """
    if used > source.at_most:
        wait = window_began_at + WINDOW - real_now
        raise TooManyAttempts(retry_after_seconds=max(1, int(wait.total_seconds())))
