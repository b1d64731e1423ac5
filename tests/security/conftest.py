"""The invented town, for what must not be possible in it."""

from tests.integration.conftest import fresh_database, rules, town, town_template, townspeople

__all__ = ["fresh_database", "rules", "town", "town_template", "townspeople"]
