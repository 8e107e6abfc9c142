"""How a customer begins: with a greeting or without, with a story, by naming only what it is about, who they are last."""

from collections.abc import Sequence

from engine.conversation.events import Act
from engine.users.manner.clause import Clause, Turn, has, of, plain


def _vague(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    if turn.scenario.manner.together:
        return acts
    if turn.opens and has(acts, "request"):
        return [*(act for act in acts if not of(act, "request")), plain("vague")]
    if turn.said("request") or not turn.said("vague") or not has(acts, "request"):
        return acts
    return [act for act in acts if act.kind not in ("thanks", "next")]


def _straight(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    rest = [act for act in acts if act.kind != "hello"]
    return rest if turn.opens and rest else acts


def _story(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    if not turn.opens:
        return acts
    place = next((place for place, act in enumerate(acts) if of(act, "request") or of(act, "vague")), len(acts))
    return [*acts[:place], plain("story"), *acts[place:]]


def _name_last(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    if not turn.opens:
        return acts
    return [*(act for act in acts if act.kind != "inform"), *(act for act in acts if act.kind == "inform")]


def _held_back(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """The first request without one of its details, where there are words for that."""
    if turn.said("request") or not turn.argument:
        return acts
    for place, act in enumerate(acts):
        if of(act, "request") and turn.argument in act.slots:
            rest = {slot: value for slot, value in act.slots.items() if slot != turn.argument}
            less = Act(kind=act.kind, slots=rest)
            return [*acts[:place], less, *acts[place + 1 :]] if turn.can_say(less) else acts
    return acts


CLAUSES = (
    Clause(
        name="vague_first",
        told="In your first message say only that you need help with something; say what it is when you are asked.",
        shape=_vague,
    ),
    Clause(
        name="holds_back",
        told="Leave this out of your first request and tell it when you are asked for it: {}.",
        shape=_held_back,
    ),
    Clause(name="straight_in", told="Come straight to the point, without a greeting.", shape=_straight),
    Clause(name="story_first", told="Before you say what you want, tell in a sentence how you came to write.", shape=_story),
    Clause(
        name="name_last",
        told="Where you say who you are in your first message, say it after what you want.",
        shape=_name_last,
    ),
)
