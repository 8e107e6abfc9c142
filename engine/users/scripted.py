"""The scripted user: a customer who plays a brief, as a pure function of the brief and their side of the conversation.

Answers only from what they know: says no to what contradicts their words, yes to a wrong option that they cannot
tell apart, and never volunteers that something is better.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Act, Call, Called, Move, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.course import Course, Wish
from engine.scenario import Known, Reaction, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.speech.speaking import speak
from engine.users.hearing import Ear
from engine.users.manner import behave, worded
from engine.users.manner.slip import next_door
from servers.domain import Domain, ToolCall
from servers.recipe import Slots

NOTHING_UNDERSTOOD = "understood nothing"
"""Why a conversation is given up whose customer could make nothing of the agent's words."""

_REPLIES: Mapping[str, str] = {"ask.leave": "confirm", "ask.time": "waits"}
"""What is said to leave that is asked for looking something up, and to who needs a moment."""

PUZZLED = 3
"""So often in a row a customer who understands nothing asks back; then they give up, and it is their failure."""


class ScriptedUser:
    """Plays the customer of a scenario, with its plot."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._domain = domain
        self._scenario = scenario
        self._phrasebook = phrasebook
        self._self = {known.slot: known for known in scenario.knows if known.request is None}
        self._known: list[dict[str, Known]] = [{} for _ in scenario.requests]
        for known in scenario.knows:
            if known.request is not None:
                self._known[known.request][known.slot] = known

    async def move(self, view: View) -> Move | None:
        """The next move. Leaves when everything was settled. Raises PartyFailed when text was not understood for too long."""
        course, view = self._followed(view)
        acts: Sequence[Act] | Call = self._reply(course, view)
        if isinstance(acts, Call):
            return Move(calls=(acts,))
        acts = behave(self._domain, self._scenario, self._phrasebook, view, acts)
        text, meaning = speak(self._phrasebook, acts, view)
        text = worded(self._scenario, self._phrasebook, view, text, meaning)
        return Move(text=text, meaning=meaning, leaves=any(act.kind.partition(".")[0] == "bye" for act in acts))

    def _followed(self, view: View) -> tuple[Course, View]:
        """What became of the requests by now, from what both sides have said; of plain text what it was understood to say."""

        def values(place: int) -> Slots:
            known = self._known[place].values()
            return {each.slot: value for each in known if (value := _value(each, view.seen)) is not None}

        course = Course(self._domain, self._scenario, values)
        return course, Ear(self._domain, tuple(self._self), self._wanted).understood(view, course)

    def _reply(self, course: Course, view: View) -> list[Act] | Call:
        if not any(isinstance(event, Spoke) for event in view.seen):
            return self._opening(course)
        heard = view.heard()
        for act in heard:
            family = act.kind.partition(".")[0]
            if family == "propose" or act.kind == "ask.sure":
                return self._judged(course)
            if family == "ask" and act.wants:
                return self._told_all(course, [act for act in heard if act.kind.startswith("ask.") and act.wants], view)
            if (reply := _REPLIES.get(act.kind)) is not None:
                return [Act(kind=reply)]
            if act.kind == "ask.wish" and course.current is not None:
                return [Act(kind="once_more"), Act(kind=f"restate.{course.current.recipe.name}", slots=course.current.opening)]
        if any(act.kind in ("offer_more", "ask.help") for act in heard):
            refused = any(act.kind.startswith("refuse.") for act in heard)
            noted = any(act.kind == "noted" for act in heard) and not any(act.kind.startswith("report.") for act in heard)
            courtesy = Act(kind="accept" if refused else "thanks.noted" if noted else "thanks")
            return [courtesy, *self._going_on(course, refused=refused)]
        return self._puzzled(view)

    def _puzzled(self, view: View) -> list[Act]:
        """Asks back, for a while."""
        spoke = [event for event in view.seen if isinstance(event, Spoke)]
        nothing = 0
        for event in reversed(spoke):
            if event.party != view.party and event.meaning:
                break
            nothing += event.party != view.party
        if nothing > PUZZLED:
            raise PartyFailed("user", NOTHING_UNDERSTOOD, f"asked back {PUZZLED} times, the last was: {spoke[-1].text[:200]}")
        return [Act(kind="puzzled")]

    def _opening(self, course: Course) -> list[Act]:
        acts = [Act(kind="hello")]
        if self._scenario.manner.introduces and self._self:
            acts.append(Act(kind="inform", slots={slot: known.value for slot, known in self._self.items()}))
        first = [wish for wish in course.wishes if not course.is_led_to(wish.place)]
        for number, wish in enumerate(first if self._scenario.manner.together else first[:1]):
            joins = "also.last" if 1 < number == len(first) - 1 else "also"
            acts += [Act(kind=joins)] * (number > 0) + [_request(wish)]
        return acts

    def _judged(self, course: Course) -> list[Act]:
        """Yes, no, no with what it should have been, or what the plot has for it."""
        if not course.proposed:
            return [Act(kind="puzzled")]
        wish, proposal = course.current, course.proposed[0]
        if wish is None or not wish.recipe.asks_for(values := course.values(wish), proposal.kind.partition(".")[2]):
            return [Act(kind="decline")]
        wrong = course.against(wish, proposal)
        if wrong is not None:
            return [Act(kind="correct", slots={wrong: values[wrong]})]
        due = course.due()
        return [Act(kind="confirm")] if due is None else self._reacting(course, due)

    def _reacting(self, course: Course, due: Reaction) -> list[Act]:
        """What the plot has for a proposal that is as it was asked for."""
        if due.change is not None:
            together = self._phrasebook.wordings("user", "inform", frozenset(due.change)) > 0
            parts = [due.change] if together else [{slot: value} for slot, value in due.change.items()]
            wrong = any(next_door(course.values(course.wishes[due.request]).get(slot), new) for slot, new in due.change.items())
            return [Act(kind="rethink.slip" if wrong else "rethink"), *(Act(kind="inform", slots=part) for part in parts)]
        further = [] if due.ask is None else [_request(course.wishes[due.ask])]
        if not due.withdraw:
            return [Act(kind="confirm"), Act(kind="besides"), *further]
        why = Act(kind="withdraw") if due.on == "proposed" else Act(kind="withdraw.price", slots={"over": due.over})
        return [why, *([Act(kind="rather")] if further else []), *further]

    def _going_on(self, course: Course, *, refused: bool) -> list[Act]:
        """The next request, in words that lead to it from what came before; goodbye when there is none."""
        place = course.next()
        if place is None:
            return [Act(kind="bye")]
        origin = next((reaction for reaction in self._scenario.plot if reaction.ask == place), None)
        request, leads = _request(course.wishes[place]), "next"
        if origin is not None and origin.on == "refused" and refused:
            leads = self._lead("instead", request)
        elif origin is not None and origin.on == "written":
            earlier, details = course.values(course.wishes[origin.request]), self._domain.rethinks
            known = (each for slot, each in self._known[place].items() if slot not in details)
            about = any(earlier.get(each.slot) == each.value for each in known)
            wrong = any(next_door(earlier.get(each.slot), each.value) for each in self._known[place].values())
            done = _request(course.wishes[origin.request])
            leads = "again.slip" if wrong else self._lead("again", done) if about else "next"
        return [Act(kind=leads), request]

    def _lead(self, family: str, request: Act) -> str:
        """What leads on from a request, or to it, in words of its own where there are some."""
        own = f"{family}.{request.kind.partition('.')[2]}"
        return own if self._phrasebook.wordings("user", own, frozenset()) else family

    def _told_all(self, course: Course, asked: Sequence[Act], view: View) -> list[Act] | Call:
        """The answers to several questions; that something is not known only where nothing is."""
        told = list[Act]()
        for act in asked:
            found = self._told(course, act, view)
            if isinstance(found, Call):
                return found
            told += found
        return [act for act in told if act.kind == "inform"] or told[:1]

    def _told(self, course: Course, act: Act, view: View) -> list[Act] | Call:
        """What the customer knows of what was asked for; what a tool of theirs shows they look up whenever they are asked."""
        current = [] if course.current is None else [course.current]
        wishes = [*current, *(course.wishes[place] for place in course.made if course.wishes[place] not in current)]
        sources = [self._wanted(wish) for wish in wishes]
        about_me = {slot: known for slot, known in self._self.items() if slot in act.wants}
        found = about_me or next(
            (part for source in sources if (part := {s: k for s, k in source.items() if s in act.wants})), {}
        )
        since = _since_asked(view)
        for known in found.values():
            if known.via is not None and _shown(known.via, since) is None:
                return _look(known.via)
        slots = {slot: value for slot, known in found.items() if (value := _value(known, since)) is not None}
        return list(self._sayable(slots)) or [Act(kind="unknown", wants=act.wants)]

    def _sayable(self, slots: Slots) -> Iterator[Act]:
        """All of it as one act; in parts, where a question of an agent's own words wants what there are no words for together."""
        if not slots:
            return
        if self._phrasebook.wordings("user", "inform", frozenset(slots)):
            yield Act(kind="inform", slots=slots)
            return
        left = dict(slots)
        for size in range(len(slots) - 1, 0, -1):
            for names in combinations(slots, size):
                if set(names) <= set(left) and self._phrasebook.wordings("user", "inform", frozenset(names)):
                    yield Act(kind="inform", slots={name: left.pop(name) for name in names})

    def _wanted(self, wish: Wish) -> Mapping[str, Known]:
        """What they know for a request, as they want it by now."""
        return self._known[wish.place] | {slot: Known(slot=slot, value=value) for slot, value in wish.changed.items()}


def _look(via: ToolCall) -> Call:
    return Call(name=via.name, arguments=msgspec.json.encode(via.arguments).decode())


def _shown(via: ToolCall, seen: Sequence[Seen]) -> Returned | None:
    """The latest answer of the customer's own tool to this call, None when they have not looked."""
    look = _look(via)
    called = [event for event in seen if isinstance(event, Called) and event.arguments == look.arguments]
    calls = {event.call for event in called if event.name == look.name}
    return next((event for event in reversed(seen) if isinstance(event, Returned) and event.call in calls), None)


def _value(known: Known, seen: Sequence[Seen]) -> Any:
    """What the customer knows, or what their tool showed them; None while they have not looked, or it refused."""
    if known.via is None:
        return known.value
    answer = _shown(known.via, seen)
    return None if answer is None or answer.error else answer.text


def _since_asked(view: View) -> Sequence[Seen]:
    """What this party did since the other spoke."""
    spoke = (place for place, event in enumerate(view.seen) if isinstance(event, Spoke) and event.party != view.party)
    return view.seen[max(spoke, default=0) :]


def _request(wish: Wish) -> Act:
    return Act(kind=f"request.{wish.recipe.name}", slots=wish.opening)
