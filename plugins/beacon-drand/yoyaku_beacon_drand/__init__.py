"""drand as a beacon of lotteries."""

from yoyaku_beacon_drand.plugin import DrandBeacon

plugin = DrandBeacon()

__all__ = ["DrandBeacon", "plugin"]
