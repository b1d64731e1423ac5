"""The JSON API under ``/api/v1``: the same acts as the pages, by the same services."""

from yoyaku.web.api.document import openapi_config

__all__ = ["openapi_config"]
