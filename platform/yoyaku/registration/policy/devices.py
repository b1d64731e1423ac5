"""How a session's device and address are shown to its owner: enough to recognise them, no more than that."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

_BROWSERS: Final = (
    ("Edg/", "Edge"), ("EdgiOS/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Line/", "LINE"), ("YJApp", "Yahoo! JAPAN"), ("CriOS/", "Chrome"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def describe_device(browser: str) -> str:
    """A browser's own description in two words (``Safari / iPhone``); empty where it tells nothing known."""
    found = [next((name for mark, name in known if mark in browser), "") for known in (_BROWSERS, _SYSTEMS)]
    return " / ".join(name for name in found if name)


def shorten_address(address: str) -> str:
    """An address with its last part left out: ``203.0.113.*``; empty where it is none."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, IPv4Address):
        return f"{str(read).rpartition('.')[0]}.*"
    if read.ipv4_mapped is not None:
        return shorten_address(str(read.ipv4_mapped))
    return str(ip_network((int(read), 64), strict=False).network_address) + "*"
