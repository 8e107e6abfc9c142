"""What a customer says beside what they want: questions, chatter, moods. Each is an act of its own, which changes nothing."""

from collections.abc import Sequence

from engine.conversation.events import Act
from engine.users.manner.clause import Clause, Shape, Turn, has, of, plain
from engine.users.manner.writing import CURT

_ASIDES = ("aside", "offtopic", "chat", "hurry", "apology", "grateful")
"""One of these is enough for a message."""

_BEFORE = ("request", "vague", "story")


def _at_opening(kind: str) -> Shape:
    """In the first message, before what is wanted."""

    def shape(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
        if not turn.opens:
            return acts
        place = next((place for place, act in enumerate(acts) if any(of(act, each) for each in _BEFORE)), len(acts))
        return [*acts[:place], plain(kind), *acts[place:]]

    return shape


def _beside(kind: str, family: str, most: int, share: float, *, before: bool = False) -> Shape:
    """Beside acts of a family: certainly the first time, then now and then, at most so often."""

    def shape(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
        said = turn.said(kind)
        full = any(has(acts, each) for each in _ASIDES) or not has(acts, family) or turn.opens
        if full or said >= most or (said and turn.random.random() >= share):
            return acts
        return [plain(kind), *acts] if before else [*acts, plain(kind)]

    return shape


def _asks_aside(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """A question about how this works, beside an answer; another one later."""
    asked = turn.said("aside")
    if (
        turn.opens
        or not has(acts, "inform")
        or asked >= 2
        or any(has(acts, each) for each in _ASIDES)
        or (asked and turn.random.random() < 0.5)
    ):
        return acts
    kinds = [kind for kind in ("aside.time", "aside.changes", "aside.more", "aside.again") if not turn.said(kind)]
    return [*acts, plain(kinds[int(turn.random.random() * len(kinds))])]


def _both(*shapes: Shape) -> Shape:
    def shape(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
        for each in shapes:
            acts = each(turn, acts)
        return acts

    return shape


def _impatient(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """What took a while came: a proposal, a refusal, an answer. Whoever leaves hurries nobody any more."""
    came = any(turn.heard(family) for family in ("propose", "refuse", "answer"))
    late = has(acts, "bye") or has(acts, "insist")
    return [plain("impatient"), *acts] if came and not late and not turn.said("impatient") else acts


def _terse(turn: Turn, acts: Sequence[Act]) -> Sequence[Act]:
    """Without greetings and courtesies."""
    rest = [act for act in acts if act.kind not in ("hello", "thanks", "next", "accept")]
    return rest or acts


CLAUSES = (
    Clause(
        name="asks_aside",
        told="Beside your answers, ask once or twice how this works (how long it takes, whether you will be asked first).",
        shape=_asks_aside,
    ),
    Clause(
        name="asks_offtopic",
        told="Ask once about something that has nothing to do with it.",
        shape=_beside("offtopic", "inform", 1, 0.0),
    ),
    Clause(
        name="chats",
        told="Chat a little about your day beside your answers.",
        shape=_both(_beside("chat", "inform", 2, 0.5), _beside("chat", "confirm", 2, 0.3)),
    ),
    Clause(
        name="impatient",
        told="When the agent comes back with what it found, let it show that this took long.",
        shape=_impatient,
    ),
    Clause(
        name="upset",
        told="You are upset that you have to write at all; say so in your first message.",
        shape=_at_opening("upset"),
    ),
    Clause(
        name="hurried",
        told="You are in a hurry; say so at the beginning and once more later.",
        shape=_both(_at_opening("hurry"), _beside("hurry", "inform", 2, 0.6)),
    ),
    Clause(
        name="apologetic",
        told="Apologize for the trouble that you make, at the beginning and later.",
        shape=_both(_at_opening("apology"), _beside("apology.again", "inform", 2, 0.5)),
    ),
    Clause(
        name="grateful",
        told="Thank the agent a lot, for everything.",
        shape=_both(_beside("grateful", "inform", 1, 0.0), _beside("grateful.done", "confirm", 2, 0.6)),
    ),
    Clause(
        name="over_polite",
        told="Be very polite, more than is usual.",
        shape=_both(_at_opening("polite"), _beside("polite.answer", "inform", 2, 0.6, before=True)),
    ),
    Clause(name="terse", told="Be terse: no greetings, no thanks, short sentences.", shape=_terse, wording=CURT),
)
