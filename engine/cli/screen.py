"""Where commands write: coloured on a terminal, plain lines of any length elsewhere."""

import sys
from typing import IO

from rich.console import Console
from rich.table import Table

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def screen(stream: IO[str] | None = None) -> Console:
    """A console on standard output, or another stream."""
    stream = stream or sys.stdout
    width = None if stream.isatty() else 100_000
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


def table(*columns: str) -> Table:
    """A table without lines; columns that begin with '#' are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left")
    return made


def safe(text: str) -> str:
    """Text of others without what a terminal would obey."""
    return text.translate(_CONTROL)
