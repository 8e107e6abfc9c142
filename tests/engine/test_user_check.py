"""The check of the customer: what they may say and when, and that nothing an agent does is held against them."""

from collections.abc import Sequence
from typing import Any

import pytest

import servers
from engine.checkers import user
from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.conversation.events import Act, Called, Closed, Event, Returned, Spoke
from engine.scenario import Evidence, Known, Manner, Scenario
from servers.domain import ToolCall
from servers.recipe import Request
from tests.engine.pack import play, scenarios
from tests.engine.stages import LIGHTS, opened, world
from tests.engine.stages import scenarios as lamps

LAMP, OTHER, COLOUR = "L1", "L2", {"colour": "red"}
LOOK = ToolCall(name="look_at_lamp", arguments={"lamp_id": LAMP}, requestor="user")
HELLO, BYE, MORE, YES = "hello", "bye", "offer_more", "confirm"

Said = str | Act
Turn = tuple[str, list[Said]]
"""Who speaks, and their acts; a customer who says goodbye leaves, 'look' is a call of their own tool."""


def brief(when: str = "opening", requests: int = 1, parts: int = 1, **manner: bool) -> Scenario:
    """Lamps to reset, one after the other: 'L1' and its colour, which is looked at; then 'L2'."""
    known = [
        Known(slot="name", value="Ann"),
        Known(slot="lamp_id", value=LAMP, when="asked" if when == "asked" else "opening", request=0),
        Known(slot="colour", request=0, via=LOOK),
        Known(slot="lamp_id", value=OTHER, when="opening", request=1),
    ]
    return Scenario(
        **{name: getattr(lamps()[0], name) for name in ("format", "domain", "world", "customer", "provenance")},
        id="lamps",
        requests=tuple(Request(recipe="reset", params={"lamp_id": lamp}) for lamp in (LAMP, OTHER)[:requests]),
        knows=tuple(each for each in known if (each.request or 0) < requests),
        decisions=tuple(Evidence(request=place, outcome="write") for place in range(requests) for _ in range(parts)),
        manner=Manner(**manner),
    )


def inform(**slots: Any) -> Act:
    return Act(kind="inform", slots=slots)


def reset(**slots: Any) -> Act:
    return Act(kind="request.reset", slots=slots)


def ask(*wants: str) -> Act:
    return Act(kind="ask.it", wants=wants)


def propose(**slots: Any) -> Act:
    return Act(kind="propose.reset", slots=slots)


def spoken(turns: Sequence[Turn]) -> list[Event]:
    """The events of a conversation by meanings; what the customer's tool shows is red."""
    events: list[Event] = [opened()]
    for move, (party, said) in enumerate(turns, 1):
        if said == ["look"]:
            call = sum(isinstance(event, Called) for event in events) + 1
            arguments = '{"lamp_id": "L1"}'
            events.append(Called(party="user", move=move, call=call, name="look_at_lamp", arguments=arguments))
            events.append(Returned(party="user", move=move, call=call, text="red"))
        else:
            acts = tuple(act if isinstance(act, Act) else Act(kind=act) for act in said)
            leaves = party == "user" and any(act.kind == BYE for act in acts)
            events.append(
                Spoke(party="user" if party == "user" else "agent", move=move, text="words", meaning=acts, leaves=leaves)
            )
    return events


def judged(turns: Sequence[Turn], scenario: Scenario | None = None) -> Finding:
    return user.check(Recording(scenario or brief(), LIGHTS, world(), spoken(turns)))


OPENING: Turn = ("user", [HELLO, reset(lamp_id=LAMP)])
COLOURED: list[Turn] = [OPENING, ("agent", [ask("colour")]), ("user", ["look"]), ("user", [inform(**COLOUR)])]
PROPOSED: list[Turn] = [*COLOURED, ("agent", [propose(lamp_id=LAMP, mode="full", **COLOUR)])]
SETTLED: list[Turn] = [*PROPOSED, ("user", [YES]), ("agent", ["report.reset", MORE])]

