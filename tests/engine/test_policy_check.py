"""The policy check: expert conversations pass, and each of them fails once something in it is altered."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from engine.checkers import policy
from engine.checkers.conduct import forbidden
from engine.checkers.recording import Recording
from engine.conversation.events import Act, Called, Spoke
from engine.imports.taubench import conversations
from engine.outside import events as outside
from engine.users.manner import clauses_of
from engine.worlds import Worlds
from tests.engine import altered, pack
from tests.engine.altered import ALTERED, Altered, Events, Talk, another, apart, calling, customer_says, judged, recording, talks

LEFT_OPEN = (altered.without_yes, altered.yes_before_details, altered.hedged, altered.other_written, altered.changed_after_yes)
"""What a text may leave open, but never lets pass: an earlier message may have been the yes, or have said the details."""

READ = (*LEFT_OPEN, altered.yes_but)
"""Where a text may be found wrong for another reason: "please book it" is a yes before the details."""


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_an_expert_keeps_to_the_policy_by_meaning_and_by_text(name: str) -> None:
    """No conversation fails or is left open, whether the messages have a meaning or are only read; of customers who say more
    beside their yes a few may be left open to a reader of words."""
    played, chatty = pack.play(pack.scenarios(name=name)), 0
    assert len(played) == 64
    for scenario, events, _ in played:
        shown = [replace(event, meaning=()) if isinstance(event, Spoke) else event for event in events]
        assert policy.check(recording(scenario, name, events)).result in ("pass", "not judged"), scenario.id
        found = policy.check(recording(scenario, name, shown))
        chatty += found.result == "unsure" and bool(clauses_of(scenario.manner))
        assert found.result in ("pass", "not judged") or clauses_of(scenario.manner), (scenario.id, found)
        assert found.result != "fail", (scenario.id, found)
    assert chatty <= 6


@pytest.mark.parametrize("text", [False, True], ids=["meaning", "text"])
@pytest.mark.parametrize("alter", ALTERED, ids=lambda alter: alter.__name__)
@pytest.mark.parametrize("name", ["retail", "airline"])
def test_what_goes_against_the_policy_fails_with_what_and_where(name: str, alter: Callable[[Talk], Altered], text: bool) -> None:
    """The first fault is named, with the event that shows it, and it is the agent's."""
    fitting = [talk for talk in talks(name) if alter is not altered.other_written or another(talk)]
    assert len(fitting) >= 6
    for talk in fitting[:6]:
        assert judged(talk, talk.events, text=text).result == "pass"
        events, number = alter(talk)
        found = judged(talk, events, text=text)
        assert (number in found.events, found.blame) == (True, "agent")
        assert found.result == "fail" or (text and alter in LEFT_OPEN and found.result == "unsure"), (talk.scenario.id, found)
        assert ALTERED[alter] in found.detail or (text and alter in READ), (talk.scenario.id, found)


def test_one_yes_covers_several_writes_and_a_new_request_takes_none_of_it_away() -> None:
    """Two addresses are stated together and agreed to once; what is asked for beside the yes does not matter to it."""
    talk = talks("retail")[0]
    user = talk.scenario.customer
    addresses = [_address(user, "10 Oak Street", "10001"), _address(user, "12 Elm Street", "10002")]
    proposal = Spoke(
        party="agent",
        move=2,
        text="First 10 Oak Street, 10001, then 12 Elm Street, 10002. Is that a yes?",
        meaning=(Act(kind="propose.profile_address"), Act(kind="propose.profile_address")),
    )
    yes = customer_says("Yes. And I want to return something.", "confirm", "request.return")
    events = apart(talk.events[0], proposal, yes, *_served(talk), *addresses[0], *addresses[1])
    assert judged(talk, events).result == "pass"
    without = [each for each in events if each is not yes]
    assert judged(talk, without).events == (len(without) - 4, len(without) - 2)


def test_the_very_same_write_is_not_done_twice_for_one_yes() -> None:
    """Each time takes its own yes; a refused call may be made again."""
    talk = talks("retail")[0]
    call = _address(talk.scenario.customer, "10 Oak Street", "10001")
    proposal = Spoke(party="agent", move=2, text="10 Oak Street, 10001: shall I?", meaning=(Act(kind="propose.profile_address"),))
    yes = customer_says("Yes.", "confirm")
    twice = apart(talk.events[0], *_served(talk), proposal, yes, *call, *call)
    found = judged(talk, twice)
    assert (found.result, found.detail) == ("fail", "done twice for one yes (modify_user_address)")
    assert judged(talk, apart(*twice[:-2], yes, *call)).result == "pass"


def test_details_that_only_the_customer_said_are_left_open_in_a_text_and_fail_by_meaning() -> None:
    """Whether "as you asked" stands by them is a matter of language; our own agents state everything."""
    talk = talks("retail")[0]
    wish = customer_says("Please change my address to 10 Oak Street, 10001.", "request.profile_address")
    yes = customer_says("Yes, please go ahead.", "confirm")
    asks = Spoke(party="agent", move=2, text="Shall I change it as you asked?", meaning=(Act(kind="propose.profile_address"),))
    call = _address(talk.scenario.customer, "10 Oak Street", "10001")
    events = [talk.events[0], wish, *_served(talk), asks, yes, *call]
    assert judged(talk, events).detail == "details that were never stated: the street 10 Oak Street (modify_user_address)"
    assert judged(talk, events, text=True).result == "unsure"
    assert judged(talk, [talk.events[0], *events[2:]], text=True).result == "fail"


