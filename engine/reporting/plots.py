"""The report's pictures. Only whoever draws imports this: the package that it needs is an extra (`plots`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from engine.reporting.figures import BURDENS, WRITES, Figures
from engine.reporting.public import PUBLIC
from engine.reporting.report import Report

_OURS, _THEIRS = "#2b6cb0", "#dd8a3c"

_HISTOGRAMS = (
    ("writes", "gold writes"),
    ("burden", "largest fresh burden of a decision, in reads"),
    ("reads", "reads of a conversation"),
    ("turns", "messages of a conversation"),
)

_LONGEST = 40
"""Where an axis ends: its last bar takes all beyond."""

_SHARPNESS = [f"0.{tenth}" for tenth in range(10)] + ["1.0", "none"]


def draw(report: Report, folder: Path) -> list[str]:
    """Write the pictures into a folder; their names."""
    made = [_saved(_maps(report), folder / "axes.png")]
    for size, label in _HISTOGRAMS:
        made.append(_saved(_histograms(report, size, label), folder / f"{size}.png"))
    made.append(_saved(_bars(report, "outcomes", "share of the conversations"), folder / "outcomes.png"))
    made.append(_saved(_bars(report, "sharpness", "share of the read-heavy", _SHARPNESS), folder / "sharpness.png"))
    return made


def _saved(figure: Figure, path: Path) -> str:
    figure.savefig(path, dpi=110, metadata={"Software": None})
    return path.name


def _beside(report: Report, height: float) -> tuple[Figure, list[tuple[str, Figures, Any]]]:
    """A picture with a part for each domain."""
    names = report.domains
    figure = Figure(figsize=(5.2 * max(1, len(names)), height), layout="constrained")
    FigureCanvasAgg(figure)
    parts = figure.subplots(1, max(1, len(names)), squeeze=False)[0]
    return figure, [(name, report.figures[name], part) for name, part in zip(names, parts, strict=False)]


def _maps(report: Report) -> Figure:
    """Writes × burden."""
    figure, parts = _beside(report, 3.6)
    for name, figures, axes in parts:
        grid = [[figures.axes[row, writes] for writes in WRITES] for row, _ in BURDENS]
        most = max(map(max, grid)) or 1
        axes.imshow(grid, cmap="Blues", aspect="auto", vmin=0)
        axes.set_xticks(range(len(WRITES)), [*(str(writes) for writes in WRITES[:-1]), f"{WRITES[-1]}+"])
        axes.set_yticks(range(len(BURDENS)), [row for row, _ in BURDENS])
        axes.set(xlabel="gold writes", ylabel="largest fresh burden, in reads", title=f"{name}: conversations by both axes")
        for row, counts in enumerate(grid):
            for column, count in enumerate(counts):
                colour = "white" if count > 0.6 * most else "black"
                axes.text(column, row, str(count or ""), ha="center", va="center", fontsize=9, color=colour)
    return figure


def _histograms(report: Report, size: str, label: str) -> Figure:
    """Ours, and the public tasks' where they have such a thing."""
    figure, parts = _beside(report, 3.2)
    for name, figures, axes in parts:
        series: dict[str, Mapping[int, int]] = {"this run": figures.sizes[size]}
        if name in PUBLIC and hasattr(PUBLIC[name], size):
            series["τ²-bench, train tasks" + (" (listed reads)" if size == "reads" else "")] = getattr(PUBLIC[name], size)
        _columns(axes, series)
        beyond = f" (last: {_LONGEST} and more)" if max(map(max, filter(None, series.values())), default=0) > _LONGEST else ""
        axes.set(title=name, xlabel=f"{label}{beyond}", ylabel="share")
        if len(series) > 1:
            axes.legend(frameon=False)
    return figure


def _columns(axes: Any, series: Mapping[str, Mapping[int, int]]) -> None:
    width = 0.85 / len(series)
    for place, ((label, counts), colour) in enumerate(zip(series.items(), (_OURS, _THEIRS), strict=False)):
        total, shown = Counter(counts).total() or 1, Counter[int]()
        for value, count in counts.items():
            shown[min(value, _LONGEST)] += count
        middles = [value + width * (place - (len(series) - 1) / 2) for value in shown]
        axes.bar(middles, [count / total for count in shown.values()], width, label=label, color=colour)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _bars(report: Report, name: str, label: str, order: Sequence[str] | None = None) -> Figure:
    """Shares of what has a name, in one order for all domains."""
    names = list(order or [each for each, _ in report.all.names[name].most_common()])
    figure, parts = _beside(report, 1.2 + 0.28 * len(names))
    for domain, figures, axes in parts:
        counts = figures.names[name]
        axes.barh(names[::-1], [counts[each] / (counts.total() or 1) for each in names[::-1]], color=_OURS)
        axes.set(title=f"{domain}: {name}", xlabel=label)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure
