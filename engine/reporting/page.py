"""The report as a page of Markdown."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath

from engine.reporting.aims import aims, columns, share
from engine.reporting.figures import BURDENS, NONE, WRITES, quantile
from engine.reporting.public import PUBLIC
from engine.reporting.report import Report
from engine.reporting.words import OFTEN, SHORT, Words
from engine.synthesis.packs import HELD_OUT, TRAIN, File
from engine.synthesis.tally import UNCHANGED

_MOST = 60
"""Rows of a table of names that are shown; the JSON has all."""

_SIZES = {
    "writes": "gold writes",
    "burden": "largest fresh burden, in reads",
    "read_heavy": "the same, of the read-heavy",
    "reads": "reads that were made",
    "turns": "messages",
    "requests": "requests",
    "candidates": "candidates compared in one decision",
    "tokens": "tokens of evidence, to the hundred below",
    "union": "different reads that its decisions need",
}

_TITLES = {
    "recipes": "Recipes",
    "rules": "Rules by which something was refused",
    "clauses": "Behaviour: clauses",
    "personas": "Behaviour: personas",
    "plots": "Behaviour: plots",
    "tools": "Tools, by calls",
}


def page(report: Report, plots: Iterable[str] = ()) -> str:
    """The whole page; `plots` are the names of pictures that lie beside it."""
    parts = [*_head(report), *_axes(report), *_sizes(report), *_outcomes(report), *_beside(report), *_sharp(report)]
    parts += [*_alone(report), *_made(report), *_rejected(report)]
    parts += [f"![{PurePath(name).stem}]({name})" for name in plots]
    for name, title in _TITLES.items():
        counts = report.all.names[name]
        if counts:
            parts += [f"## {title}", _table(("", "conversations" if name != "tools" else "calls"), counts.most_common(_MOST))]
    for name, words in report.words.items():
        parts += _words(name, words)
    return "\n\n".join(parts) + "\n"


def _head(report: Report) -> Iterator[str]:
    figures = report.all
    yield "# Report"
    yield f"{figures.accepted} of {figures.standing.total()} conversations are accepted; all below counts these."
    if figures.reasons:
        yield _table(("not accepted for", "conversations"), figures.reasons.most_common())
    yield _table(("", "aim", *columns(report)), [(aim.measure, aim.wanted, *aim.values) for aim in aims(report)])
    yield f"{figures.scripted} of them ({share(figures.scripted, figures.accepted)}) have a user that follows a script."


def _axes(report: Report) -> Iterator[str]:
    yield "## Writes × burden"
    yield "Columns: gold writes. Rows: the largest fresh burden of a decision, in reads."
    head = (*(f"{writes}" if writes < WRITES[-1] else f"{writes}+" for writes in WRITES), "all")
    for name in columns(report):
        axes = report.figures[name].axes
        rows = [(row, [axes[row, writes] for writes in WRITES]) for row, _ in BURDENS]
        totals = [Counter({row: axes[row, writes] for row, _ in BURDENS}).total() for writes in WRITES]
        filled = [*((row, counts) for row, counts in rows), ("all", totals)]
        cells = [(row, *(count or "" for count in counts), Counter(dict(enumerate(counts))).total()) for row, counts in filled]
        yield _table((name, *head), cells)


def _sizes(report: Report) -> Iterator[str]:
    yield "## How long, how much"
    parts = (0, 0.25, 0.5, 0.75, 0.9, 1)
    for name in columns(report):
        counts = report.figures[name].sizes
        rows = [(title, *(quantile(counts[size], part) for part in parts)) for size, title in _SIZES.items()]
        yield _table((name, "least", "quarter", "median", "three quarters", "top decile from", "most"), rows)


def _outcomes(report: Report) -> Iterator[str]:
    yield "## Outcomes"
    yield f"Without a change are: {', '.join(UNCHANGED)}. What is refused in part is counted apart."
    yield _shares(report, "outcomes")
    twins = {name: report.figures[name].names["twins"] for name in columns(report)}
    yield "## Twins"
    yield "Pairs that differ in one thing. *plain*: the same gold for less reading; *other*: allowed and forbidden."
    yield _table(("", "plain", "other"), [(name, counts["plain"], counts["other"]) for name, counts in twins.items()])


def _beside(report: Report) -> Iterator[str]:
    names = [name for name in report.domains if name in PUBLIC]
    if not names:
        return
    yield "## Beside τ²-bench"
    yield "Its public train tasks, as shares of a domain's. Of its tasks the reads are those listed among their gold actions."
    for size, title in (("writes", "gold writes"), ("reads", "reads")):
        series: dict[str, Mapping[int, int]] = {}
        for name in names:
            series[name], series[f"τ²-bench {name}"] = report.figures[name].sizes[size], getattr(PUBLIC[name], size)
        last = max(max(PUBLIC[name].reads) for name in names)
        yield _table((title, *series), _rows(series, last))


def _rows(series: Mapping[str, Mapping[int, int]], last: int) -> Iterator[tuple[object, ...]]:
    """A row for each number up to the last, which takes all beyond it."""
    gathered = [Counter[int]() for _ in series]
    for counts, own in zip(series.values(), gathered, strict=True):
        for value, count in counts.items():
            own[min(value, last)] += count
    for value in range(max(max(own, default=0) for own in gathered) + 1):
        yield f"{value}{'+' if value == last else ''}", *(share(own[value], own.total()) for own in gathered)


def _sharp(report: Report) -> Iterator[str]:
    yield "## Sharpness"
    yield (
        "Of the read-heavy: of all reads that can be left out one at a time, the share without which something else would be "
        f"changed, by tenths ('{NONE}': there is no such read). What is asked for or refused without a change has 0.0."
    )
    yield _shares(report, "sharpness", order=lambda name: name)
    yield "Shortcuts that were tried; where a scenario counts as read-heavy each of them finds something else."
    yield _shares(report, "shortcuts")


def _alone(report: Report) -> Iterator[str]:
    scores = {name: report.figures[name].scores() for name in columns(report)}
    if not all(scores.values()):
        return
    yield "## What the state alone would give"
    yield "To agents without judgement, were nothing but the final state compared."
    names = next(iter(scores.values()))
    yield _table(("who", *scores), [(who, *(f"{found[who]:.1%}" for found in scores.values())) for who in names])


def _made(report: Report) -> Iterator[str]:
    if report.made is None:
        return
    asked = report.made.asked
    yield "## How the scenarios were made"
    yield f"{asked.count} scenarios, preset {asked.preset}, seed {asked.seed}, world {asked.world}, writ {asked.version}."
    files = report.made.files.values()
    yield _table(
        ("domain", "part", "scenarios", "kinds", "outcomes", "only near to the dials"),
        [(file.domain, file.part, file.scenarios, _list(file.kinds), _list(file.outcomes), file.missed) for file in files],
    )
    for file in files:
        if file.part == HELD_OUT:
            yield f"Recipes of {file.domain} that are held out: {', '.join(file.recipes)}."
    if (found := report.leakage) is not None and found.held_out:
        yield (
            f"Of {found.held_out} held-out scenarios share with the {TRAIN} part: a customer {found.customers}, a recipe "
            f"{found.recipes}, a gold {found.golds}, eight words in a row of what the customer knows {found.words} (the same "
            "journeys and products of one world are told in the same words)."
        )


def _rejected(report: Report) -> Iterator[str]:
    files: Iterable[File] = report.made.files.values() if report.made is not None else ()
    counts = {name: Counter[str]() for name in report.domains}
    for file in files:
        counts[file.domain].update(file.rejected)
    if not any(counts.values()):
        return
    yield "## Drafts that were not admitted, by reason"
    for name, reasons in counts.items():
        yield _table((name, reasons.total()), reasons.most_common(_MOST))


def _words(name: str, words: Words) -> Iterator[str]:
    yield f"## Words: {name}"
    yield "Masked: names, ids, dates, times and amounts are taken out before anything is compared."
    if words.often:
        yield f"Sentences of {SHORT} words and more in over {OFTEN:.0%} of the conversations, those of the policy left out:"
        yield _table(("sentence", "share"), [(sentence, f"{part:.1%}") for sentence, part in words.often])
    if words.repeats:
        yield "Sentences that a party says twice in a conversation:"
        yield _table(("sentence", "conversations"), words.repeats)
    if not words.often and not words.repeats:
        yield f"No sentence of {SHORT} words and more is in over {OFTEN:.0%} of the conversations, and none is said twice in one."


def _shares(report: Report, name: str, order: Callable[[str], str] | None = None) -> str:
    """A table of one counter: its names, and the share of each in every column."""
    counts = {column: report.figures[column].names[name] for column in columns(report)}
    found = [each for each, _ in report.all.names[name].most_common()]
    rows = sorted(found, key=order) if order else found
    totals = {column: report.figures[column].accepted for column in counts}
    if name == "sharpness":
        totals = {column: own.total() for column, own in counts.items()}
    return _table(("", *counts), [(each, *(share(own[each], totals[column]) for column, own in counts.items())) for each in rows])


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    names = [str(name) for name in head]
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("<", "&lt;")
