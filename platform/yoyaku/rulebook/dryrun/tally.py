"""What the findings of a dry run come to: counted while it goes on, kept between its pieces."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from yoyaku.rulebook.dryrun.values import Finding, SubjectKind


class TallyLine(msgspec.Struct, kw_only=True):
    """So many findings of one kind (by one clause): how many people they concern, and the yen.

    For ``refund`` the yen are what would go back: at the most on a later day, and (``today_…``) today.
    """

    kind: str
    path: str = ""
    reference: str | None = None
    findings: int = 0
    people: int = 0
    breaks: int = 0
    more_yen: int = 0
    less_yen: int = 0
    today_more_yen: int = 0
    today_less_yen: int = 0

    def add(self, finding: Finding) -> None:
        """Count one finding; people are counted elsewhere."""
        self.findings += 1
        self.breaks += finding.breaks
        self.more_yen += max(finding.change_yen, 0)
        self.less_yen += max(-finding.change_yen, 0)
        self.today_more_yen += max(finding.today_yen, 0)
        self.today_less_yen += max(-finding.today_yen, 0)


class Tally(msgspec.Struct, kw_only=True):
    """The whole: by kind, by clause (key: kind, path, reference), people concerned, and what was looked at.

    ``falling`` is how many of what was looked at would fall under the draft by its own ``applies``, if they were made anew.
    """

    kinds: dict[str, TallyLine] = {}
    clauses: dict[str, TallyLine] = {}
    people: int = 0
    broken: int = 0
    looked: dict[SubjectKind, int] = {}
    falling: int = 0
    stored: int = 0

    def add_person(self, found: Sequence[tuple[SubjectKind, bool, Sequence[Finding]]]) -> None:
        """Count everything of one registrant: for each subject its kind, whether it would fall under it, its findings."""
        kinds: set[str] = set()
        clauses: set[str] = set()
        for subject_kind, falls, findings in found:
            self.looked[subject_kind] = self.looked.get(subject_kind, 0) + 1
            self.falling += falls
            self.broken += any(finding.breaks for finding in findings)
            for finding in findings:
                key = "\n".join((finding.kind, finding.path, finding.reference or ""))
                of_clause = TallyLine(kind=finding.kind, path=finding.path, reference=finding.reference)
                self.kinds.setdefault(finding.kind, TallyLine(kind=finding.kind)).add(finding)
                self.clauses.setdefault(key, of_clause).add(finding)
                kinds.add(finding.kind)
                clauses.add(key)
        self.people += bool(kinds)
        for kind in kinds:
            self.kinds[kind].people += 1
        for key in clauses:
            self.clauses[key].people += 1
