"""The invented town, for what must not be possible in it."""

from tests.integration.conftest import rules, town

__all__ = ["rules", "town"]
