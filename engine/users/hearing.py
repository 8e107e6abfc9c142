"""What the scripted customer makes of an agent's plain text: the acts that a deterministic agent would have given with it.

By what the text asks, says and states (engine/reading), by what the customer wants and knows, and by how far they have come. What
they cannot tell they leave out. Messages with a meaning are never heard otherwise than they were meant.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from engine.conversation.events import Act, Spoke
from engine.conversation.views import View
from engine.course import BESIDES, HEARD, Course, Wish
from engine.reading.answering import answers
from engine.reading.asking import Wanted, wanted
from engine.users.outcome import REFUSE, REPORT, Outcome, outcome
from engine.users.proposed import likeliest, proposals, stated, subjects
from servers.domain import Domain
from servers.recipe import Slots

_PRESSES = ("insist", "ask_why")


class Ear:
    """Hears the agent of one conversation. `knows(wish)` are the slots that the customer could tell for a wish, `of_self` those
    about themselves."""

    def __init__(self, domain: Domain, of_self: Sequence[str], knows: Callable[[Wish], Slots]) -> None:
        self._domain = domain
        self._of_self = of_self
        self._knows = knows
        self._tools = domain.tools_of("agent")

    def understood(self, view: View, course: Course) -> View:
        """The view with the meaning of what had none, as far as it was understood; `course` is followed to its end."""
        seen, own, words = list(view.seen), list[Act](), list[str]()
        for place, event in enumerate(seen):
            if not isinstance(event, Spoke):
                continue
            if event.party == view.party:
                course.said(event.meaning)
                own = [*own, *event.meaning] if event.meaning else own
                last, words = event.meaning, [*words, event.text]
                continue
            if not event.meaning:
                event = seen[place] = replace(event, meaning=self.hear(event.text, course, own, last if own else (), words))
            course.heard(event.meaning)
        return replace(view, seen=tuple(seen))

    def hear(
        self, text: str, course: Course, own: Sequence[Act], last: Sequence[Act], words: Sequence[str] = ()
    ) -> tuple[Act, ...]:
        """The acts of one message. `own` is all that the customer has said, in these `words`, `last` their last message."""
        asks, became = wanted(text), outcome(text, self._tools, self._domain.rules)
        if _has(last, *_PRESSES) and became.kinds and became.kinds[0].startswith(REFUSE):
            return (Act(kind=f"still.{became.kinds[0].partition('.')[2]}"), Act(kind="offer_more"))
        opened = [course.wishes[place] for place in course.made if not course.wishes[place].done]
        if len(opened) > 1 and not became.kinds and _has(last, "confirm") and asks.questions and not asks.waits:
            became = Outcome(kinds=(REPORT,), rest=text)  # they go on to something else: the first was done
        wish = self._target(became, asks, course, opened, own)
        facts = self._asked(asks, course, wish, own)
        proposal: list[Act] = []
        if not facts or (asks.consents and not asks.chooses):
            proposal = self._proposed(became.rest or text, asks, wish, course, own)
        if facts or proposal:
            return (*self._before(became, course, opened, wish), *facts, *proposal)
        told = not asks.questions and answers(asks.tells, " ".join(words), subjects(self._domain.phrases))
        settled = self._settled(asks, became, course, opened, last, told=told)
        return (*settled, *self._left_open(asks, course, opened if not settled else (), settled, own))

    def _target(self, became: Outcome, asks: Wanted, course: Course, opened: Sequence[Wish], own: Sequence[Act]) -> Wish | None:
        """The wish that a message goes on with: the first open one that a proposal fits, the next where one was settled."""
        if len(opened) < 2:
            return next(iter(opened), None)
        over = bool(became.kinds) and opened[0].parts - opened[0].settled < 2
        asked, later = " ".join(asks.consents), [*opened[1:], opened[0]] if over else opened
        if asks.consents and (fits := [each for each in later if self._fits(became.rest, asked, each, course)]):
            return fits[0]
        if not became.kinds or opened[0].parts - opened[0].settled > 1 or self._untold(asks, opened[0], own):
            return opened[0]
        return opened[1]

    def _untold(self, asks: Wanted, wish: Wish, own: Sequence[Act]) -> bool:
        """Is something asked for that only this wish is about, and that was not told?"""
        told, text = {slot for act in own for slot in act.slots}, " ".join(asks.questions)
        return any(_asks_for(self._domain, slot, text) for slot in self._knows(wish) if slot not in told)

    def _fits(self, text: str, asked: str, wish: Wish, course: Course) -> bool:
        values = course.values(wish)
        kind = likeliest(self._domain, text, asked, self._expected(wish, course))
        slots = stated(self._domain, values, self._everything(course), text)
        return kind is not None and course.against(wish, Act(kind=f"propose.{kind}", slots=slots, form=HEARD)) is None

    def _before(self, became: Outcome, course: Course, opened: Sequence[Wish], wish: Wish | None) -> Iterator[Act]:
        """What was settled on the way to a question: a part of that wish, or the wishes before it; then the turn to it."""
        kinds = list(became.kinds)
        if wish is None or not opened or wish is opened[0]:
            if wish is not None and wish.parts - wish.settled > 1:
                yield from (Act(kind=kind) for kind in kinds[: wish.parts - wish.settled - 1])
            return
        for each in opened[: opened.index(wish)]:
            asked_only = not self._expected(each, course)  # what was only a question has been answered by then
            kind = "answer.told" if asked_only else kinds.pop(0) if len(kinds) > 1 else next(iter(kinds), None)
            if kind is not None:
                yield from [Act(kind=kind)] * max(each.parts - each.settled, 1)
        yield Act(kind="turn", slots={"request": wish.place})

    def _settled(
        self, asks: Wanted, became: Outcome, course: Course, opened: Sequence[Wish], last: Sequence[Act], *, told: bool
    ) -> list[Act]:
        """What a message settles that asks for nothing: done, refused, or answered where it `told` what was asked."""
        kinds = list(became.kinds)
        if not kinds and _has(last, "confirm") and not asks.waits and not asks.questions:
            kinds = [REPORT]
        acts = list[Act]()
        for each in opened:
            left = max(each.parts - each.settled, 1)
            if not self._expected(each, course) and not (kinds and len(opened) == 1):
                acts += [Act(kind="answer.told")] * left if told else []
            elif kinds and len(opened) == 1:
                acts += [Act(kind=kind) for kind in (*kinds[:left], *kinds[-1:] * (left - len(kinds)))]
            elif kinds:
                acts += [Act(kind=kinds.pop(0) if len(kinds) > 1 else kinds[0])] * left
        return acts or [Act(kind=kind) for kind in kinds]

    def _asked(self, asks: Wanted, course: Course, wish: Wish | None, own: Sequence[Act]) -> list[Act]:
        """Questions for what the customer knows: who they are, what it is about. Beside a yes only what is new."""
        if not asks.questions:
            return []
        text, known = " ".join(asks.questions), self._known(course, wish)
        about = [slot for slot in known if _asks_for(self._domain, slot, text)]
        about = [slot for slot in about if wish is not None and slot in self._knows(wish)] or about
        mine = [slot for slot in self._of_self if _asks_for(self._domain, slot, text)]
        if not about and not mine and not asks.consents and not asks.helps:  # what would do as well may stand beside it
            mine = [slot for slot in self._of_self if _asks_for(self._domain, slot, asks.said)]
        told = {slot for act in own for slot in act.slots}
        if asks.consents:
            about, mine = ([slot for slot in slots if slot not in told] for slots in (about, mine))
        if about and set(mine) <= {"zip"}:
            mine = []
        acts = [Act(kind="ask.identity", wants=self._whole(mine))] if mine else []
        return [*acts, Act(kind="ask.details", wants=tuple(about))] if about else acts

    def _whole(self, mine: Sequence[str]) -> tuple[str, ...]:
        """Who somebody is, in one of the ways that are enough by themselves."""
        ways = self._domain.identification.ways if self._domain.identification is not None else ()
        touched = [slot for way in ways if set(way) & set(mine) for slot in way if slot in self._of_self]
        return tuple(dict.fromkeys(touched or mine))

    def _known(self, course: Course, wish: Wish | None) -> list[str]:
        """What they could tell for this wish, or else for another that they have made."""
        made = [course.wishes[place] for place in course.made]
        wishes = [*([] if wish is None else [wish]), *(each for each in made if each is not wish)]
        return list(dict.fromkeys(slot for each in wishes for slot in self._knows(each)))

    def _proposed(self, text: str, asks: Wanted, wish: Wish | None, course: Course, own: Sequence[Act]) -> list[Act]:
        """What a yes is asked for: of the writes that were wished for the likeliest, where nothing speaks for another one."""
        if not asks.consents:
            return []
        if asks.for_handing_over:
            return []
        if wish is None:
            return [] if asks.offers or not course.made else [Act(kind=BESIDES)]
        if asks.for_looking:
            return [Act(kind="ask.leave")]
        values, asked = course.values(wish), " ".join(asks.consents)
        kind = likeliest(self._domain, text, asked, self._expected(wish, course))
        if kind is None:
            return [Act(kind=BESIDES)]
        slots = stated(self._domain, values, self._everything(course), text)
        slots = {slot: value for slot, value in slots.items() if _corrected(own, slot) < MOST}
        if not slots and course.proposed and len(asks.said) < _SHORT:
            return [Act(kind="ask.sure")]
        return [Act(kind=f"propose.{kind}", slots=slots, form=HEARD)]

    def _expected(self, wish: Wish, course: Course) -> tuple[str, ...]:
        """The writes that somebody with this wish has asked for; none where it is a question."""
        recipe = wish.recipe
        named = (recipe.name,) if recipe.proposes is None else recipe.proposes(course.values(wish))
        return tuple(name for name in named if name in proposals(self._domain))

    def _everything(self, course: Course) -> Mapping[int, Slots]:
        return {wish.place: course.values(wish) for wish in course.wishes}

    def _left_open(
        self, asks: Wanted, course: Course, opened: Sequence[Wish], settled: Sequence[Act], own: Sequence[Act]
    ) -> Iterator[Act]:
        """What is left for the customer to say where neither a fact nor a yes of theirs is asked for."""
        if not course.made:
            yield Act(kind="ask.help")
        elif settled or not opened:
            if settled or asks.offers or asks.helps or asks.parts or asks.hands_over or asks.consents:
                yield Act(kind="offer_more")
            elif asks.waits:
                yield Act(kind="ask.time")
        elif asks.helps or asks.questions:
            yield Act(kind="ask.wish") if _restated(own) < MOST else Act(kind="ask.other", wants=("?",))
        elif asks.offers or asks.parts:
            yield Act(kind="offer_more") if _restated(own) else Act(kind="ask.wish")
        elif asks.hands_over:
            yield Act(kind=BESIDES)
        elif asks.waits:
            yield Act(kind="ask.time")


MOST = 2
"""So often a customer sets the same thing right, or says their wish again, before they let it be."""

_SHORT = 240


def _has(acts: Sequence[Act], *families: str) -> bool:
    return any(act.kind.partition(".")[0] in families for act in acts)


def _restated(own: Sequence[Act]) -> int:
    """How often a customer has said their wish again since they made it."""
    count = 0
    for act in reversed(own):
        if act.kind.startswith("request."):
            break
        count += act.kind.startswith("restate.")
    return count


def _corrected(own: Sequence[Act], slot: str) -> int:
    return sum(act.kind == "correct" and slot in act.slots for act in own)


def _asks_for(domain: Domain, slot: str, text: str) -> bool:
    return _cue(domain.cues.asked.get(slot, (rf"\b{slot.replace('_', ' ')}",))).search(text) is not None


@lru_cache(maxsize=256)
def _cue(pieces: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(pieces))
