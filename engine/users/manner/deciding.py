"""What a customer does with a proposal or a refusal: hesitates, insists, bargains, asks why, gives in or hangs up."""

from collections.abc import Sequence

from engine.conversation.events import Act
from engine.conversation.views import View
from engine.users.manner.clause import Clause, Shape, Turn, has, of, plain

MOST = 3
"""So often at most somebody insists with one clause."""

_INSISTENCE = ("insist.plain", "insist.exception", "insist.unfair")
_PRESSES = ("insist", "ask_why")


def _hesitates(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """A maybe before the first yes."""
    return [plain("hedge")] if has(acts, "confirm") and not turn.said("hedge") else acts


def _presses(*kinds: str) -> Shape:
    """A clause that answers a refusal by these acts, one after the other; `insists:n` says by how many."""

    def shape(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
        wanted = kinds[: max(1, min(int(turn.argument), MOST))] if turn.argument.isdigit() else kinds
        left = next((kind for kind in wanted if not turn.said(kind)), None)
        return [plain(left)] if left is not None and _refused(turn, acts) and _debatable(turn) else acts

    return shape


def _refused(turn: Turn, acts: Sequence[Act]) -> bool:
    """Was the last word a refusal that would now be taken, and does nothing else come of it?"""
    reacts = any(reaction.on == "refused" for reaction in turn.scenario.plot)
    taken = bool(acts) and acts[0].kind in ("accept", "thanks", "impatient", "bye")
    return (
        taken
        and not reacts
        and bool(turn.heard("refuse") or turn.heard("still"))
        and not any(has(acts, each) for each in _PRESSES)
    )


def _debatable(turn: Turn) -> bool:
    """Does the last refusal give a rule? Of what is not there nobody could make an exception."""
    said = [act.kind.partition(".")[2] for act in turn.view.heard() if of(act, "refuse") or of(act, "still")]
    return bool(said) and any(rule.name == said[-1] and not rule.lacks for rule in turn.domain.rules)


def _hangs_up(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    return [plain("bye.fed_up")] if _refused(turn, acts) and has(acts, "bye") else acts


def gives_in(view: View, acts: Sequence[Act]) -> Sequence[Act]:
    """After the last refusal said again nobody says "great, thanks"."""
    if not has(view.heard(), "still") or not has(acts, "thanks"):
        return acts
    return [plain("accept") if act.kind == "thanks" else act for act in acts]


CLAUSES = (
    Clause(
        name="hesitates",
        told="Answer the first proposal that fits with a maybe, and say yes when you are asked again.",
        shape=_hesitates,
    ),
    Clause(
        name="asks_why",
        told="When something is refused, ask once for the reason behind the rule.",
        shape=_presses("ask_why"),
    ),
    Clause(
        name="claims_loyalty",
        told="When something is refused, bring up once that you have been a loyal customer for years.",
        shape=_presses("insist.loyal"),
    ),
    Clause(
        name="friend_got_it",
        told="When something is refused, say once that it was done for a friend of yours.",
        shape=_presses("insist.friend"),
    ),
    Clause(
        name="bargains",
        told="When something is refused, try once to bargain.",
        shape=_presses("insist.bargain"),
    ),
    Clause(
        name="insists",
        told="When something is refused, insist on it before you give in; so often: {}.",
        shape=_presses(*_INSISTENCE),
    ),
    Clause(
        name="hangs_up",
        told="When the last thing that you want stays refused, end the conversation annoyed.",
        shape=_hangs_up,
    ),
)
