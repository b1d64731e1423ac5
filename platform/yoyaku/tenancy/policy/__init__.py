"""What a tenant folder may and may not say."""

from yoyaku.tenancy.policy.checks import (
    Surroundings,
    check_digit,
    folder_faults,
    host_of,
    hosts_of,
    lack_level,
    placed_hosts,
    theme_tokens,
)
from yoyaku.tenancy.policy.contents import Part, TenantFolder

__all__ = [
    "Part",
    "Surroundings",
    "TenantFolder",
    "check_digit",
    "folder_faults",
    "host_of",
    "hosts_of",
    "lack_level",
    "placed_hosts",
    "theme_tokens",
]
