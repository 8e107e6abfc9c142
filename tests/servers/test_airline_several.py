"""What requests about several reservations at once come to: which are meant, what is done with each, what has to be told."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN
from servers.airline.recipes import RECIPES, drafts
from servers.airline.records import Available, ByCabin, Cancelled, Flight, Passenger, Payment, Reservation, User
from servers.domain import ToolCall
from servers.recipe import Answer, Decision, Refusal, Request, Write
from servers.replay import apply
from servers.state import State
from servers.worlds import open_world
from tests.servers.hangar import DANA, RESERVATION, hangar

BY_NAME = {recipe.name: recipe for recipe in RECIPES}
ORD, MIA = {"city": "Chicago", "iata": "ORD"}, {"city": "Miami", "iata": "MIA"}
SAM = Passenger(first_name="Sam", last_name="Lee", dob="1990-01-01")
JUST_NOW = "2025-01-30T09:00:00"
ONE_LEFT = ByCabin(basic_economy=9, economy=9, business=1)
FLIGHTS = {"HAT1": ("DEN", "ORD"), "HAT2": ("ORD", "MIA"), "HAT4": ("DEN", "MIA")}


def trip(number: str, flight: str, day: str, **changed: Any) -> Reservation:
    """A reservation of Dana's for one flight."""
    origin, destination = FLIGHTS[flight]
    segment = replace(RESERVATION.flights[0], flight_number=flight, origin=origin, destination=destination, date=day)
    made = replace(RESERVATION, reservation_id=number, origin=origin, destination=destination, flights=(segment,))
    return replace(made, payment_history=(Payment(payment_id="credit_card_1", amount=80),), **changed)


CHICAGO = trip("AAAAAA", "HAT1", "2025-01-31", cabin="business")
MIAMI = trip("BBBBBB", "HAT4", "2025-01-31", created_at=JUST_NOW, total_baggages=0)
LATER = trip("CCCCCC", "HAT2", "2025-02-01", insurance="yes", passengers=(DANA, SAM))
GONE = trip("DDDDDD", "HAT1", "2025-01-29")
OFF = trip("EEEEEE", "HAT2", "2025-02-02", status="cancelled")
EVERY = (CHICAGO, MIAMI, LATER, GONE, OFF)


def airline(*reservations: Reservation) -> State:
    """Dana has these reservations, and no others."""
    state = hangar().open()
    dana = state.get("users", "dana_1", User)
    assert dana is not None
    state.put("users", "dana_1", replace(dana, reservations=tuple(each.reservation_id for each in reservations)))
    for each in reservations:
        state.put("reservations", each.reservation_id, each)
    return state


def on_day(state: State, flight: str, day: str, there: Any) -> None:
    record = state.get("flights", flight, Flight)
    assert record is not None
    state.put("flights", flight, replace(record, dates={**record.dates, day: there}))


def decided(state: State, recipe: str, **params: Any) -> tuple[Decision, ...]:
    return BY_NAME[recipe].solve(OpenCase(DOMAIN, state, "dana_1", params))


def said(decision: Decision) -> Any:
    """A write by its reservation, a refusal by its rule and whom it names, an answer by what must be heard."""
    match decision:
        case Write(arguments=arguments):
            return arguments["reservation_id"]
        case Refusal(rule=rule, stated=stated):
            return (rule, *stated.get("numbers", ()))
        case Answer(tell=tell):
            return list(tell)
    return None


def ends(state: State, recipe: str, **params: Any) -> list[Any]:
    return [said(each) for each in decided(state, recipe, **params)]


MEANT: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "all that are to come": ({}, ["AAAAAA", "BBBBBB", "CCCCCC"]),
    "those to one place": ({"bound": MIA}, ["BBBBBB", "CCCCCC"]),
    "those that do not go there": ({"spared": MIA}, ["AAAAAA"]),
    "those with insurance": ({"insurance": "yes"}, ["CCCCCC"]),
    "those on which somebody is": ({"flyer": {"first_name": "Sam", "last_name": "Lee"}}, ["CCCCCC"]),
    "those from a day on": ({"since": "2025-02-01"}, ["CCCCCC"]),
    "none": ({"bound": {"city": "Denver", "iata": "DEN"}}, [("reservation_exists",)]),
}


@pytest.mark.parametrize("name", MEANT)
def test_a_set_is_what_its_words_say_and_nothing_gone_by_or_canceled(name: str) -> None:
    """Everything may be canceled here, so what is canceled is what is meant."""
    words, expected = MEANT[name]
    assert ends(airline(*EVERY), "cancel_all", reason="health", **words) == expected


def test_what_may_not_be_canceled_is_refused_once_for_each_rule_and_the_rest_is_done() -> None:
    """Refusals come first, each names all that its rule forbids."""
    old = replace(MIAMI, reservation_id="FFFFFF", created_at=RESERVATION.created_at)
    older = replace(old, reservation_id="GGGGGG")
    found = ends(airline(CHICAGO, MIAMI, LATER, old, older), "cancel_all", reason="work")
    assert found == [("cancel_window", "FFFFFF", "GGGGGG"), ("insurance_reason", "CCCCCC"), "AAAAAA", "BBBBBB"]


