"""A town of its own for each module, as the months have one, whose payment company answers this process as well."""

from tests.e2e.months.conftest import city_database, until

__all__ = ["city_database", "until"]
