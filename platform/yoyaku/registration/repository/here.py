"""The keys that new rows take from their transaction; row-level security keeps every statement within the service."""

from __future__ import annotations

from sqlalchemy import func

HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}
