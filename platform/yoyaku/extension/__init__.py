"""Contracts between the platform and its plugins, and the registry of those that are installed.

A plugin imports only ``yoyaku.extension``, ``yoyaku.kernel`` and ``yoyaku.testing``.
"""
