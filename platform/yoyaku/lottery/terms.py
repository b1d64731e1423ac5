"""The section ``lottery`` of the rule language: what is drawn by lot, when, for whom, how, and what a win brings.

A *scheme* says it once; a *lottery* is one of its months. All moments of a scheme hang on ``use_month`` (the month
that is drawn), those of a win also on ``announced``, ``drawn`` or ``won``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from yoyaku.rules.values import Clause, Code, Moment, Text, When

Positive = Annotated[int, Meta(ge=1)]


class Requirement(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may enter: ``need`` must hold of the facts of the user; ``words`` say why not, ``next_step`` what helps.

    ``when`` limits it to some (absent: it is asked of everybody).
    """

    code: Code
    when: When = {}
    need: When
    words: Text
    next_step: Text | None = None


class EntryMost(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that one use in an entry may be, where ``when`` holds: its length, surfaces, nights, people.

    Every entry of the list whose condition holds counts.
    """

    when: When = {}
    minutes: Positive | None = None
    surfaces: Positive | None = None
    nights: Positive | None = None
    people: Positive | None = None


class EntryTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one entry is and how many somebody may have.

    ``at_most`` entries for each applicant and month. Entries are ranked: 1 is wished for most. An entry has up to
    ``parts_at_most`` uses (a set), which win or lose together and count as one. ``one_facility`` holds the uses of an
    ``entry``, or all entries of an applicant, to one facility. ``own_overlap`` says whether entries of one applicant
    may overlap in time. ``preferences_for_first_only``: what is wished on arrival is asked of rank 1 alone.
    ``asks_form``: the questions of the booking form are asked on entering; else when the win is accepted.
    """

    at_most: Positive
    parts_at_most: Positive = 1
    one_facility: Literal["none", "entry", "applicant"] = "none"
    own_overlap: Literal["allowed", "forbidden"] = "allowed"
    preferences_for_first_only: bool = False
    asks_form: bool = True
    most: list[EntryMost] = []


class Tier(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those for whom ``when`` holds are drawn in this tier: 0 before 1. The first entry that holds counts; else 0."""

    when: When
    tier: Annotated[int, Meta(ge=0, le=99)]


class Tickets(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those for whom ``when`` holds have so many tickets in the drum: the best counts. The first that holds; else 1."""

    when: When
    tickets: Annotated[int, Meta(ge=1, le=100)]


class DrawTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it is drawn: a named shape of the engine, or of a plugin, with its parameters.

    ``rounds``: a random order of all applicants; each in turn takes the first of their remaining entries that still
    fits; then a new order among those with undecided entries, until all are decided. ``per_slot``: every entry is
    drawn by itself. ``wins_at_most`` ends an applicant's part once they have won so often (absent: no end).
    ``settings`` are parameters of a plugin, of the shape that it says; the engine's own shapes have none.
    """

    algorithm: Code
    wins_at_most: Positive | None = None
    settings: dict[str, Any] = {}
    tiers: list[Tier] = []
    tickets: list[Tickets] = []


class WinTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a win brings.

    ``accept: automatic``: it is a booking from the announcement. ``required``: the winner accepts it ``until`` a moment
    (from ``announced``, ``won`` or ``use_month``), else it lapses; ``remind`` is when those who did not are reminded.
    ``decline``: may be given back before that; it cannot be taken back.
    """

    accept: Literal["automatic", "required"]
    until: Moment | None = None
    remind: Moment | None = None
    decline: bool = True


class ProofTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the public part of the seed comes from: a beacon plugin, its settings over those of the operator's profile.

    ``value_after`` is the moment after which the public value must have been made (absent: the closing).
    """

    beacon: Code
    profile: Code | None = None
    settings: dict[str, Any] = {}
    value_after: Moment | None = None


class LotteryScheme(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lottery, month after month. ``when`` says of which uses: facts of place and day, and ``timetable``.

    The days of the month that it covers are held back from first come from ``opens`` until ``releases``.
    """

    code: Code
    name: Text
    when: When = {}
    channels: Annotated[list[Code], Meta(min_length=1)]
    opens: Moment
    closes: Moment
    draws: Moment
    announces: Moment
    releases: Moment
    remind: Moment | None = None
    requires: list[Requirement] = []
    entry: EntryTerms
    draw: DrawTerms
    win: WinTerms
    proof: ProofTerms
    odds: Literal["shown", "hidden"] = "shown"


class LotteryTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``lottery``."""

    schemes: list[LotteryScheme] = []
