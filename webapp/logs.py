"""Logs: one JSON line an event, with the request's number; never a body, a key, a token or a personal value."""

import itertools
import logging
import secrets
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PROCESS = secrets.token_hex(4)
_COUNTER = itertools.count(1)  # not random for each request: asking the system for it gives the interpreter away


def configure(level: str) -> None:
    """Send our events and other libraries' warnings to standard error as JSON lines (control characters escaped)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_the_error,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def _name_the_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the kind and place of an error, not its message: messages quote values, and values can be personal."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error_kind"] = type(error).__name__
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        if trace:
            event["error_at"] = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
    return event


def bind_request() -> None:
    """Give each request a number of its own; error pages show it, log lines carry it."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=f"{_PROCESS}{next(_COUNTER):06x}")


def request_id() -> str:
    """This request's number."""
    number: str = structlog.contextvars.get_contextvars().get("request_id", "")
    return number
