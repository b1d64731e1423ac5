"""A one-time code that comes by post."""

from yoyaku_identity_postcard.plugin import PostcardPlugin, PostcardSettings, plugin

__all__ = ["PostcardPlugin", "PostcardSettings", "plugin"]
