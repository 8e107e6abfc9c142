"""The expert agent: what it says is what it knows, and it knows only what it was told or shown."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

import servers
from engine.casting import Casting, phrasebook
from engine.checkers.verdict import Verdict
from engine.conversation.events import EVENT_ENCODER, Act, Called, Event, Returned, Spoke
from engine.scenario import Known, Manner, Provenance, Scenario, StoredEdit
from engine.synthesis.compose import Making, NotAdmitted, finished
from engine.synthesis.patch import patched
from servers.domain import Domain
from servers.frozen import Record
from servers.recipe import Recipe
from servers.state import World
from tests.engine.pack import opened, play, scenarios


def spoken(events: list[Event], party: str) -> Iterator[tuple[Spoke, Act]]:
    """Every act of a party with the message that it stands in."""
    for event in events:
        if isinstance(event, Spoke) and event.party == party:
            for act in event.meaning:
                yield event, act


@cache
def played(name: str) -> list[tuple[Scenario, list[Event], Verdict]]:
    """A domain's pack, played once for all tests that only look."""
    return play(scenarios(name=name))


domains = pytest.mark.parametrize("name", servers.names())
SOME = [scenario for name in servers.names() for scenario in scenarios(name=name)[::4]]


def encoded(events: list[Event]) -> list[bytes]:
    """Events as bytes, for comparing them to the letter."""
    return [EVENT_ENCODER.encode(event) for event in events]


@domains
def test_every_conversation_of_the_pack_is_accepted(name: str) -> None:
    """Expert and scripted user bring every scenario to the end that its gold has."""
    standings = [(scenario.id, verdict.standing, verdict.reason) for scenario, _, verdict in played(name)]
    assert [row for row in standings if row[1] != "accepted"] == []


@domains
def test_every_slot_of_every_act_stands_in_its_text(name: str) -> None:
    """Meaning says nothing that the text does not: what models read is what the parties exchanged."""
    book = phrasebook(opened(name)[0])
    missing = [
        (act.kind, slot, value, event.text)
        for _, events, _ in played(name)
        for party in ("agent", "user")
        for event, act in spoken(events, party)
        for slot, value in act.slots.items()
        if not book.stands_in(event.text, slot, value)
    ]
    assert missing == []


@domains
def test_no_wording_is_used_twice_by_a_party_in_one_conversation(name: str) -> None:
    """A form that was used is not drawn again."""
    for scenario, events, _ in played(name):
        for party in ("agent", "user"):
            forms = [act.form for _, act in spoken(events, party)]
            assert len(forms) == len(set(forms)), scenario.id


@domains
def test_the_agent_makes_one_call_at_a_time_and_does_not_talk_beside_it(name: str) -> None:
    """Both policies' rule about calls."""
    for _, events, _ in played(name):
        calling = [event.move for event in events if isinstance(event, Called)]
        speaking = {event.move for event in events if isinstance(event, Spoke)}
        assert len(calling) == len(set(calling))
        assert not set(calling) & speaking


@domains
def test_nothing_is_read_before_the_customer_is_known(name: str) -> None:
    """The first call of every conversation finds out who is asking."""
    domain, _ = opened(name)
    for _, events, _ in played(name):
        first = next(event for event in events if isinstance(event, Called))
        assert domain.callable[first.name, "agent"].identifies


@domains
def test_every_write_follows_a_yes_to_its_details(name: str) -> None:
    """Before a write the agent's last message is its proposal, and the customer's answer a plain confirmation."""
    domain, _ = opened(name)
    for scenario, events, _ in played(name):
        for number, event in enumerate(events):
            if isinstance(event, Called) and domain.callable[event.name, "agent"].kind == "write":
                said = [before for before in events[:number] if isinstance(before, Spoke)]
                assert "confirm" in [act.kind for act in said[-1].meaning], scenario.id
                asked = [each.meaning[-1].kind for each in said if each.party == "agent"]
                asked = asked[:-1] if asked[-1] == "ask.sure" else asked  # after a maybe
                assert asked[-1].startswith("propose."), scenario.id


@domains
def test_no_read_is_made_twice_while_it_is_still_true(name: str) -> None:
    """Between two writes the agent never asks a tool the same thing again."""
    domain, _ = opened(name)
    for scenario, events, _ in played(name):
        made: set[tuple[str, str]] = set()
        for event in events:
            if isinstance(event, Called):
                if domain.callable[event.name, "agent"].kind == "write":
                    made.clear()
                assert (event.name, event.arguments) not in made, scenario.id
                made.add((event.name, event.arguments))


# ---------------------------------------------------------------------------------------- non-interference


def with_record(world: World, table: str, key: str, record: Record) -> World:
    """A world in which one record is another."""
    tables = {name: dict(rows) for name, rows in world.tables.items()}
    tables[table][key] = record
    return World(
        domain=world.domain, source=world.source, facts=world.facts, tables=tables, indexes=servers.load(world.domain).indexes
    )


@pytest.mark.parametrize("scenario", SOME, ids=lambda scenario: scenario.id)
def test_a_record_that_has_not_been_shown_changes_nothing_before_it_is(scenario: Scenario) -> None:
    """Every stored edit, played as if it were so: until a tool shows an edited record, all events are the same bytes."""
    domain, world = opened(scenario.domain)
    ((_, events, _),) = play([scenario])
    for decision in scenario.decisions:
        for edit in decision.edits[:3]:
            if (otherwise := edited(domain, world, edit)) is None:
                continue
            ((_, others, _),) = play([scenario], world=otherwise)
            first = min(shown_at(domain, events, change.table, change.key) for change in edit.changes)
            assert encoded(events)[:first] == encoded(others)[:first]


