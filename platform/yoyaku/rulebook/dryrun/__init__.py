"""What a draft of rules would do to what is there: each booking decided once more, beside the version it keeps."""

from yoyaku.rulebook.dryrun.compare import Comparison
from yoyaku.rulebook.dryrun.registrations import RegistrationSubject, compare_registration
from yoyaku.rulebook.dryrun.tally import Tally, TallyLine
from yoyaku.rulebook.dryrun.values import KINDS, EntrySubject, Finding, FindingKind, Subject
from yoyaku.rulebook.dryrun.wide import WideCount, wide_limits

__all__ = [
    "KINDS",
    "Comparison",
    "EntrySubject",
    "Finding",
    "FindingKind",
    "RegistrationSubject",
    "Subject",
    "Tally",
    "TallyLine",
    "WideCount",
    "compare_registration",
    "wide_limits",
]
