"""Which checks of identity are for whom, which papers they ask for, and what a verified address says."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_for_search
from yoyaku.registration.terms import AddressResidency, IdentityStep, Paper, RegistrationTerms, Residency
from yoyaku.rules.condition import Facts, matches


class AlreadyRegistered(YoyakuError):
    """The person whom the provider names has a registration of this service already; nothing was changed."""

    code = "already_registered"
    title = "You are registered already."


class CheckClosed(YoyakuError):
    """The check is over or was never begun (``step``): its page tells what is open now."""

    code = "identity_check_closed"
    title = "This check is not open."


class StepUnknown(YoyakuError):
    """The rules have no such check for this person now (``step``)."""

    status = 404
    code = "identity_step_unknown"
    title = "There is no such check for you."


class ReturnUnknown(YoyakuError):
    """Somebody came back from a provider, and nothing that was begun in this browser waits for them."""

    status = 409
    code = "identity_return_unknown"
    title = "This does not belong to a check that you have begun here."


def steps_for(terms: RegistrationTerms, facts: Facts) -> list[IdentityStep]:
    """The checks that are for somebody with these facts at their stage, in the order of the rules."""
    stage = facts.get("registration")
    return [step for step in terms.identity if stage in step.at_stages and matches(step.when, facts)]


def step_of(terms: RegistrationTerms, code: str, facts: Facts) -> IdentityStep:
    """One of :func:`steps_for`.

    Raises:
        StepUnknown: it is not among them.
    """
    for step in steps_for(terms, facts):
        if step.code == code:
            return step
    raise StepUnknown(step=code)


def papers_for(terms: RegistrationTerms, step: IdentityStep, facts: Facts) -> list[Paper]:
    """The papers of a check that are asked of somebody with these facts (``age``, ``by_proxy`` among them)."""
    return [paper for paper in terms.papers if paper.code in step.papers and matches(paper.when, facts)]


def residency_of(address: str, terms: AddressResidency | None) -> Residency | None:
    """The residency that a verified address gives; ``None`` where the rules draw none from it.

    Addresses are compared without spaces, in one width and in the common form of each character.
    """
    if terms is None:
        return None
    folded = fold_for_search(address)
    within = any(folded.startswith(fold_for_search(beginning)) for beginning in terms.begins_with)
    return terms.residency if within else terms.otherwise
