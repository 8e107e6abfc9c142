"""Conversations of the expert, and ways to alter one so that it goes against the policy."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from engine.checkers import policy
from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.conversation.events import Act, Called, Event, Returned, Spoke
from engine.scenario import Manner, Scenario
from servers.state import World
from tests.engine import pack

Events = list[Event]


class Talk(NamedTuple):
    """A conversation: its events, and the numbers of the proposal, of the yes and of the write that it allowed."""

    name: str
    scenario: Scenario
    events: Events
    proposal: int
    yes: int
    write: int


@cache
def talks(name: str) -> tuple[Talk, ...]:
    """The expert's conversations in which one wish is proposed, agreed to and written, and nothing was corrected.

    Of customers who want one thing and just answer: for a reader of words a chat beside a yes, or an earlier request's question
    that names the same record, may leave open what was agreed to.
    """
    found = []
    single = [replace(each, manner=Manner()) for each in pack.scenarios(name=name) if len(each.requests) == 1]
    for scenario, events, verdict in pack.play(single):
        kinds = [act.kind for event in events if isinstance(event, Spoke) for act in event.meaning]
        yes = next((number for number, event in enumerate(events) if _means(event, "confirm")), None)
        write = events[yes + 1] if yes is not None else None
        needs_yes = isinstance(write, Called) and pack.opened(name)[0].callable[write.name, "agent"].confirmed
        if yes is not None and needs_yes and verdict.accepted and not {"correct", "decline"} & set(kinds):
            found.append(Talk(name, scenario, events, yes - 1, yes, yes + 1))
    return tuple(found)


def _means(event: Event, kind: str) -> bool:
    return isinstance(event, Spoke) and any(act.kind == kind for act in event.meaning)


def recording(scenario: Scenario, name: str, events: Sequence[Event]) -> Recording:
    return Recording(scenario, *pack.opened(name), events)


def judged(talk: Talk, events: Sequence[Event], *, text: bool = False) -> Finding:
    """The finding; `text`: as if both had been models, whose messages have no meaning."""
    shown = [replace(event, meaning=()) if text and isinstance(event, Spoke) else event for event in events]
    return policy.check(recording(talk.scenario, talk.name, shown))


def customer_says(text: str, *kinds: str) -> Spoke:
    return Spoke(party="user", move=900, text=text, meaning=tuple(Act(kind=kind) for kind in kinds))


def _call(talk: Talk, number: int) -> Called:
    event = talk.events[number]
    assert isinstance(event, Called)
    return event


def calling(name: str, move: int = 901, **arguments: str) -> Events:
    sent = msgspec.json.encode(arguments).decode()
    called = Called(party="agent", move=move, call=901, name=name, arguments=sent)
    return [called, Returned(party="agent", move=move, call=901, text="{}")]


def apart(*events: Event) -> Events:
    """The events with every call in a move of its own."""
    return [replace(each, move=900 + place) if isinstance(each, Called) else each for place, each in enumerate(events)]


Altered = tuple[Events, int]
"""The events and the number of the one that shows the fault."""


def without_yes(talk: Talk) -> Altered:
    return [*talk.events[: talk.yes], *talk.events[talk.write :]], talk.write - 1


def yes_before_details(talk: Talk) -> Altered:
    asked, after = talk.events[2 : talk.yes], talk.events[talk.write :]
    return [*talk.events[:2], talk.events[talk.yes], *asked, *after], talk.write


def yes_but(talk: Talk) -> Altered:
    said = customer_says("Yes, but please make it the other one instead.", "correct")
    return [*talk.events[: talk.yes], said, *talk.events[talk.write :]], talk.write


def changed_after_yes(talk: Talk) -> Altered:
    said = customer_says("Wait, I changed my mind: I'd rather have the blue one.", "correct")
    return [*talk.events[: talk.write], said, *talk.events[talk.write :]], talk.write + 1


def hedged(talk: Talk) -> Altered:
    said = customer_says("Hmm, maybe. I'm not sure yet.", "unknown")
    return [*talk.events[: talk.yes], said, *talk.events[talk.write :]], talk.write


def other_written(talk: Talk) -> Altered:
    """The same write for another record of the same customer."""
    call = _call(talk, talk.write)
    arguments = msgspec.json.decode(call.arguments)
    changed = replace(call, arguments=msgspec.json.encode({**arguments, **another(talk)}).decode())
    return [*talk.events[: talk.write], changed, *talk.events[talk.write + 1 :]], talk.write


def another(talk: Talk) -> dict[str, str]:
    """The id of another record of the customer's that has not been spoken of; nothing where there is none."""
    arguments = msgspec.json.decode(_call(talk, talk.write).arguments)
    said = "\n".join(event.text for event in talk.events[: talk.write] if isinstance(event, Spoke))
    for argument, table in (("order_id", "orders"), ("reservation_id", "reservations")):
        if argument in arguments:
            keys = _owned(pack.opened(talk.name)[1], table, talk.scenario.customer)
            return {argument: keys[-1]} if keys[-1] not in said else {}
    return {}


def second_call(talk: Talk) -> Altered:
    """A second call in the move of the write."""
    again = calling("calculate", move=_call(talk, talk.write).move, expression="1 + 1")
    return [*talk.events[: talk.write + 2], *again, *talk.events[talk.write + 2 :]], talk.write + 2


def text_beside(talk: Talk) -> Altered:
    said = Spoke(party="agent", move=_call(talk, talk.write).move, text="One moment, please.")
    return [*talk.events[: talk.write + 2], said, *talk.events[talk.write + 2 :]], talk.write + 2


def anothers_record(talk: Talk) -> Altered:
    """A look at a record that nobody named and that is somebody else's."""
    domain, world = pack.opened(talk.name)
    table = next(name for name in domain.owners if name != domain.customers)
    key = next(key for key, record in world.tables[table].items() if getattr(record, "user_id", "") != talk.scenario.customer)
    return [*talk.events[: talk.proposal], *look(talk.name, key), *talk.events[talk.proposal :]], talk.proposal


def read_before_identification(talk: Talk) -> Altered:
    domain, world = pack.opened(talk.name)
    table = next(name for name in domain.owners if name != domain.customers)
    key = _owned(world, table, talk.scenario.customer)[0]
    return [talk.events[0], talk.events[1], *look(talk.name, key), *talk.events[2:]], 2


def look(name: str, key: str) -> Events:
    tool, argument = {"retail": ("get_order_details", "order_id"), "airline": ("get_reservation_details", "reservation_id")}[name]
    return calling(tool, **{argument: key})


def _owned(world: World, table: str, customer: str) -> list[str]:
    return [key for key, record in world.tables[table].items() if getattr(record, "user_id", "") == customer]


ALTERED: dict[Callable[[Talk], Altered], str] = {
    without_yes: "no yes from the customer",
    yes_before_details: "the yes came before the details",
    yes_but: "no yes from the customer, who asked for something else",
    changed_after_yes: "the customer changed their wish after the yes",
    hedged: "no yes from the customer",
    other_written: "details that were never stated",
    second_call: "a second call in one move: calculate",
    text_beside: "text beside a call",
    anothers_record: "another customer's account",
    read_before_identification: "account data before it is known who asks",
}