def test_flights_are_looked_up_only_for_what_depends_on_them() -> None:
    """Of what may be canceled anyway none is; a flight that the airline canceled lets the reservation go."""
    state = airline(CHICAGO, MIAMI, replace(LATER, insurance="no"))
    on_day(state, "HAT2", "2025-02-01", Cancelled())
    case = OpenCase(DOMAIN, state, "dana_1", {"reason": "work"})
    found = BY_NAME["cancel_all"].solve(case)
    assert [said(each) for each in found] == ["AAAAAA", "BBBBBB", "CCCCCC"]
    assert [arguments for tool, arguments in case.reads if tool == "get_flight_status"] == [
        '{"date":"2025-02-01","flight_number":"HAT2"}'
    ]


def test_all_that_can_move_do_and_what_is_there_already_stays() -> None:
    """To business: one is in it, one has a flight without seats, two are paid by one card; the total is told first."""
    state = airline(CHICAGO, MIAMI, LATER, replace(MIAMI, reservation_id="HHHHHH"))
    full = Available(available_seats=ONE_LEFT, prices=ONE_LEFT)
    on_day(state, "HAT2", "2025-02-01", full)
    found = ends(state, "upgrade_all", cabin="business", payment="Visa", tally="in all")
    assert found == [("seats_left", "CCCCCC"), ["440"], "BBBBBB", "HHHHHH"]


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        ("Visa", ["BBBBBB", "HHHHHH"]),
        ("gift card", [("balance_covers",)]),
        ("certificate", [("change_method",)]),
        ("Mastercard", [("method_on_file",)]),
    ],
)
def test_one_method_pays_for_all_or_for_nothing(payment: str, expected: list[Any]) -> None:
    """$220 twice; the gift card would do for neither."""
    state = airline(MIAMI, replace(MIAMI, reservation_id="HHHHHH"))
    assert ends(state, "upgrade_all", cabin="business", payment=payment) == expected


def test_a_gift_card_that_pays_one_but_not_both_pays_none() -> None:
    """$20 and $20 from $150 is enough, from $30 it is not."""
    state = airline(MIAMI, replace(MIAMI, reservation_id="HHHHHH", cabin="basic_economy"))
    two = airline(*(replace(MIAMI, reservation_id=number, cabin="basic_economy") for number in ("BBBBBB", "HHHHHH")))
    assert ends(state, "upgrade_all", cabin="economy", payment="gift card") == ["HHHHHH"]
    assert ends(two, "upgrade_all", cabin="economy", payment="gift card") == ["BBBBBB", "HHHHHH"]
    dana = two.get("users", "dana_1", User)
    assert dana is not None
    card = replace(dana.payment_methods["gift_card_1"], amount=30.0)  # type: ignore[type-var]
    two.put("users", "dana_1", replace(dana, payment_methods={**dana.payment_methods, "gift_card_1": card}))
    assert ends(two, "upgrade_all", cabin="economy", payment="gift card") == [("balance_covers",)]


def paying(number: str, amount: int) -> Reservation:
    return replace(MIAMI, reservation_id=number, payment_history=(Payment(payment_id="credit_card_1", amount=amount),))


TOLD: dict[str, tuple[tuple[Reservation, ...], dict[str, Any], list[Any]]] = {
    "paid in all": ((paying("A1", 90), paying("A2", 205), GONE), {"sum": "paid"}, [["295"]]),
    "paid for one": ((paying("A1", 90), GONE), {"sum": "paid"}, [["90"]]),
    "bags in all": ((CHICAGO, replace(LATER, total_baggages=4), GONE), {"sum": "checked bags"}, [["5"]]),
    "no bags": ((MIAMI,), {"sum": "checked bags"}, [["no checked bags"]]),
    "the dearest, and by how much": (
        (paying("A1", 90), paying("A2", 205), paying("A3", 200)),
        {"sum": "most expensive"},
        [["A2", "5"]],
    ),
    "of one none is the dearest": ((paying("A1", 90),), {"sum": "most expensive"}, []),
    "nothing to add up": ((GONE,), {"sum": "paid"}, [("reservation_exists",)]),
    "what is left": ((), {"left": "gift cards and certificates"}, [["650"]]),
    "what is left on one kind": ((), {"left": "certificates"}, [["500"]]),
}


@pytest.mark.parametrize("name", TOLD)
def test_sums_are_told_over_what_is_meant(name: str) -> None:
    """Nothing that is gone by or canceled counts."""
    reservations, params, expected = TOLD[name]
    assert ends(airline(*reservations), "totals", **params) == expected


def test_there_is_no_dearest_where_two_cost_the_same() -> None:
    """K does not hold then, and nobody asks."""
    request = Request(recipe="totals", params={"sum": "most expensive"})
    holds = BY_NAME["totals"].holds
    assert holds(airline(paying("A1", 90), paying("A2", 80)).view(), "dana_1", request)
    assert not holds(airline(paying("A1", 90), paying("A2", 90)).view(), "dana_1", request)


