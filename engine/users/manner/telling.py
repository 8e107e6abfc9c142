"""How much a customer tells when asked: one thing at a time, all at once, only at the second time; and what they say again."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from engine.conversation.events import Act
from engine.users.manner.clause import Clause, Turn, has, of, plain


def _one_at_a_time(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    return [_first_part(turn, act) if act.kind == "inform" and not turn.opens else act for act in acts]


def _first_part(turn: Turn, act: Act) -> Act:
    """One detail of several, one that was not told before; who they are is said as a whole."""
    if len(act.slots) < 2 or set(act.slots) & set(turn.known(None)):
        return act
    told = turn.told()
    parts = (Act(kind="inform", slots={slot: value}) for slot, value in act.slots.items() if slot not in told)
    return next((part for part in parts if turn.can_say(part)), act)


def _everything(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """All that is known for the first request, as soon as something was asked."""
    if turn.opens or not has(acts, "inform") or not turn.said("request") or not turn.begun() or _plotted(turn):
        return acts
    told = turn.told() | {slot for act in acts for slot in act.slots}
    known = {slot: each.value for slot, each in turn.known(0).items() if each.via is None}
    left = {slot: value for slot, value in known.items() if slot not in told and value is not None}
    return [*acts, *_informs(turn, left)]


def _plotted(turn: Turn) -> bool:
    return any(reaction.request == 0 for reaction in turn.scenario.plot)


def _informs(turn: Turn, slots: dict[str, object]) -> Iterator[Act]:
    """As few acts as there are words for; a detail that has none alone or with another is left until it is asked for."""
    left = dict(slots)
    for size in (1, 2):
        for names in combinations(slots, size):
            act = Act(kind="inform", slots={name: slots[name] for name in names})
            if set(names) <= set(left) and turn.can_say(act):
                left = {name: value for name, value in left.items() if name not in names}
                yield act


def _forgets(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """Asked for a detail for the first time: not at hand."""
    if turn.opens or turn.said("looking.detail") or not has(acts, "inform") or _of_self(turn, acts):
        return acts
    return [plain("looking.detail")]


def _forgets_account(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    if turn.opens or turn.said("looking.account") or not has(acts, "inform") or not _of_self(turn, acts):
        return acts
    return [plain("looking.account")]


def _of_self(turn: Turn, acts: Sequence[Act]) -> bool:
    """Do they say who they are?"""
    own = set(turn.known(None))
    return any(act.kind == "inform" and own & set(act.slots) for act in acts)


def _puzzled(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """Does not understand the first question, and answers when it is put again."""
    asked = any(act.wants for act in turn.heard("ask"))
    return [plain("puzzled")] if asked and not turn.said("puzzled") else acts


def _restates(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """Says beside the first answer once more what it is about."""
    if turn.opens or turn.said("restate") or turn.said("request") != 1 or not has(acts, "inform") or not turn.begun():
        return acts
    opening = {slot: known.value for slot, known in turn.known(0).items() if known.when == "opening" and known.via is None}
    again = Act(kind=f"restate.{turn.scenario.requests[0].recipe}", slots=opening)
    said = any(of(act, "request") or of(act, "correct") for act in acts)
    return acts if said else [*acts, plain("once_more"), again]


CLAUSES = (
    Clause(
        name="one_at_a_time", told="Tell only one thing at a time, also when you are asked for several.", shape=_one_at_a_time
    ),
    Clause(
        name="everything_known",
        told="At the first question about your request, tell everything that you know about it.",
        shape=_everything,
    ),
    Clause(
        name="restates",
        told="With your first answer, say once more in other words what you want.",
        shape=_restates,
    ),
    Clause(
        name="forgets",
        told="The first time you are asked for a detail, say that you have to look; tell it when you are asked again.",
        shape=_forgets,
    ),
    Clause(
        name="forgets_account",
        told="The first time you are asked who you are, say that you have to look it up; tell it when you are asked again.",
        shape=_forgets_account,
    ),
    Clause(
        name="puzzled",
        told="You do not understand the first question; answer it when it is put again.",
        shape=_puzzled,
    ),
)
