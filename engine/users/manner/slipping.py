"""A wrong detail said first: set right before it matters, when nothing is found, or when it is proposed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.conversation.events import Act
from engine.scenario import Manner, Scenario
from engine.users.manner.clause import Clause, Turn, has, of, plain
from engine.users.manner.slip import slipped

SELF, PROPOSED, FIRST = "misstates_self", "misstates", "corrects_itself"


def slips(scenario: Scenario) -> Mapping[tuple[int | None, str], Any]:
    """The wrong values that a manner makes a customer say, by request and slot."""
    found = {}
    for name, slot in _slipping(scenario.manner):
        request = None if name == SELF else 0
        known = next((each for each in scenario.knows if each.request == request and each.slot == slot), None)
        wrong = slipped(known.value) if known is not None and known.via is None else None
        if wrong is not None:
            found[request, slot] = wrong
    return found


def _slipping(manner: Manner) -> Iterator[tuple[str, str]]:
    for clause in manner.clauses:
        name, _, slot = clause.partition(":")
        if name in (SELF, PROPOSED, FIRST):
            yield name, slot


def _wrong(turn: Turn, act: Act, request: int | None) -> Act:
    """An act with the slip in place of the right detail."""
    wrong, known = slips(turn.scenario).get((request, turn.argument)), turn.known(request).get(turn.argument)
    if wrong is None or known is None or act.slots.get(turn.argument) != known.value:
        return act
    return Act(kind=act.kind, slots={**act.slots, turn.argument: wrong}, wants=act.wants, form=act.form)


def _misstates_self(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """Who they are, wrong the first time; when the agent finds nobody, they see it."""
    if not has(acts, "inform"):
        return acts
    if not turn.told() & set(turn.known(None)):
        return [_wrong(turn, act, None) if act.kind == "inform" else act for act in acts]
    again = turn.argument in {slot for act in acts for slot in act.slots} and not turn.said("mistyped")
    return [plain("mistyped"), *acts] if again else acts


def _misstates(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """A detail of the first request, wrong until it is proposed."""
    first = next((name for name, _ in _slipping(turn.scenario.manner) if name != SELF), PROPOSED)
    apart = turn.scenario.plot or turn.scenario.manner.together
    if apart or first != PROPOSED or not turn.begun() or turn.said("correct") or has(acts, "correct"):
        return acts
    said = ("request", "inform", "restate")
    return [_wrong(turn, act, 0) if any(of(act, family) for family in said) else act for act in acts]


def _corrects_itself(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """A detail of the first words, wrong; with the answer to who they are they set it right. Nothing was decided until then."""
    if turn.opens:
        safe = turn.known(None) and not has(acts, "inform")
        return [_wrong(turn, act, 0) if of(act, "request") and act == _opening(acts) else act for act in acts] if safe else acts
    wrong = slips(turn.scenario).get((0, turn.argument))
    if wrong is None or turn.said("correct") or has(acts, "correct") or not has(acts, "inform") or not _told(turn, wrong):
        return acts
    rest = [act for act in acts if not of(act, "restate") and not of(act, "once_more")]
    opening = {slot: known.value for slot, known in turn.known(0).items() if known.when == "opening"}
    right = Act(kind=f"correct.{turn.scenario.requests[0].recipe}", slots=opening)
    return [*rest, plain("wrong_before"), right]


def _opening(acts: Sequence[Act]) -> Act | None:
    return next((act for act in acts if of(act, "request")), None)


def _told(turn: Turn, wrong: Any) -> bool:
    """Was the wrong detail said?"""
    return turn.said("request") > 0 and any(act.slots.get(turn.argument) == wrong for act in turn.own() if of(act, "request"))


CLAUSES = (
    Clause(
        name=SELF,
        told="When you say who you are, get one digit wrong in this: {}; set it right when the agent finds nobody.",
        shape=_misstates_self,
    ),
    Clause(
        name=PROPOSED,
        told="Get this wrong at first (a digit, a day, one too many): {}; set it right when the agent proposes it so.",
        shape=_misstates,
    ),
    Clause(
        name=FIRST,
        told="Get this wrong in your first message (a digit, a day, one too many): {}; set it right in your second.",
        shape=_corrects_itself,
    ),
)
