"""A figure: what was measured, how often, and what is aimed at. Aims are printed beside figures; nothing asserts them."""

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a benchmark is run with: how often, over which scenarios, and whether it may take minutes and gigabytes."""

    runs: int
    pack: Path
    large: bool = False


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    what: str
    unit: str
    samples: Sequence[float]
    aim: str = ""

    def row(self) -> tuple[str, str, str, str, str]:
        """As it is printed: what, median, range, unit, aim."""
        low, high = min(self.samples), max(self.samples)
        spread = f"{_short(low)}–{_short(high)}" if len(self.samples) > 1 else ""
        return self.what, _short(statistics.median(self.samples)), spread, self.unit, self.aim


HEAD = ("what", "median", "min–max", "unit", "aim")
NUMBERS = ("median", "min–max")


def _short(value: float) -> str:
    """Three digits that count, and no exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}"


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table whose columns also stand in line when it is read as it is."""
    rows = [HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    head, *lines = (_line(row, widths) for row in rows)
    rule = "|".join("-" * (width + 1) + (":" if name in NUMBERS else "-") for name, width in zip(HEAD, widths, strict=True))
    return "\n".join([head, f"|{rule}|", *lines])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(HEAD, row, widths, strict=True)
    return f"| {' | '.join(cell.rjust(width) if name in NUMBERS else cell.ljust(width) for name, cell, width in cells)} |"