RIGHT: dict[str, tuple[list[Turn], Scenario]] = {
    "all as it should be": ([*SETTLED, ("user", ["thanks", BYE])], brief()),
    "a refusal settles": ([OPENING, ("agent", ["refuse.recalled", MORE]), ("user", [BYE])], brief()),
    "its own no settles": (
        [OPENING, ("agent", [propose(lamp_id=OTHER)]), ("user", ["decline"]), ("agent", [MORE]), ("user", [BYE])],
        brief(),
    ),
    "leaves with its last yes": ([*PROPOSED, ("user", [YES, BYE])], brief()),
    "sets a proposal right unasked": (
        [("user", [reset()]), ("agent", [propose(lamp_id=OTHER)]), ("user", [Act(kind="correct", slots={"lamp_id": LAMP})])],
        brief("asked"),
    ),
    "introduces itself": ([("user", [inform(name="Ann"), reset(lamp_id=LAMP)])], brief(introduces=True)),
    "does not know": ([OPENING, ("agent", [ask("colour")]), ("user", [Act(kind="unknown", wants=("colour",))])], brief()),
    "the agent thinks that all is done": ([OPENING, ("agent", [MORE]), ("user", [BYE])], brief()),
    "the agent says goodbye too early": ([OPENING, ("agent", ["farewell"]), ("user", [BYE])], brief(requests=2)),
    "the agent asks the same for ever": (
        [OPENING, *[("agent", [ask("colour")]), ("user", ["puzzled"])] * 3, ("agent", [ask("colour")]), ("user", [BYE])],
        brief(),
    ),
    "the agent proposes one wrong thing after the other": (
        [
            OPENING,
            *(
                turn
                for lamp in ("L2", "L3", "L4")
                for turn in (
                    ("agent", [propose(lamp_id=lamp)]),
                    ("user", [Act(kind="correct", slots={"lamp_id": LAMP})]),
                )
            ),
            ("agent", [propose(lamp_id="L5")]),
            ("user", [BYE]),
        ],
        brief(),
    ),
    "the agent never lets it go": ([*SETTLED, *[("user", ["puzzled"]), ("agent", ["noted"])] * 5], brief()),
    "a wrong thing that it cannot tell": ([*COLOURED, ("agent", [propose(mode="gentle")]), ("user", [YES])], brief()),
    "a yes when it is asked whether it is sure": (
        [*PROPOSED, ("user", ["hedge"]), ("agent", ["ask.sure"]), ("user", [YES])],
        brief(),
    ),
    "a goodbye and a second thought": (
        [*SETTLED, ("user", ["thanks"]), ("agent", [MORE]), ("user", ["thanks"]), ("agent", [MORE]), ("user", [BYE])],
        brief(),
    ),
}

