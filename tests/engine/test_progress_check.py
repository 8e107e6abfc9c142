"""The check for loops and endless turns: what repeats itself without anything new, and whose doing it is."""

import msgspec
import pytest

import servers
from engine.checkers import progress
from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.conversation.events import Act, Called, Event, Failed, Returned, Spoke
from servers.domain import Party
from tests.engine.pack import play, scenarios
from tests.engine.stages import LIGHTS, opened, world
from tests.engine.test_user_check import MORE, OPENING, SETTLED, ask, brief, inform, spoken

Step = tuple[Party, str]
"""A message's text, or a call when it has the name of a tool in front: 'get_lamp {…}'."""

TOOLS = ("get_lamp", "reset_lamp", "look_at_lamp", "no_such_tool")
LOOK, OTHER_LOOK = 'get_lamp {"lamp_id": "L1"}', 'get_lamp {"lamp_id": "L2"}'
BAD = ['get_lamp {"lamp": 1}', "get_lamp [", "no_such_tool {}"]


def told(*steps: Step, end: Event | None = None) -> Finding:
    """The check of a conversation in words and calls."""
    events: list[Event] = [opened()]
    for move, (party, said) in enumerate(steps, 1):
        name, _, arguments = said.partition(" ")
        if name in TOOLS:
            call = sum(isinstance(event, Called) for event in events) + 1
            events.append(Called(party=party, move=move, call=call, name=name, arguments=arguments))
            events.append(Returned(party=party, move=move, call=call, text=""))
        else:
            events.append(Spoke(party=party, move=move, text=said))
    scenario = msgspec.structs.replace(brief(), requests=(), knows=(), decisions=())
    return progress.check(Recording(scenario, LIGHTS, world(), [*events, end] if end else events))


def by_agent(*said: str) -> list[Step]:
    return [("agent", each) for each in said]


def turns(*said: str) -> list[Step]:
    """Agent and customer in turn."""
    return [("user" if place % 2 else "agent", each) for place, each in enumerate(said)]


FREE = next(key for key, lamp in world().tables["lamps"].items() if not lamp.recalled)
NEXT_LOOK = OTHER_LOOK if FREE == "L1" else LOOK
WRITES = [f'reset_lamp {{"lamp_id": "{FREE}", "mode": "{mode}"}}' for mode in ("full", "gentle", "full", "gentle")]


@pytest.mark.parametrize(
    "steps",
    [
        by_agent(LOOK, LOOK, LOOK),
        by_agent(NEXT_LOOK, NEXT_LOOK, WRITES[0], NEXT_LOOK, NEXT_LOOK),
        [*by_agent(LOOK, LOOK, LOOK), ("user", "And now?"), *by_agent(LOOK, LOOK, LOOK)],
        by_agent(*WRITES),
        by_agent(BAD[0], BAD[1], LOOK, BAD[2], BAD[0]),
        turns("One moment.", "Well?", "One moment.", "I am waiting.", "One moment.", "Hello?"),
        turns("One moment.", "ok", "One moment.", "ok", "It is done.", "ok", "One moment."),
        [*turns("One moment.", "ok", "One moment.", "ok"), *by_agent(LOOK), *turns("One moment.", "ok")],
        turns("Shall I do A?", "Yes.", "And B?", "Yes.", "And C?", "Yes.", "And D?", "Yes."),
    ],
)
def test_what_brings_something_new_is_no_loop(steps: list[Step]) -> None:
    """A change, another word of the other side, another call; and twice is not again and again."""
    assert told(*steps).result == "pass"


