"""The figures of a dataset, counted conversation by conversation over a run's journal."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.checkers.verdict import Verdict
from engine.conversation.events import Called, Event, Spoke
from engine.scenario import Reaction, Scenario
from engine.synthesis.baselines import BASELINES
from engine.synthesis.pack import gold_of
from engine.synthesis.tally import UNCHANGED, end
from servers.domain import Domain
from servers.state import World

WRITES = tuple(range(7))
"""Columns of the table of both axes; the last one takes all beyond it."""

BURDENS = (("0", 0), ("1-4", 4), ("5-8", 8), ("9-16", 16), ("17+", 1 << 30))
"""Rows of it: a name, and the largest burden that it takes."""

NONE = "none"
"""Where there is no read that could be left out."""

SIZES = ("writes", "burden", "read_heavy", "reads", "turns", "requests", "candidates", "tokens", "union")
"""The counters from a number to conversations. `read_heavy` is the burden of those that are so; `candidates` the most that one
decision compares, `tokens` an estimate of what the reads answer that all decisions need, `union` how many reads these are."""

NAMES = (
    *("kinds", "outcomes", "requested", "recipes", "rules", "tools", "twins"),
    *("clauses", "personas", "plots", "sharpness", "shortcuts"),
)
"""The counters from a name to conversations; of `requested` the recipes of requests, of `tools` those of calls."""


class Figures:
    """Counts accepted conversations; of the others only how many there are and why.

    `customers` and `golds` say of each how many conversations are its own, by hashes. `baselines` adds up the chances of who
    has no judgement, over those `judged` that have requests.
    """

    def __init__(self) -> None:
        self.standing = Counter[str]()
        self.reasons = Counter[str]()
        self.axes = Counter[tuple[str, int]]()
        self.sizes: dict[str, Counter[int]] = {name: Counter() for name in SIZES}
        self.names: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
        self.customers = Counter[bytes]()
        self.golds = Counter[bytes]()
        self.scripted = 0
        self.judged = 0
        self.baselines = dict.fromkeys(BASELINES, 0.0)

    @property
    def accepted(self) -> int:
        """How many conversations the other figures are of."""
        return self.standing["accepted"]

    @property
    def unchanged(self) -> int:
        """How many of them end without a change."""
        return Counter({name: self.names["outcomes"][name] for name in UNCHANGED}).total()

    def take(
        self, scenario: Scenario, events: Sequence[Event], verdict: Verdict, domain: Domain, chances: Mapping[str, float]
    ) -> None:
        """One conversation. `chances` are those of the baselines, none for a task without requests."""
        self.standing[verdict.standing] += 1
        if not verdict.accepted:
            self.reasons[verdict.reason] += 1
            return
        self.axes[burden_class(scenario.burden), min(len(scenario.gold.writes), WRITES[-1])] += 1
        for name, size in _sizes(scenario, events, verdict).items():
            self.sizes[name][size] += 1
        for name, found in _names(scenario, events).items():
            self.names[name].update(found)
        self.customers[_hash(f"{scenario.domain} {scenario.customer}".encode())] += 1
        self.golds[_hash(scenario.domain.encode() + gold_of(domain, scenario))] += 1
        self.scripted += scenario.has_user_script
        self.judged += bool(chances)
        for name, chance in chances.items():
            self.baselines[name] += chance

    def scores(self) -> dict[str, float]:
        """What each baseline reaches by the state alone, from 0 to 1."""
        return {name: total / self.judged for name, total in self.baselines.items()} if self.judged else {}

    def as_dict(self) -> dict[str, object]:
        """All of it as plain values, for JSON."""
        return {
            "standing": _plain(self.standing),
            "reasons": _plain(self.reasons),
            "writes_by_burden": {name: [self.axes[name, writes] for writes in WRITES] for name, _ in BURDENS},
            **{name: _plain(counts) for name, counts in (self.sizes | self.names).items()},
            "unchanged": self.unchanged,
            "with_a_user_script": self.scripted,
            "most_of_one_customer": max(self.customers.values(), default=0),
            "most_of_one_gold": max(self.golds.values(), default=0),
            "by_state_alone": {name: round(score, 4) for name, score in self.scores().items()},
        }


def chances(scenario: Scenario, domain: Domain, world: World) -> dict[str, float]:
    """How likely each baseline is to leave the right state; nothing for a task without requests."""
    return {name: baseline(scenario, domain, world) for name, baseline in BASELINES.items()} if scenario.requests else {}


def burden_class(burden: int) -> str:
    """The row of the table in which a burden stands."""
    return next(name for name, most in BURDENS if burden <= most)


def quantile(counts: Mapping[int, int], share: float) -> int | str:
    """The value below or at which this share of the counted lies; a dash where nothing was counted."""
    left = share * Counter(counts).total()
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return max(counts, default="–")


def _sizes(scenario: Scenario, events: Sequence[Event], verdict: Verdict) -> dict[str, int]:
    decisions = scenario.decisions
    heavy = {"read_heavy": scenario.burden} if scenario.kind == "read-heavy" else {}
    tokens = Counter({place: decision.tokens for place, decision in enumerate(decisions)}).total()
    return heavy | {
        "writes": len(scenario.gold.writes),
        "burden": scenario.burden,
        "reads": verdict.reads,
        "turns": len([event for event in events if isinstance(event, Spoke)]),
        "requests": len(scenario.requests),
        "candidates": max((decision.candidates for decision in decisions), default=0),
        "tokens": tokens // 100 * 100,
        "union": scenario.measures.union,
    }


def _names(scenario: Scenario, events: Sequence[Event]) -> dict[str, Sequence[str]]:
    """What is counted by name; a name that comes twice in a list counts twice."""
    recipes = [f"{scenario.domain}: {request.recipe}" for request in scenario.requests]
    return {
        "kinds": [scenario.kind],
        "outcomes": [end(scenario)],
        "requested": recipes,
        "recipes": sorted({*recipes}),
        "rules": [f"{scenario.domain}: {rule}" for rule in sorted({*_rules(scenario)})],
        "clauses": _clauses(scenario),
        "personas": [scenario.manner.persona] if scenario.manner.persona else [],
        "plots": sorted({_reaction(reaction) for reaction in scenario.plot}),
        "tools": [event.name for event in events if isinstance(event, Called)],
        "twins": [scenario.id.rpartition("-")[2]] if scenario.provenance.twin_of is not None else [],
        "sharpness": [_sharpness(scenario.measures.state_sharpness)] if scenario.kind == "read-heavy" else [],
        "shortcuts": scenario.measures.shortcuts,
    }


def _rules(scenario: Scenario) -> Iterator[str]:
    """The rules by which something is refused."""
    yield from (refusal.rule for refusal in scenario.answer.refuse)
    if scenario.answer.transfer:
        yield scenario.answer.transfer


def _clauses(scenario: Scenario) -> list[str]:
    """Ways of behaving; what one is about (`misstates_self:user_id`) is left out."""
    manner = scenario.manner
    found = {clause.partition(":")[0] for clause in manner.clauses}
    return sorted(found | {name for name in ("together", "introduces") if getattr(manner, name)})


def _reaction(reaction: Reaction) -> str:
    """'when refused: asks for something else', and so on."""
    if reaction.withdraw:
        does = "takes it back" + (", asks for something else" if reaction.ask is not None else "")
    else:
        does = "changes their mind" if reaction.change is not None else "asks for something more"
    return f"when {reaction.on}: {does}"


def _sharpness(share: float | None) -> str:
    """A tenth, by its lower end: '0.9' is from 0.9 to below 1."""
    return NONE if share is None else "1.0" if share >= 1 else f"0.{int(share * 10)}"


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _plain(counts: Mapping[str, int] | Mapping[int, int]) -> dict[str, int]:
    """Counts as JSON has them: numbers by their size, names by how many."""
    items: list[tuple[Any, int]] = list(counts.items())
    items.sort(key=lambda item: (0, item[0], "") if isinstance(item[0], int) else (1, -item[1], item[0]))
    return {str(name): count for name, count in items}
