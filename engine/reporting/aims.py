"""What a dataset should come to, beside what it does: a row each, a column for each domain."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.reporting.figures import Figures, quantile
from engine.reporting.report import ALL, Report
from engine.reporting.words import OFTEN
from engine.synthesis.pack import PER_CUSTOMER, PER_GOLD, SHARE

HEAVY: Mapping[str, tuple[int, int]] = {"airline": (8, 16), "retail": (7, 12)}
"""The burden of what is read-heavy in a synthetic world: the median, and where the top decile begins."""

OPENINGS, COURSES = 0.6, 0.5
"""The shares of openings, and of courses, that should be different when masked."""


class Aim(NamedTuple):
    """A measure, what it should be ('' where nothing is wanted), and its values, in the order of the columns."""

    measure: str
    wanted: str
    values: Sequence[str]


def columns(report: Report) -> list[str]:
    """The domains, and all of them together where there are several."""
    return report.domains if len(report.domains) == 1 else [*report.domains, ALL]


def aims(report: Report) -> Iterator[Aim]:
    """Every row."""
    names = columns(report)
    figures, words = [report.figures[name] for name in names], [report.words.get(name) for name in names]
    yield Aim("conversations", "", [str(each.accepted) for each in figures])
    for kind in ("normal", "write-intensive", "read-heavy"):
        yield Aim(kind, "", [share(each.names["kinds"][kind], each.accepted) for each in figures])
    yield Aim("without a change", "", [share(each.unchanged, each.accepted) for each in figures])
    yield Aim("refused in part", "", [share(each.names["outcomes"]["refused in part"], each.accepted) for each in figures])
    yield from _heavy(names, figures)
    yield Aim("the most frequent recipe's share of the requests", f"≤ {SHARE:.0%}", [_most(each) for each in figures])
    yield Aim("most of one customer", f"≤ {PER_CUSTOMER}", [str(max(each.customers.values(), default=0)) for each in figures])
    yield Aim("most of one gold", f"≤ {PER_GOLD}", [str(max(each.golds.values(), default=0)) for each in figures])
    found = [each for each in words if each is not None]
    if len(found) == len(names):
        yield Aim("different openings", f"≥ {OPENINGS:.0%}", [f"{each.openings:.1%}" for each in found])
        yield Aim("different sequences of acts and tools", f"≥ {COURSES:.0%}", [f"{each.courses:.1%}" for each in found])
        yield Aim(f"sentences in over {OFTEN:.0%} of the conversations", "0", [str(len(each.often)) for each in found])
        yield Aim("a party says a sentence twice", "0%", [f"{each.repeated:.1%}" for each in found])
        yield Aim("duplicates", "0", [str(each.duplicates) for each in found])
        yield Aim("duplicates when masked", "0", [str(each.masked_duplicates) for each in found])


def _heavy(names: Sequence[str], figures: Sequence[Figures]) -> Iterator[Aim]:
    for place, (title, part) in enumerate((("median", 0.5), ("top decile from", 0.9))):
        wanted = ", ".join(f"{name} ≥ {HEAVY[name][place]}" for name in names if name in HEAVY)
        yield Aim(
            f"burden of the read-heavy: {title}", wanted, [str(quantile(each.sizes["read_heavy"], part)) for each in figures]
        )


def _most(figures: Figures) -> str:
    requests = figures.names["requested"]
    return share(max(requests.values(), default=0), requests.total())


def share(part: int, whole: int) -> str:
    """A part of a whole as a person reads it."""
    return f"{part / whole:.1%}" if whole else "–"
