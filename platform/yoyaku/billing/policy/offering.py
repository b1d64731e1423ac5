"""Through which channels residents pay online, and by which methods there."""

from __future__ import annotations

from yoyaku.billing.refusals import NotPaidHere
from yoyaku.billing.terms import PaymentMethod, PaymentTerms


def is_offered(method: PaymentMethod, channel: str | None) -> bool:
    """Whether residents who come through a channel may pay by this method (``None``: staff or a job works)."""
    return not method.channels or channel is None or channel in method.channels


def is_settled_here(terms: PaymentTerms, channel: str | None) -> bool:
    """Whether anything is paid or goes back online through a channel (MG-002: not at a terminal)."""
    return any(one.online and is_offered(one, channel) for one in terms.methods)


def check_settled_here(terms: PaymentTerms, channel: str | None) -> None:
    """Let pass a channel through which something is settled online, where anything is at all.

    Raises:
        NotPaidHere: of the online methods none is offered through it.
    """
    if any(one.online for one in terms.methods) and not is_settled_here(terms, channel):
        raise NotPaidHere(channel=channel)