WRONG: dict[str, tuple[list[Turn], Scenario, str]] = {
    "a fact that it does not have": (
        [OPENING, ("agent", [ask("room")]), ("user", [inform(room="hall")])],
        brief(),
        "does not know",
    ),
    "a colour at which it did not look": (
        [OPENING, ("agent", [ask("colour")]), ("user", [inform(**COLOUR)])],
        brief(),
        "does not know",
    ),
    "another colour than it saw": ([*COLOURED[:3], ("user", [inform(colour="amber")])], brief(), "does not know"),
    "another lamp than before": (
        [*COLOURED, ("agent", [ask("lamp_id")]), ("user", [inform(lamp_id="L3")])],
        brief(),
        "contradicted",
    ),
    "what it keeps until asked, in its request": ([OPENING], brief("asked"), "before it was asked"),
    "what it keeps until asked, beside it": ([("user", [reset(), inform(lamp_id=LAMP)])], brief("asked"), "before it was asked"),
    "who it is, unasked": ([("user", [inform(name="Ann"), reset(lamp_id=LAMP)])], brief(), "before it was asked"),
    "the second request's facts with the first": (
        [OPENING, ("agent", [ask("lamp_id")]), ("user", [inform(lamp_id=OTHER)])],
        brief(requests=2),
        "before it was asked",
    ),
    "a request that it does not have": ([OPENING, ("agent", [MORE]), ("user", [reset(lamp_id=LAMP)])], brief(), "asked for"),
    "a yes to another lamp": (
        [*COLOURED, ("agent", [propose(lamp_id=OTHER)]), ("user", [YES])],
        brief(),
        "'lamp_id' is not what",
    ),
    "a yes to another lamp when it is asked whether it is sure": (
        [*COLOURED, ("agent", [propose(lamp_id=OTHER)]), ("user", ["hedge"]), ("agent", ["ask.sure"]), ("user", [YES])],
        brief(),
        "'lamp_id' is not what",
    ),
    "a yes to another change": ([*COLOURED, ("agent", ["propose.sell"]), ("user", [YES])], brief(), "did not ask for"),
    "a yes to the same again": (
        [*SETTLED, ("user", ["thanks"]), ("agent", [propose(lamp_id=LAMP)]), ("user", [YES])],
        brief(),
        "did not ask for",
    ),
    "an agent's question": ([OPENING, ("agent", [ask("colour")]), ("user", ["ask.help"])], brief(), "played the agent"),
    "leaves a question": ([OPENING, ("agent", [ask("colour")]), ("user", [BYE])], brief(), "'ask.it' was open"),
    "leaves a proposal": ([*PROPOSED, ("user", [BYE])], brief(), "'propose.reset' was open"),
    "leaves before the second request": ([*SETTLED, ("user", [BYE])], brief(requests=2), "1 left"),
    "leaves before the second part": ([*PROPOSED, ("user", [YES, BYE])], brief(parts=2), "settled"),
    "leaves at once": ([("user", [HELLO, reset(lamp_id=LAMP), BYE])], brief(), "settled"),
    "stays for ever": ([*SETTLED, *[("user", ["thanks"]), ("agent", [MORE])] * 3], brief(), "went on after"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_customer_who_plays_their_brief_passes(case: str) -> None:
    turns, scenario = RIGHT[case]
    found = judged(turns, scenario)
    assert (found.result, found.detail) == ("pass", "")


@pytest.mark.parametrize("case", WRONG)
def test_a_customer_who_does_not_is_at_fault(case: str) -> None:
    turns, scenario, why = WRONG[case]
    found = judged(turns, scenario)
    assert (found.result, found.blame) == ("fail", "user")
    assert why in found.detail
    last = max(place for place, event in enumerate(spoken(turns)) if isinstance(event, Spoke) and event.party == "user")
    assert found.events[-1] == last


def test_leaving_without_a_word_of_the_agents_to_leave_at_is_unsure() -> None:
    """The agent neither asks nor offers more: who leaves then may have waited long enough."""
    assert judged([OPENING, ("agent", ["noted"]), ("user", [BYE])]).result == "unsure"


def test_where_the_agent_has_no_meanings_what_it_asked_for_is_not_known() -> None:
    """Only what the customer said is judged then: a fact it does not have is still one."""
    silent: Turn = ("agent", [])
    assert (
        judged([("user", [reset()]), silent, ("user", [inform(lamp_id=LAMP)]), silent, ("user", [BYE])], brief("asked")).result
        == "pass"
    )
    assert judged([OPENING, silent, ("user", [inform(lamp_id="L3")])]).result == "fail"


@pytest.mark.parametrize("name", servers.names())
def test_every_customer_of_the_packs_passes(name: str) -> None:
    found = [
        (scenario, next(f for f in verdict.findings if f.check == "user")) for scenario, _, verdict in play(scenarios(name=name))
    ]
    assert [(scenario.id, finding.detail) for scenario, finding in found if finding.result != "pass"] == []


# ------------------------------------------------------------------------------------------------ words alone


def worded(*texts: str, instruction: str = "You are Ann. Your lamp is #W1234567.") -> Finding:
    """The check of a conversation without meanings, which begins with the customer and which they end."""
    bare = Scenario(
        **{name: getattr(lamps()[0], name) for name in ("format", "domain", "world", "customer", "provenance")},
        id="words",
        instruction=instruction,
    )
    events: list[Event] = [opened()]
    for place, text in enumerate(texts):
        events.append(Spoke(party="agent" if place % 2 else "user", move=place + 1, text=text))
    return user.check(Recording(bare, LIGHTS, world(), [*events, Closed(reason="user left")]))


def test_of_words_alone_it_is_never_said_that_all_was_well() -> None:
    assert worded("My lamp #W1234567 blinks.", "It is reset. Anything else?", "No, thanks. ###STOP###").result == "not judged"


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (("…", "How can I help?", "My lamp blinks."), "fail"),
        (("My lamp blinks.", "Which one?", "...", "Which lamp is it?", " – "), "fail"),
        (("My lamp blinks.", "Which one?", "...", "Which lamp is it?", "The big one."), "unsure"),
        (("My lamp blinks.", "Shall I reset it?", "👍"), "not judged"),
        (("My lamp blinks.", "Which one?", "It is #W7654321."), "unsure"),
        (("My lamp blinks.", "Is it #W7654321?", "It is #W7654321."), "not judged"),
        (("My lamp is w1234567.", "Thank you. Is there more?", "No."), "not judged"),
        (("My lamp blinks.", "Which lamp is it?", "###STOP###"), "unsure"),
        (("My lamp blinks.", "Which lamp is it?", "Thanks, have a nice day. ###STOP###"), "unsure"),
        (("My lamp blinks.", "Can I help you with anything else?", "###STOP###"), "not judged"),
        (("My lamp blinks.", "Shall I reset it?", "Yes, thanks. ###STOP###"), "not judged"),
        (("My lamp blinks.", "Which lamp is it?", "How can I help you today?", "Which lamp?", "That one."), "unsure"),
    ],
)
def test_words_say_for_certain_only_that_there_are_none(texts: tuple[str, ...], result: str) -> None:
    """All else is unsure, and so rejects nobody."""
    found = worded(*texts)
    assert (found.result, found.blame) == (result, "user")
