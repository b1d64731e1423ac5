"""A picture of a document, which a clerk reviews."""

from yoyaku_identity_document.plugin import DocumentPlugin, DocumentSettings, plugin

__all__ = ["DocumentPlugin", "DocumentSettings", "plugin"]
