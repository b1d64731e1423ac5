"""A clerk looks at papers and decides."""

from yoyaku_identity_counter.plugin import CounterPlugin, CounterSettings, plugin

__all__ = ["CounterPlugin", "CounterSettings", "plugin"]
