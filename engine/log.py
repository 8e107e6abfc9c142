"""What a person who runs the engine should know beside the figures: one line an event, on standard error or in a file.

Given as an argument to who speaks, never fetched. Values that are kept out of journals are kept out of here too.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


@contextmanager
def logged(path: Path) -> Iterator[Any]:
    """A logger that adds lines of JSON to a file, each with its time."""
    with path.open("a", encoding="utf-8") as file:
        yield structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            cache_logger_on_first_use=False,
        )