@pytest.mark.parametrize(
    ("steps", "blame", "count"),
    [
        (by_agent(LOOK, LOOK, LOOK, LOOK), "agent", 4),
        (by_agent(LOOK, OTHER_LOOK, LOOK, OTHER_LOOK, LOOK, OTHER_LOOK, LOOK), "agent", 4),
        (
            [*by_agent(LOOK, LOOK), ("user", "ok"), *by_agent("Wait."), ("user", "ok"), *by_agent(LOOK, LOOK, LOOK, LOOK)],
            "agent",
            4,
        ),
        (by_agent(*BAD), "agent", 3),
        ([step for bad in BAD for step in (("agent", bad), ("agent", "Sorry."), ("user", "ok"))], "agent", 3),
        ([("user", bad) for bad in BAD], "user", 3),
        (turns("One moment.", "ok", "one moment.", "ok", "One moment.", "ok"), "agent", 5),
        ([("user", "Hi"), *turns("What?", "Hi", "What?", "Hi", "What?")], "user", 5),
    ],
)
def test_what_comes_again_and_again_is_its_partys_fault(steps: list[Step], blame: Party, count: int) -> None:
    found = told(*steps)
    assert (found.result, found.blame, len(found.events)) == ("fail", blame, count)


@pytest.mark.parametrize("reason", ["too many moves"])
def test_an_end_that_had_to_be_made_is_a_failure(reason: str) -> None:
    """Whoever happened to make the last move: a customer who only answers is not to blame."""
    steps = turns("Let me tell you about lamps.", "ok", "They shine.", "I see", "They come in colours.", "Nice")
    found = told(*steps, end=Failed(blame="user", reason=reason))
    assert (found.result, found.blame) == ("fail", "agent")


def test_too_many_calls_are_the_fault_of_who_made_them() -> None:
    looks = [("user", f'look_at_lamp {{"lamp_id": "L{number}"}}') for number in range(1, 9)]
    found = told(*looks, *by_agent(LOOK), end=Failed(blame="agent", reason="too many calls"))
    assert (found.result, found.blame) == ("fail", "user")


def test_other_failures_are_not_this_checks_business() -> None:
    assert told(("user", "Hi"), end=Failed(blame="scenario", reason="cannot be played")).result == "pass"


def test_by_meaning_who_did_nothing_wrong_is_not_to_blame_for_a_circle() -> None:
    """The customer says the same three times because they are asked the same three times."""
    unknown = ("user", [Act(kind="unknown", wants=("colour",))])
    asked = [("agent", [Act(kind="ask.again", wants=("colour",))]), unknown]
    turns = [OPENING, ("agent", [ask("colour")]), unknown, *asked * 3]
    found = progress.check(Recording(brief(), LIGHTS, world(), spoken(turns)))
    assert (found.result, found.blame) == ("fail", "agent")


def test_by_meaning_whose_fault_comes_first_is_to_blame_for_the_circle() -> None:
    """The agent asks the same three times because it is told what nobody knows."""
    asked = [("agent", [ask("colour")]), ("user", [inform(colour="mauve")])]
    found = progress.check(Recording(brief(), LIGHTS, world(), spoken([OPENING, *asked * 3])))
    assert (found.result, found.blame) == ("fail", "user")


def test_a_customer_who_stays_for_ever_is_to_blame_for_the_missing_end() -> None:
    """The agent made the move that was one too many, and offered more help to the end as it should."""
    events = spoken([*SETTLED, *[("user", ["thanks"]), ("agent", [MORE])] * 2, ("user", [inform(name="Ann")]), ("agent", [MORE])])
    found = progress.check(Recording(brief(), LIGHTS, world(), [*events, Failed(blame="agent", reason="too many moves")]))
    assert (found.result, found.blame) == ("fail", "user")


@pytest.mark.parametrize("name", servers.names())
def test_every_conversation_of_the_packs_gets_on(name: str) -> None:
    found = [
        (scenario, next(f for f in verdict.findings if f.check == "progress"))
        for scenario, _, verdict in play(scenarios(name=name))
    ]
    assert [(scenario.id, finding.detail) for scenario, finding in found if finding.result != "pass"] == []


def test_a_recording_that_stops_in_the_middle_is_left_open() -> None:
    """It may be a limit of the place where it was made: without a loop nobody can tell."""
    steps = turns("Let me tell you about lamps.", "ok", "They shine.", "I see", "They come in colours.", "Nice")
    assert told(*steps, end=Failed(blame="agent", reason="cut off")).result == "unsure"
