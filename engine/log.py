"""What a person who runs the engine should know beside the figures: one line an event, on standard error.

Given as an argument to who speaks, never fetched. Values that are kept out of journals are kept out of here too.
"""

import sys
from typing import Any

import structlog


def log(*, quiet: bool = False) -> Any:
    """A logger: readable on a terminal, `key=value` elsewhere; quiet drops everything below an error."""
    if sys.stderr.isatty():
        render: Any = structlog.dev.ConsoleRenderer()
    else:
        render = structlog.processors.KeyValueRenderer(key_order=["level", "event"])
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[structlog.processors.add_log_level, render],
        wrapper_class=structlog.make_filtering_bound_logger("error" if quiet else "info"),
        cache_logger_on_first_use=False,
    )
