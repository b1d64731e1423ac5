"""What a tenant folder may not say, beyond its shape. Facilities and rules are checked higher up."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yoyaku.rules.fault import Fault, KeyPath, Level, Place, add_words, in_reading_order
from yoyaku.rules.shapes import closest
from yoyaku.rules.values import Text
from yoyaku.tenancy.policy.contents import Part, TenantFolder
from yoyaku.tenancy.policy.logo import logo_faults
from yoyaku.tenancy.policy.looks import weak_contrasts
from yoyaku.tenancy.terms import Colours, ServiceEntry
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import facts_named

LONGEST_HOST: Final = 253
LONGEST_LABEL: Final = 63
RESERVED: Final = frozenset({"example", "invalid", "test"})
"""Top-level domains that never resolve (RFC 2606)."""

FREE_WORDING: Final = ("activity.", "category.", "channel.", "counter.grounds.", "group.", "mail.", "space_kind.")
"""Below these stand words for the city's own codes; all other keys are those of the platform."""

Words = Mapping[str, str]

add_words(Path(__file__).parents[1] / "wording")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a folder is checked against: the platform's words by language, the domain, and hosts taken by others."""

    wording: Mapping[str, Words]
    base_domain: str
    taken_hosts: Mapping[str, str]


def folder_faults(folder: TenantFolder, around: Surroundings) -> list[Fault]:
    """Every fault of the folder's own files, in reading order."""
    faults = [
        *folder.faults,
        *_head(folder),
        *_languages(folder),
        *_hosts(folder, around),
        *_looks(folder),
        *_pages(folder),
        *_wording(folder, around.wording),
        *_demo(folder),
    ]
    return in_reading_order(faults)


def host_of(template: str, *, base_domain: str) -> str:
    """The host that a template of tenant.yaml means on this installation."""
    return template.replace("{base_domain}", base_domain)


def hosts_of(service: ServiceEntry) -> Iterator[tuple[KeyPath, str, str | None]]:
    """Every host of a service: where it stands in its entry, its template, and the channel where it is of terminals."""
    yield from ((("hosts", number), template, None) for number, template in enumerate(service.hosts))
    for channel, templates in service.terminals.items():
        yield from ((("terminals", channel, number), template, channel) for number, template in enumerate(templates))


def placed_hosts(services: Sequence[ServiceEntry], *, base_domain: str) -> tuple[dict[str, str], dict[str, str]]:
    """The hosts of services with the service of each, and those of terminals with their channel."""
    placed = [
        (host_of(template, base_domain=base_domain), service.code, channel)
        for service in services
        for _, template, channel in hosts_of(service)
    ]
    return {host: code for host, code, _ in placed}, {host: one for host, _, one in placed if one is not None}


def theme_tokens(colours: Colours) -> dict[str, str]:
    """A brand's colours under the names of the theme."""
    return {
        "primary": colours.primary,
        "primary_dark": colours.primary_dark,
        "primary_soft": colours.surface,
        "accent": colours.accent,
    }


def check_digit(five_digits: str) -> int:
    """The sixth digit of a municipality's code, by the rule of the Ministry's code list."""
    total = sum(int(digit) * weight for digit, weight in zip(five_digits, range(6, 1, -1), strict=True))
    return (11 - total % 11) % 10


def _fault(code: str, part: Part, path: KeyPath, **facts: object) -> Fault:
    return Fault(code=code, place=part.document.place(path), path=path, facts=facts)


def lack_level(language: str) -> Level:
    """How grave it is that something is not said in a language: readers of further ones read the city's English meanwhile."""
    return "error" if language in LANGUAGES else "warning"


def _lack(language: str, fault: Fault) -> Fault:
    return replace(fault, level=lack_level(language))


def _file_fault(code: str, file: Path, **facts: object) -> Fault:
    return Fault(code=code, place=Place(str(file), 1, 1), level="warning", facts={"found": str(file), **facts})