def test_nobody_speaks_of_upcoming_trips_while_one_is_under_way_unless_they_say_from_when_on() -> None:
    """A trip that begins today may or may not be one of them."""
    today = trip("TTTTTT", "HAT1", "2025-01-30")
    for params, clear in (({}, False), ({"since": "2025-01-31"}, True), ({"bound": MIA}, True)):
        request = Request(recipe="cancel_all", params={**params, "reason": "work"})
        assert BY_NAME["cancel_all"].holds(airline(MIAMI, today).view(), "dana_1", request) is clear


WHAT_IF: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "one": ({"reservation_id": "BBBBBB", "cabin": "business"}, [["220"]]),
    "for two passengers": ({"reservation_id": "CCCCCC", "cabin": "business"}, [["440"]]),
    "less": ({"reservation_id": "BBBBBB", "cabin": "basic_economy"}, [["30"]]),
    "canceled": ({"reservation_id": "EEEEEE", "cabin": "business"}, [("reservation_stands",)]),
    "flown": ({"reservation_id": "DDDDDD", "cabin": "business"}, [("cabin_flown",)]),
    "several": ({"cabin": "business"}, [["660"]]),
    "several to one place": ({"cabin": "basic_economy", "bound": MIA}, [["90"]]),
}


@pytest.mark.parametrize("name", WHAT_IF)
def test_a_quote_changes_nothing(name: str) -> None:
    """What another cabin costs now, or why it cannot be had."""
    params, expected = WHAT_IF[name]
    assert ends(airline(*EVERY), "what_if", **params) == expected


def test_bags_are_added_where_they_are_missing_and_paid_beyond_the_free_ones() -> None:
    """Two for each passenger: in business both are free, in economy one of them."""
    found = decided(airline(CHICAGO, MIAMI, LATER), "bags_all", each=2, payment="Visa", tally="in all")
    assert [said(each) for each in found] == [["150"], "AAAAAA", "BBBBBB", "CCCCCC"]
    writes = [each.arguments for each in found if isinstance(each, Write)]
    assert [(each["total_baggages"], each["nonfree_baggages"]) for each in writes] == [(2, 0), (2, 1), (4, 2)]


def test_who_has_enough_bags_gets_no_more() -> None:
    """At least one each: only where there is none."""
    assert ends(airline(CHICAGO, MIAMI), "bags_all", each=1, payment="Visa") == ["BBBBBB"]
    assert ends(airline(CHICAGO), "bags_all", each=1, payment="Visa") == []


TWICE = (trip("A1", "HAT4", "2025-01-31", created_at=JUST_NOW), trip("A2", "HAT2", "2025-02-01", passengers=(DANA, SAM)))
TOO_MANY = {"later booking": ["A1"], "booking with fewer passengers": ["A1"], "more expensive booking": [("cancel_window",)]}


@pytest.mark.parametrize("surplus", TOO_MANY)
def test_of_two_trips_to_one_place_the_one_that_is_described_goes(surplus: str) -> None:
    """If a rule lets it go."""
    one, other = TWICE
    dearer = replace(other, payment_history=(Payment(payment_id="credit_card_1", amount=200),))
    assert ends(airline(one, dearer, CHICAGO), "duplicate", bound=MIA, surplus=surplus, reason="work") == TOO_MANY[surplus]


def test_two_that_are_alike_in_what_is_said_are_no_duplicate_to_choose_from() -> None:
    """Nor is one alone."""
    request = Request(recipe="duplicate", params={"bound": MIA, "surplus": "more expensive booking", "reason": "work"})
    assert not BY_NAME["duplicate"].holds(airline(*TWICE).view(), "dana_1", request)
    assert not BY_NAME["duplicate"].holds(airline(TWICE[0]).view(), "dana_1", request)


NAMES = ("cancel_all", "upgrade_all", "totals", "what_if", "bags_all", "duplicate", "way_round")


@pytest.mark.parametrize("name", NAMES)
def test_every_reservation_that_is_read_has_an_edit_that_turns_the_decision(name: str) -> None:
    """Over customers of a generated world: gold replays in its order, and each edit is one that the words allow."""
    world, random, recipe, met = open_world(DOMAIN, "small:5"), Random(name), BY_NAME[name], 0
    for customer in world.tables["users"]:
        state = world.open()
        draft = recipe.draft(state.view(), customer, random)
        if draft is None or not recipe.holds(state.view(), customer, draft.request):
            continue
        met += 1
        decisions = recipe.solve(OpenCase(DOMAIN, state, customer, draft.request.params))
        touched = {key for edit in recipe.edits(state.view(), customer, draft.request) for _, key, _ in edit.puts}
        assert len(touched) > 0
        if name in ("cancel_all", "upgrade_all", "bags_all"):
            assert {each.reservation_id for each in drafts.reservations_of(state.view(), customer)} <= touched
        for decision in decisions:
            if isinstance(decision, Write):
                done = apply(DOMAIN, state, ToolCall(name=decision.tool, arguments=decision.arguments))
                assert not done.error and done.changed
    assert met > 3
