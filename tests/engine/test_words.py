"""Wordings are counted without what they are about, conversation by conversation."""

from collections.abc import Sequence

import pytest

from engine.conversation.events import Act, Called, Event, Returned, Spoke
from engine.reporting.masking import masked, names_in
from engine.reporting.words import Wording, Words
from engine.scenario import Known, Scenario
from servers.domain import Party
from tests.engine.writ import scenario

ANNA = scenario("anna", knows=(Known(slot="first_name", value="Anna"), Known(slot="reason", value="ordered by mistake")))


def said(*texts: str, kinds: Sequence[str] = ()) -> list[Event]:
    """A conversation in which customer and agent speak in turn."""
    parties: tuple[Party, Party] = ("user", "agent")
    return [
        Spoke(party=parties[place % 2], move=place, text=text, meaning=tuple(Act(kind=kind) for kind in kinds[place : place + 1]))
        for place, text in enumerate(texts)
    ]


def counted(*conversations: Sequence[Event], policy: str = "", by: Scenario = ANNA) -> Words:
    """What is found in these conversations."""
    wording = Wording()
    for events in conversations:
        wording.take(by, events, policy)
    return wording.found()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Order #W2058521 at $1,059.13 please.", "Order <id> at <amount> please."),
        ("On May 25, or 2025-05-26 at 8:00 am.", "On <date>, or <date> at <time>."),
        ("From EWR on Monday, the 25th.", "From <id> on <day>, the <id>."),
        ("Write to anna.lee77@example.org.", "Write to <email>."),
        ("I'm Anna Lee.", "I'm <name>."),
        ("#W1, #W2 and #W3 are pending.", "<id> are pending."),
        ("Banana is no name.", "Banana is no name."),
    ],
)
def test_names_ids_dates_and_amounts_are_taken_out(text: str, plain: str) -> None:
    """The longest name first, whole words alone; of a list one is left."""
    assert masked(text, ("Anna Lee", "Anna")) == plain


def test_names_are_what_the_customer_knows_by_a_capital_and_what_tools_show_as_names() -> None:
    """A reason is none, and neither is any other field of an answer."""
    answer = '{"name": {"first_name": "Omar", "last_name": "Diaz"}, "status": "Delivered"}'
    events = [Called(party="agent", move=1, call=0, name="look", arguments="{}"), _returned(answer), _returned("Error: nothing")]
    assert names_in(ANNA, events) == ("Anna", "Diaz", "Omar")


def _returned(text: str) -> Returned:
    return Returned(party="agent", move=1, call=0, text=text, error=False)


def test_openings_that_differ_in_what_they_are_about_alone_are_one() -> None:
    """Three conversations, two openings; the two are duplicates when masked, and none to the letter."""
    found = counted(said("Cancel #W1 please."), said("Cancel #W2 please."), said("Return #W1 please."))
    assert (found.openings, found.duplicates, found.masked_duplicates) == (pytest.approx(2 / 3, abs=1e-4), 0, 1)


def test_a_course_is_the_acts_and_tools_in_their_order() -> None:
    """Other words make no other course, another act or tool does."""
    called = Called(party="agent", move=2, call=0, name="look", arguments="{}")
    plain = said("Hello.", "Hi.", kinds=("hello", "greet"))
    found = counted(plain, said("Good day.", "Welcome.", kinds=("hello", "greet")), [*plain, called])
    assert found.courses == pytest.approx(2 / 3, abs=1e-4)


def test_a_sentence_in_too_many_conversations_is_named_with_its_share() -> None:
    """Case and what it is about make no difference; what the policy prescribes, and what is short, counts nowhere."""
    often = [said(f"This is number #W{number} of many.", "You pay $5 by rule one. Sure!") for number in range(3)]
    found = counted(*often, said("Something else altogether here.", "Sure!"), policy="…you pay <amount> by rule one. and so on")
    assert found.often == (("this is number <id> of many.", 0.75),)


def test_a_sentence_that_a_party_says_twice_is_counted_for_the_conversation() -> None:
    """The other party may say it as well; a sentence of three words is nobody's in particular."""
    twice = said("Yes, do it for #W1.", "Fine. It is done.", "Yes, do it for #W2.", "Good. It is done.")
    found = counted(twice, said("Yes, do it for #W1.", "Yes, do it for #W1."))
    assert found.repeats == (("yes, do it for <id>.", 1),) and found.repeated == 0.5
