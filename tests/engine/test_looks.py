"""What reads answer on edited states: as good as asking each of them again."""

from random import Random

import pytest

import servers
from engine.synthesis.evidence import answer
from engine.synthesis.listed import listed
from engine.synthesis.looks import CountedView, Looks, read_key
from servers.airline.records import Flight
from servers.domain import ToolCall
from servers.recipe import Edit
from servers.replay import apply
from tests.engine.pack import opened


@pytest.mark.parametrize("name", servers.names())
def test_a_read_is_asked_again_wherever_an_edit_could_change_it(name: str) -> None:
    """Over the listed worlds of drafts of every recipe each read answers what it answers on a state of its own."""
    domain, world = opened(name)
    customers, random, compared, told_apart = list(world.tables[domain.customers]), Random("looks"), 0, 0
    for recipe in domain.recipes:
        for _ in range(12):
            customer = customers[int(random.random() * len(customers))]
            draft = recipe.draft(world.open().view(), customer, random)
            if draft is None:
                continue
            worlds = listed(domain, recipe, world.open(), customer, draft.request)
            reads = {read for each in worlds for read in each.reads}
            for each in worlds:
                for read in reads:
                    assert each.looks.text(read) == answer(domain, each.looks.state, read)
                    compared += 1
                    told_apart += each.looks.text(read) != worlds[0].looks.text(read)
    assert compared > 1000 and told_apart > 100


def test_what_an_edit_does_not_touch_is_not_asked_again() -> None:
    """The answer is the very same."""
    domain, world = opened("retail")
    looks = Looks(domain, world.open())
    user, order = next(iter(world.tables["users"])), next(iter(world.tables["orders"]))
    read = ("get_user_details", f'{{"user_id":"{user}"}}')
    edit = Edit(fact="the same", puts=(("orders", order, world.tables["orders"][order]),))
    assert looks.under(edit).see(read) is looks.see(read)


def test_the_reads_of_a_state_that_was_written_to_are_asked_again_only_where_they_could_differ() -> None:
    """A cancelled reservation reads otherwise, another one is the very same answer."""
    domain, world = opened("airline")
    looks, state = Looks(domain, world.open()), world.open()
    own, other = list(world.tables["reservations"])[:2]
    reads = [read_key("get_reservation_details", {"reservation_id": number}) for number in (own, other)]
    before = [looks.see(read) for read in reads]
    assert apply(domain, state, ToolCall(name="cancel_reservation", arguments={"reservation_id": own})).changed
    after = looks.on(state)
    assert [after.text(read) for read in reads] == [answer(domain, state, read) for read in reads]
    assert after.text(reads[0]) != before[0].outcome.text and after.see(reads[1]) is before[1]
    assert looks.on(world.open()) is looks and looks.on(state.fork()) is after


def test_a_state_is_another_again_when_more_is_written() -> None:
    """Its reads are not taken for those of the state that it was before."""
    domain, world = opened("airline")
    looks, state = Looks(domain, world.open()), world.open()
    numbers = list(world.tables["reservations"])[:2]
    reads = [read_key("get_reservation_details", {"reservation_id": number}) for number in numbers]
    for number in numbers:
        apply(domain, state, ToolCall(name="cancel_reservation", arguments={"reservation_id": number}))
        assert [looks.on(state).text(read) for read in reads] == [answer(domain, state, read) for read in reads]


def test_what_was_looked_up_in_an_index_is_looked_up_again_only_where_it_changed() -> None:
    """On each state a view finds what that state has, and counts that it was looked for."""
    domain, world = opened("airline")
    looks, state = Looks(domain, world.open()), world.open()
    first, second = list(dict.fromkeys(flight.origin for flight in world.tables["flights"].values()))[:2]
    gone = next(key for key, flight in world.tables["flights"].items() if flight.origin == first)
    state.drop("flights", gone)
    for known in (looks, looks.on(state), Looks(domain, state), looks):
        view = CountedView(known)
        for origin in (first, second, first):
            assert view.find("origin", origin, Flight) == known.state.find("origin", origin, Flight)
        assert view.looks == 3
        assert (gone in [flight.flight_number for flight in view.find("origin", first, Flight)]) == (known is looks)
    assert looks.on(state).view().find("origin", second, Flight) is looks.view().find("origin", second, Flight)