def edited(domain: Domain, world: World, edit: StoredEdit) -> World | None:
    """The world with the edit made true in it; None where it is of a record that only a write of the conversation makes."""
    for change in edit.changes:
        record = world.tables[change.table].get(change.key)
        fields = patched(msgspec.to_builtins(record) if record is not None else {}, change.fields)
        try:
            made = msgspec.convert(fields, domain.tables[change.table])
        except msgspec.ValidationError:
            return None
        world = with_record(world, change.table, change.key, made)
    return world


def shown_at(domain: Domain, events: list[Event], table: str, key: str) -> int:
    """The first result that shows a record: of a tool that shows it by its key, or of any that may show the table."""
    called: Called | None = None
    for number, event in enumerate(events):
        if isinstance(event, Called):
            called = event
        elif isinstance(event, Returned) and called is not None:
            tool = domain.callable[called.name, "agent"]
            shows = tool.shows is not None and tool.shows.table == table
            at_large = tool.shows is not None and tool.shows.argument is None
            if (shows and (at_large or key in called.arguments)) or (tool.identifies and table == "users"):
                return number
    return len(events)


@pytest.mark.parametrize("scenario", SOME, ids=lambda scenario: scenario.id)
def test_words_that_have_not_been_said_change_nothing_before_they_are(scenario: Scenario) -> None:
    """The agent cannot know what the customer still keeps to themselves: another answer changes nothing before it is given."""
    ((_, events, _),) = play([scenario])
    for place, known in enumerate(scenario.knows):
        if known.when == "asked" and known.slot in OTHERWISE:
            other = Known(slot=known.slot, value=OTHERWISE[known.slot], when=known.when, request=known.request)
            changed = msgspec.structs.replace(scenario, knows=(*scenario.knows[:place], other, *scenario.knows[place + 1 :]))
            ((_, others, _),) = play([changed])
            first = first_inform(events, known.slot)
            assert encoded(events)[:first] == encoded(others)[:first]
            if sum(each.slot == known.slot for each in scenario.knows) == 1 and first < len(events):
                assert encoded(events)[first] != encoded(others)[first]


OTHERWISE: dict[str, Any] = {
    "email": "somebody.else@example.com",
    "user_id": "somebody_else_1234",
    "reservation_id": "ZZZZZ9",
    "payments": ["Discover ending in 0000"],
    "bags": 9,
    "reason": "found it cheaper elsewhere",
    "payment": "Discover ending in 0000",
    "order_id": "#W0000001",
    "address": {"address1": "1 Other Way", "address2": "", "city": "Salem", "state": "OR", "country": "USA", "zip": "97301"},
}


def first_inform(events: list[Event], slot: str) -> int:
    """The number of the message in which the customer says a slot when asked."""
    for number, event in enumerate(events):
        if (
            isinstance(event, Spoke)
            and event.party == "user"
            and any(act.kind == "inform" and slot in act.slots for act in event.meaning)
        ):
            return number
    return len(events)


# ------------------------------------------------------------------------------------------------ worksheet


@domains
@pytest.mark.parametrize("detail", ["brief", "full"])
def test_reasoning_names_what_is_compared_and_what_is_unread(detail: Any, name: str) -> None:
    """The worksheet goes out as reasoning; it does not change what is said or called."""
    plain = played(name)
    thinking = play(scenarios(name=name), Casting(reasoning=detail))
    thoughts = "\n".join(getattr(event, "reasoning", "") for _, events, _ in thinking for event in events)
    assert "best so far" in thoughts and "Still to read" in thoughts
    for (_, events, _), (_, others, _) in zip(plain, thinking, strict=True):
        assert [getattr(event, "text", "") for event in events] == [getattr(event, "text", "") for event in others]
    assert all(not getattr(event, "reasoning", "") for _, events, _ in plain for event in events)


def test_every_demand_for_a_person_is_answered() -> None:
    """Once for each request, in other words each time; what was compared is said once."""
    domain, world = opened("retail")
    demands = [recipe for recipe in domain.recipes if recipe.name.startswith("demand_")]
    rows = play(list(islice(_of_both(domain, world, demands), 3)))
    assert rows
    for _, events, verdict in rows:
        replies = [event.text for event, act in spoken(events, "agent") if act.kind == "chose.person"]
        assert verdict.accepted and len(replies) == 2
        forms = [act.form for _, act in spoken(events, "agent") if act.kind == "chose.person"]
        assert len(set(forms)) == 2


def _of_both(domain: Domain, world: World, recipes: Sequence[Recipe]) -> Iterator[Scenario]:
    """Scenarios whose customer asks by each of the recipes, one after the other."""
    for number, customer in enumerate(world.tables[domain.customers]):
        making = Making(domain, world, customer, Random(number))
        try:
            for recipe in recipes:
                making.add(recipe)
            made = finished(making, Provenance(made_by="tests"), f"both-{number}")
        except NotAdmitted:
            continue
        yield replace(made, manner=Manner())


def test_a_customer_without_meanings_does_not_stop_the_run() -> None:
    """Opposite somebody whose words mean nothing to it, the expert asks who they are, and the verdict is a rejection."""
    scenario = msgspec.structs.replace(scenarios()[0], requests=(), knows=(), decisions=(), instruction="Cancel my order.")
    ((_, events, verdict),) = play([scenario])
    assert verdict.standing == "rejected"
    assert any(act.kind == "ask.identity" for _, act in spoken(events, "agent"))
