"""Tenants, services and hosts; what admins change of a site, and its notices."""

from yoyaku.tenancy.repository.sites import (
    SiteRow,
    find_site,
    find_site_by_host,
    list_services,
    lock_loading,
    read_clock_offset,
    read_hosts,
    read_services,
    read_tenant,
    read_terminals,
    replace_hosts,
    save_clock_offset,
    save_folder_digest,
    save_service,
    save_tenant,
)

__all__ = [
    "SiteRow",
    "find_site",
    "find_site_by_host",
    "list_services",
    "lock_loading",
    "read_clock_offset",
    "read_hosts",
    "read_services",
    "read_tenant",
    "read_terminals",
    "replace_hosts",
    "save_clock_offset",
    "save_folder_digest",
    "save_service",
    "save_tenant",
]
