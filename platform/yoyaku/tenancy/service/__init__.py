"""Which tenant and service a request is for, its clock, and the tenant folder: read, checked, loaded."""

from yoyaku.tenancy.service.clock import ServiceClock, UnknownService, move_clock, show_clocks
from yoyaku.tenancy.service.sites import Contact, Site, SitePage, Sites, host_name

__all__ = [
    "Contact",
    "ServiceClock",
    "Site",
    "SitePage",
    "Sites",
    "UnknownService",
    "host_name",
    "move_clock",
    "show_clocks",
]