def _head(folder: TenantFolder) -> Iterator[Fault]:
    terms, part = folder.terms, folder.tenant
    name = folder.path.resolve().name
    if terms.slug != name:
        yield _fault("slug_not_folder", part, ("slug",), found=terms.slug, allowed=name)
    code = terms.municipality_code
    right = check_digit(code[:5])
    if int(code[5]) != right:
        yield _fault("wrong_check_digit", part, ("municipality_code",), found=code, allowed=f"{code[:5]}{right}")
    try:
        ZoneInfo(terms.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield _fault("unknown_time_zone", part, ("time_zone",), found=terms.time_zone)
    counts = Counter(service.code for service in terms.services)
    for index, service in enumerate(terms.services):
        if counts[service.code] > 1:
            yield _fault("service_twice", part, ("services", index, "code"), found=service.code)


def _languages(folder: TenantFolder) -> Iterator[Fault]:
    """Each text that is written per language is written in all of the tenant's."""
    wanted = folder.terms.languages
    yield from _text_in_all(folder.tenant, ("name",), folder.terms.name, wanted)
    for index, service in enumerate(folder.terms.services):
        at: KeyPath = ("services", index)
        for path, text in _service_texts(service):
            yield from _text_in_all(folder.tenant, (*at, *path), text, wanted)
    for part in folder.brands.values():
        yield from _text_in_all(part, ("name",), part.value.name, wanted)
        yield from _text_in_all(part, ("tagline",), part.value.tagline, wanted)


def _service_texts(service: ServiceEntry) -> Iterator[tuple[KeyPath, Text | None]]:
    yield ("name",), service.name
    yield ("contact", "name"), service.contact.name
    yield ("contact", "hours"), service.contact.hours
    yield ("contact", "address"), service.contact.address
    yield from ((("pages", code), title) for code, title in service.pages.items())


def _text_in_all(part: Part, path: KeyPath, text: Text | None, wanted: Sequence[str]) -> Iterator[Fault]:
    if isinstance(text, Mapping):
        for language in wanted:
            if not text.get(language, "").strip():
                yield _lack(language, _fault("text_untranslated", part, path, allowed=language))
        for language in sorted(set(text) - set(wanted)):
            yield _fault("language_unknown", part, (*path, language), found=language, allowed=list(wanted))


def _hosts(folder: TenantFolder, around: Surroundings) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, service in enumerate(folder.terms.services):
        for below, template, _ in hosts_of(service):
            path: KeyPath = ("services", index, *below)
            host = host_of(template, base_domain=around.base_domain)
            if host in seen:
                yield _fault("host_twice", folder.tenant, path, found=host, first_line=seen[host])
            seen.setdefault(host, folder.tenant.document.place(path).line)
            if host in around.taken_hosts:
                yield _fault("host_taken", folder.tenant, path, found=host, by=around.taken_hosts[host])
            code = _unreachable(host)
            if code is not None:
                yield _fault(code, folder.tenant, path, found=host)


def _unreachable(host: str) -> str | None:
    labels = host.split(".")
    if len(host) > LONGEST_HOST or any(len(label) > LONGEST_LABEL for label in labels):
        return "host_too_long"
    if labels[-1] in RESERVED:
        return "host_reserved"
    if len(labels) == 1 and host != "localhost":
        return "host_without_domain"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    return "host_is_address"


def _looks(folder: TenantFolder) -> Iterator[Fault]:
    for part in folder.brands.values():
        yield from _colours(part)
    for service, text in folder.logos.items():
        part = folder.brands[service]
        for code, found in logo_faults(text):
            yield _fault(code, part, ("logo",), found=found, file=part.value.logo)


def _colours(part: Part) -> Iterator[Fault]:
    for one in weak_contrasts(theme_tokens(part.value.colours)):
        name = "surface" if one.name == "primary_soft" else one.name
        yield _fault("colour_contrast", part, ("colours", name), **one.facts)


def _pages(folder: TenantFolder) -> Iterator[Fault]:
    wanted = {
        (service.code, code, language): ("services", index, "pages", code)
        for index, service in enumerate(folder.terms.services)
        for code in service.pages
        for language in folder.terms.languages
    }
    for key, path in wanted.items():
        file = f"pages/{key[0]}/{key[1]}.{key[2]}.md"
        if key not in folder.pages:
            yield _lack(key[2], _fault("page_missing", folder.tenant, path, found=file))
        elif not folder.pages[key].strip():
            yield _fault("page_empty", folder.tenant, path, found=file)
    for service, code, language in sorted(folder.pages.keys() - wanted.keys()):
        yield _file_fault("page_unlisted", folder.path / "pages" / service / f"{code}.{language}.md")
    for stray in folder.stray:
        yield _file_fault("file_unused", stray)


def _wording(folder: TenantFolder, defaults: Mapping[str, Words]) -> Iterator[Fault]:
    services = {service.code for service in folder.terms.services}
    for (service, language), part in folder.wording.items():
        if service not in services or language not in folder.terms.languages:
            yield _fault("wording_for_nobody", part, (), found=f"{service}.{language}")
            continue
        yield from _words(part, defaults)
        for other in folder.terms.languages if language in LANGUAGES else ():
            yield from _in_other_language(folder, part, service, other)


def _words(part: Part, defaults: Mapping[str, Words]) -> Iterator[Fault]:
    known = sorted({key for words in defaults.values() for key in words})
    for key, text in part.value.items():
        if not isinstance(text, str):
            yield _fault("wording_not_text", part, (key,), found=key)
        elif key.startswith(FREE_WORDING):
            continue
        elif key not in known:
            guess = closest(key, known)
            code = "wording_unknown" if guess is None else "wording_unknown_guess"
            yield Fault(
                code=code, place=part.document.key_place((key,)), path=(key,), facts={"found": key, "guess": guess}
            )
        else:
            yield from _facts_in(part, key, text, defaults)


def _facts_in(part: Part, key: str, text: str, defaults: Mapping[str, Words]) -> Iterator[Fault]:
    given = {fact for words in defaults.values() for fact in facts_named(words.get(key, ""))}
    for fact in sorted(facts_named(text) - given):
        yield _fault("wording_unknown_fact", part, (key,), found=f"{{{fact}}}", allowed=sorted(given))


def _in_other_language(folder: TenantFolder, part: Part, service: str, language: str) -> Iterator[Fault]:
    """A word that the city changed in one language only reads otherwise in the other: told, not refused."""
    other = folder.wording.get((service, language))
    words: Collection[str] = other.value if other is not None else ()
    for key in part.value:
        if key not in words:
            place = part.document.key_place((key,))
            facts = {"found": key, "allowed": language}
            yield Fault(code="wording_one_language", place=place, path=(key,), level="warning", facts=facts)


def _demo(folder: TenantFolder) -> Iterator[Fault]:
    if folder.demo is None:
        return
    services = [service.code for service in folder.terms.services]
    seen: set[tuple[str, str]] = set()
    for kind, people in (("residents", folder.demo.value.residents), ("clerks", folder.demo.value.clerks)):
        for index, person in enumerate(people):
            if person.service not in services and (kind == "residents" or person.service != "*"):
                yield _fault(
                    "demo_service_unknown",
                    folder.demo,
                    (kind, index, "service"),
                    found=person.service,
                    allowed=services,
                )
            for service in services if person.service == "*" else [person.service]:
                if (service, person.login_id) in seen:
                    yield _fault("demo_login_twice", folder.demo, (kind, index, "login_id"), found=person.login_id)
                seen.add((service, person.login_id))