def test_a_look_up_that_finds_a_stranger_is_a_fault_unless_the_customer_gave_what_it_was_made_by() -> None:
    """Nobody found is nobody's fault; the first account is the one that the customer's own words lead to."""
    talk = talks("airline")[0]
    _, world = pack.opened("airline")
    stranger = next(key for key in world.tables["users"] if key != talk.scenario.customer)
    start, search = talk.events[0], calling("get_user_details", user_id=stranger)
    given = customer_says(f"I'm {stranger}.")
    assert judged(talk, [start, given, *search]).result == "pass"
    assert judged(talk, [start, *calling("get_user_details", user_id="nobody_1")]).result == "pass"
    for events in ([start, *search], [start, *_served(talk), given, *search]):
        found = judged(talk, events)
        assert (found.result, found.events) == ("fail", (len(events) - 2,))
        assert found.detail == f"another customer's account: get_user_details finds {stranger}"


def test_to_look_at_a_record_that_the_customer_named_is_no_fault_and_to_write_it_is() -> None:
    """That it is somebody else's is seen only by looking."""
    talk = talks("retail")[0]
    _, world = pack.opened("retail")
    others = (key for key, record in world.tables["orders"].items() if getattr(record, "user_id", "") != talk.scenario.customer)
    key = next(others)
    named = customer_says(f"It's about order {key}.")
    look = [talk.events[0], named, *_served(talk), *altered.look("retail", key)]
    assert judged(talk, look).result == "pass"
    write = calling("cancel_pending_order", order_id=key, reason="no longer needed")
    assert "another customer's account: cancel_pending_order" in judged(talk, apart(*look, *write)).detail
    malformed = calling("cancel_pending_order", order_id=key)
    assert judged(talk, apart(*look, *malformed)).result == "pass"


def test_a_conversation_without_a_call_is_not_judged() -> None:
    """Nothing passes by silence."""
    talk = talks("retail")[0]
    assert judged(talk, talk.events[:2]).result == "not judged"


def test_a_write_that_a_rule_forbids_is_named_by_it() -> None:
    """The airline's tools let fewer bags through, its policy does not."""
    talk = talks("airline")[0]
    _, world = pack.opened("airline")
    user = world.tables["users"][talk.scenario.customer]
    found = (world.tables["reservations"][key] for key in getattr(user, "reservations", ()))
    reservation = next(each for each in found if getattr(each, "status", "") is None)
    sent = {"reservation_id": getattr(reservation, "reservation_id", ""), "total_baggages": -1, "nonfree_baggages": 0}
    method = next(key for key in getattr(user, "payment_methods", {}) if not key.startswith("certificate"))
    called = replace(
        calling("update_reservation_baggages")[0], arguments=msgspec.json.encode({**sent, "payment_id": method}).decode()
    )  # type: ignore[type-var]
    events = [talk.events[0], *_served(talk), called, calling("")[1]]
    details = policy.check(recording(talk.scenario, talk.name, events))
    assert details.result == "fail" and details.events == (3,)
    assert [each.detail for each in forbidden.faults(recording(talk.scenario, talk.name, events))] == [
        "breaks bags_only_added: update_reservation_baggages"
    ]


def _served(talk: Talk) -> Events:
    """The look-up that the expert made to find its customer."""
    domain, _ = pack.opened(talk.name)
    looks = (
        n for n, each in enumerate(talk.events) if isinstance(each, Called) and domain.callable[each.name, "agent"].identifies
    )
    number = next(looks)
    return talk.events[number : number + 2]


def _address(user_id: str, street: str, code: str) -> Events:
    where = {"address1": street, "address2": "", "city": "Reno", "state": "NV", "country": "USA", "zip": code}
    return calling("modify_user_address", user_id=user_id, **where)


def test_real_models_are_faulted_for_what_they_did(tau2: Path) -> None:
    """Faults of recorded conversations that were read one by one, and ones that were found in order."""
    source = tau2 / "conversations" / "gpt4o_airline.jsonl"
    worlds, found = Worlds(), {}
    for each in conversations(source, "airline", str(tau2 / "airline" / "db.json")):
        domain, world = worlds.of(each.scenario)
        shown = Recording(each.scenario, domain, world, outside(each, domain, world), reworded=each.reworded)
        found[f"{each.scenario.id}#{each.trial}"] = policy.check(shown)
    for name, (result, detail) in RECORDED.items():
        assert (found[name].result, detail in found[name].detail) == (result, True), (name, found[name])


RECORDED = {
    "tau-airline-0#0": ("fail", "details that were never stated: 3 bags"),
    "tau-airline-2#0": ("fail", "details that were never stated: payment method credit_card_2929732"),
    "tau-airline-7#3": ("fail", "breaks same_journey"),
    "tau-airline-23#2": ("fail", "account data before it is known who asks"),
    "tau-airline-24#1": ("fail", "account data before it is known who asks"),
    "tau-airline-5#0": ("fail", "text beside a call"),
    "tau-airline-15#0": ("unsure", ""),
    "tau-airline-19#2": ("pass", ""),
}
"""By scenario and trial: what the check says."""
