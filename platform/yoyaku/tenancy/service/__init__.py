"""Which tenant and service a request is for, its clock, and the tenant folder: read, checked, loaded."""

from yoyaku.tenancy.service.clock import ServiceClock, UnknownService, move_clock, show_clocks
from yoyaku.tenancy.service.sites import Contact, Site, SitePage, Sites, address_of_site, host_name

__all__ = [
    "Contact",
    "ServiceClock",
    "Site",
    "SitePage",
    "Sites",
    "UnknownService",
    "address_of_site",
    "host_name",
    "move_clock",
    "show_clocks",
]
