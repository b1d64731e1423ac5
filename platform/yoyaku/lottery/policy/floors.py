"""What is lent as people call it: a space of its own, or a floor that several spaces share.

The files of a draw name a floor by its code and count it in its own parts: a court of basketball may take half of a
gymnasium, a table of table tennis one sixteenth.
"""

from __future__ import annotations

from collections.abc import Sequence

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.rules.values import Text

LANGUAGES = ("ja", "en")


def spaces_on(rules: ServiceRules, resource_id: str) -> Sequence[PlacedSpace]:
    """The spaces that take parts of a floor, in the order of the facility."""
    return [placed for placed in rules.inventory.spaces.values() if placed.resource_id == resource_id]


def is_shared(rules: ServiceRules, resource_id: str) -> bool:
    """Whether several spaces take parts of a floor, so that it is counted in parts and not in courts or rooms."""
    return len(spaces_on(rules, resource_id)) > 1


def floor_names(rules: ServiceRules, resource_id: str) -> tuple[Text, Text] | None:
    """Facility and floor; a shared one by what the names of its spaces begin with, or by all of these names."""
    found = spaces_on(rules, resource_id)
    if not found:
        return None
    names = [placed.space.name for placed in found]
    return found[0].facility.name, names[0] if len(names) == 1 else {code: _common(names, code) for code in LANGUAGES}


def _common(names: Sequence[Text], language: str) -> str:
    """The words with which all names begin; all names where there are none."""
    said = [name if isinstance(name, str) else name.get(language) or next(iter(name.values())) for name in names]
    begun: list[str] = []
    for words in zip(*(name.split() for name in said), strict=False):
        if len(set(words)) > 1:
            break
        begun.append(words[0])
    return " ".join(begun).rstrip(",、・") or " / ".join(dict.fromkeys(said))
