from pathlib import Path

import pytest

from yoyaku.kernel.settings import Environment, Settings, SettingsError, table

ENOUGH = {
    "DATABASE_URL": "postgresql://app@/yoyaku?host=/run/postgresql",
    "CELERY_BROKER_URL": "redis+socket:///run/broker.sock",
    "SMTP_URL": "smtp://localhost:2525",
    "SECRET_KEY": "k" * 32,
}


def test_the_least_that_is_needed_is_enough():
    settings = Settings.from_mapping(ENOUGH)

    assert settings.environment is Environment.PRODUCTION
    assert settings.database_url == "postgresql+psycopg://app@/yoyaku?host=/run/postgresql"
    assert settings.migration_database_url == settings.database_url
    assert not settings.clock_movable


def test_every_missing_setting_is_named_at_once():
    with pytest.raises(SettingsError) as refused:
        Settings.from_mapping({})

    assert [problem.split(" ")[0] for problem in refused.value.problems] == list(ENOUGH)


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "postgresql://"),
        ("DATABASE_URL", "postgresql://localhost/", "/database"),
        ("CELERY_BROKER_URL", "filesystem://", "redis"),
        ("SMTP_URL", "localhost:25", "smtp://host:25"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("DATA_KEYS", f"{'k' * 32},short", "at least 32 characters"),
        ("PLUGIN_PROFILES", "/nowhere/at/all", "a folder that is there"),
        ("MAIL_FROM", "nobody", "noreply@example.jp"),
        ("BASE_DOMAIN", "https://example.jp", "bare domain"),
        ("SITE_SCHEME", "ftp", "http or https"),
        ("SITE_PORT", "70000", "1 to 65535"),
        ("ENVIRONMENT", "staging", "production, demo or test"),
        ("CLOCK_MOVABLE", "yes", "true or false"),
        ("SESSION_LONGEST_HOURS", "１２", "whole number"),
    ],
)
def test_a_wrong_value_is_told_with_its_mend(name, value, mend):
    with pytest.raises(SettingsError) as refused:
        Settings.from_mapping({**ENOUGH, name: value})

    (problem,) = refused.value.problems
    assert problem.startswith(name)
    assert mend in problem


def test_no_clock_is_moved_in_production():
    with pytest.raises(SettingsError, match="never moved"):
        Settings.from_mapping({**ENOUGH, "CLOCK_MOVABLE": "true"})

    assert Settings.from_mapping({**ENOUGH, "CLOCK_MOVABLE": "true", "ENVIRONMENT": "demo"}).clock_movable


def test_residents_log_in_over_https_in_production():
    with pytest.raises(SettingsError, match="must be https"):
        Settings.from_mapping({**ENOUGH, "SITE_SCHEME": "http"})


@pytest.mark.parametrize(
    ("scheme", "port", "address"),
    [
        ("https", "", "https://rooms.example.jp"),
        ("https", "443", "https://rooms.example.jp"),
        ("http", "8000", "http://rooms.example.jp:8000"),
    ],
)
def test_a_site_is_linked_with_the_port_that_people_see(scheme, port, address):
    settings = Settings.from_mapping({**ENOUGH, "ENVIRONMENT": "demo", "SITE_SCHEME": scheme, "SITE_PORT": port})

    assert settings.site_address("rooms.example.jp") == address


def test_settings_do_not_print_their_secrets():
    assert "k" * 32 not in repr(Settings.from_mapping(ENOUGH))


def test_the_documented_list_is_the_one_that_is_read():
    assert table() in (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
