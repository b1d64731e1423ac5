"""The log: one JSON object a line, on standard error; tracebacks without the values of variables, which may be secret."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging() -> None:
    """Let structlog write JSON lines from the level of information on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
