"""The invented town, for what happens to it when processes are killed."""

from tests.integration.conftest import rules, town

__all__ = ["rules", "town"]
