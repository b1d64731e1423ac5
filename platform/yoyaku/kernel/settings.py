"""Settings: one documented list, read once at the edge (the environment), checked as a whole.

The demo and production run the same code; a demo is only another set of values. ``docs/settings.md`` prints this list,
and a test holds the two equal.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.seal import Seal

MINIMUM_SECRET_CHARACTERS = 32
HIGHEST_PORT = 65535


class Environment(enum.StrEnum):
    """What this installation is for."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(YoyakuError):
    """One or more settings are missing or wrong; ``problems`` says each in a sentence, with its mend."""

    status = 500
    code = "settings_wrong"
    title = "The settings are not complete."

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The settings (environment variables, see docs/settings.md) cannot be used:\n{lines}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an installation can be told from outside.

    Database URLs name the driver (``postgresql+psycopg://``), as SQLAlchemy wants them, however they were written.
    URLs carry secrets: never print this object's values.
    """

    database_url: str
    migration_database_url: str
    celery_broker_url: str
    smtp_url: str
    secret_key: str
    data_keys: tuple[str, ...] | None
    plugin_profiles: Path | None
    mail_from: str
    base_domain: str
    site_scheme: str
    site_port: int | None
    environment: Environment
    clock_movable: bool
    session_longest_hours: int
    database_pool: int

    def __repr__(self) -> str:
        return f"Settings(environment={self.environment.value!r}, base_domain={self.base_domain!r})"

    def site_address(self, host: str) -> str:
        """The address of the site that answers at ``host`` (a name without a port), without a slash at the end."""
        usual = {"http": 80, "https": 443}[self.site_scheme]
        port = "" if self.site_port in (None, usual) else f":{self.site_port}"
        return f"{self.site_scheme}://{host}{port}"

    @cached_property
    def seal(self) -> Seal:
        """What encrypts in the database, by ``data_keys`` or else by ``secret_key``."""
        return Seal(self.data_keys or [self.secret_key])

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Settings:
        """The settings in ``values``; SettingsError names every wrong one at once."""
        read, problems = _read_all(values)
        problems += _contradictions(read)
        if problems:
            raise SettingsError(problems)
        if read["migration_database_url"] is None:
            read["migration_database_url"] = read["database_url"]
        return cls(**read)  # type: ignore[arg-type]  # each value was parsed by its own Variable


class _WrongValueError(ValueError):
    """The end of the sentence "DATABASE_URL …"."""


def _database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgresql+psycopg"} or not parts.path.strip("/"):
        raise _WrongValueError("must look like postgresql://user:password@host:5432/database")
    return "postgresql+psycopg" + text.removeprefix(parts.scheme)


def _broker_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss", "redis+socket", "amqp", "amqps", "sentinel", "memory"}:
        raise _WrongValueError("must begin with redis://, rediss://, redis+socket://, sentinel://, amqp:// or amqps://")
    return text


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise _WrongValueError(
            "must look like smtp://host:25, smtps://user:password@host:465 or smtp+starttls://host:587"
        )
    return text


def _secret(text: str) -> str:
    if len(text) < MINIMUM_SECRET_CHARACTERS:
        raise _WrongValueError(
            f"must have at least {MINIMUM_SECRET_CHARACTERS} characters; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return text


def _secrets(text: str) -> tuple[str, ...]:
    return tuple(_secret(one.strip()) for one in text.split(","))


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise _WrongValueError(f"must be a folder that is there; {text} is not")
    return path


def _mail_address(text: str) -> str:
    local, at, host = text.rpartition("@")
    if not (local and at and host) or any(character.isspace() for character in text):
        raise _WrongValueError("must be a mail address such as noreply@example.jp")
    return text


def _domain(text: str) -> str:
    if not text or any(character in text for character in ":/ @") or text.startswith("."):
        raise _WrongValueError("must be a bare domain such as yoyaku.example.jp (no scheme, no port)")
    return text.lower().rstrip(".")


def _scheme(text: str) -> str:
    if text not in {"http", "https"}:
        raise _WrongValueError("must be http or https")
    return text


def _environment(text: str) -> Environment:
    try:
        return Environment(text)
    except ValueError:
        raise _WrongValueError("must be production, demo or test") from None


def _switch(text: str) -> bool:
    if text not in {"true", "false"}:
        raise _WrongValueError("must be true or false")
    return text == "true"


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not lowest <= int(text) <= highest:
            raise _WrongValueError(f"must be a whole number from {lowest} to {highest}")
        return int(text)

    return parse


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One environment variable: how it is read, its default (None: required unless ``optional``), what it is for."""

    name: str
    parse: Callable[[str], object]
    meaning: str
    default: str | None = None
    optional: bool = False


VARIABLES: tuple[Variable, ...] = (
    Variable(
        name="DATABASE_URL",
        parse=_database_url,
        meaning="PostgreSQL, as the application's role (neither superuser nor BYPASSRLS)",
    ),
    Variable(
        name="MIGRATION_DATABASE_URL",
        parse=_database_url,
        optional=True,
        meaning="the same database as its owner, for migrations and for loading tenants; without it, DATABASE_URL",
    ),
    Variable(name="CELERY_BROKER_URL", parse=_broker_url, meaning="the broker of the background workers"),
    Variable(name="SMTP_URL", parse=_smtp_url, meaning="the server that sends mails"),
    Variable(
        name="SECRET_KEY",
        parse=_secret,
        meaning="signs cookies and tokens; at least 32 characters, kept secret",
    ),
    Variable(
        name="DATA_KEYS",
        parse=_secrets,
        optional=True,
        meaning="encrypt documents and second factors in the database; several with commas between: the first encrypts, "
        "all decrypt; without, SECRET_KEY does, which may then never change",
    ),
    Variable(
        name="PLUGIN_PROFILES",
        parse=_folder,
        optional=True,
        meaning="a folder of settings files of plugins, <plugin>.<profile>.yaml, that rule sets refer to as profile",
    ),
    Variable(
        name="MAIL_FROM",
        parse=_mail_address,
        default="noreply@localhost.localdomain",
        meaning="the sender of mails where a tenant names none",
    ),
    Variable(
        name="BASE_DOMAIN",
        parse=_domain,
        default="localhost",
        meaning="the domain below which sites without a domain of their own answer",
    ),
    Variable(name="SITE_SCHEME", parse=_scheme, default="https", meaning="http or https, for links in mails"),
    Variable(
        name="SITE_PORT",
        parse=_whole_number(1, HIGHEST_PORT),
        optional=True,
        meaning="the port that people see in addresses, where it is not the usual one",
    ),
    Variable(name="ENVIRONMENT", parse=_environment, default="production", meaning="production, demo or test"),
    Variable(
        name="CLOCK_MOVABLE",
        parse=_switch,
        default="false",
        meaning="whether a service's business clock can be moved forward; never in production",
    ),
    Variable(
        name="SESSION_LONGEST_HOURS",
        parse=_whole_number(1, 24 * 7),
        default="12",
        meaning="after how many hours one is logged out in any case",
    ),
    Variable(
        name="DATABASE_POOL", parse=_whole_number(2, 200), default="10", meaning="database connections of one process"
    ),
)


def _read_all(values: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    read: dict[str, object] = {}
    problems: list[str] = []
    for variable in VARIABLES:
        text = values.get(variable.name, "").strip() or variable.default
        if text is None:
            read[variable.name.lower()] = None
            if not variable.optional:
                problems.append(f"{variable.name} is not set: {variable.meaning}.")
            continue
        try:
            read[variable.name.lower()] = variable.parse(text)
        except _WrongValueError as error:
            problems.append(f"{variable.name} {error}.")
    return read, problems


def _contradictions(read: Mapping[str, object]) -> list[str]:
    if read.get("environment") is not Environment.PRODUCTION:
        return []
    problems = []
    if read.get("clock_movable"):
        problems.append(
            "CLOCK_MOVABLE is true while ENVIRONMENT is production: a city's clock is never moved. Unset one."
        )
    if read.get("site_scheme") == "http":
        problems.append("SITE_SCHEME is http while ENVIRONMENT is production: residents log in, so it must be https.")
    return problems


def table() -> str:
    """The list of settings as a Markdown table, as ``docs/settings.md`` shows it."""
    rows = ["| Variable | Default | What it is for |", "|---|---|---|"]
    for variable in VARIABLES:
        default = f"`{variable.default}`" if variable.default else "—" if variable.optional else "**required**"
        rows.append(f"| `{variable.name}` | {default} | {variable.meaning} |")
    return "\n".join(rows)
