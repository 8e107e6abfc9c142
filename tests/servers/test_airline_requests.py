"""What requests about a reservation come to: every rule from both sides, decided from the customer's words and what is read."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN
from servers.airline.recipes import RECIPES
from servers.airline.recipes.paying import shares
from servers.airline.recipes.reservations import legs, ranking
from servers.airline.records import Cancelled, Delayed, Flight, GiftCard, Landed, Payment, User
from servers.domain import ToolCall
from servers.recipe import Answer, Decision, Refusal, Request, Transfer, Write
from servers.replay import apply
from servers.state import State
from servers.worlds import open_world
from tests.servers.hangar import DANA, FACTS, RESERVATION, hangar

BY_NAME = {recipe.name: recipe for recipe in RECIPES}
NUMBER = {"reservation_id": "K7Q2MX"}
HERE = {"city": "Chicago", "iata": "ORD"}
LATE = Delayed(estimated_departure_time_est="2025-01-31T23:00:00", estimated_arrival_time_est="2025-02-01T02:00:00")
GONE = Landed(actual_departure_time_est="2025-01-29T22:00:00", actual_arrival_time_est="2025-01-30T01:00:00")
DAY_BEFORE = (replace(RESERVATION.flights[0], date="2025-01-29"),)
VISA, GIFT, PAPER = "Visa", "gift card", "certificate"


def decided(
    recipe: str, params: dict[str, Any], stands: Any = None, member: str = "regular", **changed: Any
) -> tuple[Decision, ...]:
    """What a request comes to, with a reservation that differs so, and its flight standing so on its day."""
    state = hangar().open()
    put(state, member, stands, **changed)
    return BY_NAME[recipe].solve(OpenCase(DOMAIN, state, "dana_1", params))


def put(state: State, member: str, stands: Any, **changed: Any) -> None:
    user = state.get("users", "dana_1", User)
    flight = state.get("flights", "HAT1", Flight)
    assert user is not None and flight is not None
    reservation = replace(RESERVATION, **changed)
    state.put("users", "dana_1", replace(user, membership=member))
    state.put("reservations", "K7Q2MX", reservation)
    if stands is not None:
        state.put("flights", "HAT1", replace(flight, dates={**flight.dates, reservation.flights[0].date: stands}))


def outcome(decision: Decision) -> Any:
    match decision:
        case Write(tool=tool):
            return tool
        case Refusal(rule=rule):
            return rule
        case Transfer(rule=rule):
            return ("transfer", rule)
        case Answer(tell=tell):
            return tell


CANCEL, CERTIFICATE = "cancel_reservation", "send_certificate"
BAGS, NAMES = "update_reservation_baggages", "update_reservation_passengers"
DELAYED, CLAIM = NUMBER | {"complaint": "delayed"}, NUMBER | {"complaint": "cancelled"}
SETTLED = DELAYED | {"settle": "cancel", "reason": "delay"}
RENAME = {"rename": {"old": {"first_name": "Dana", "last_name": "Fox"}, "new": {"first_name": "Dana", "last_name": "Lee"}}}
NOBODY = {"rename": {"old": {"first_name": "Sam", "last_name": "Fox"}, "new": {"first_name": "Dana", "last_name": "Lee"}}}
PAPERS = {"reservation_id": "NOSUCH"}
JUST_NOW, EDGE, OVER = "2025-01-30T09:00:00", "2025-01-29T10:00:00", "2025-01-29T09:59:59"

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], list[Any]]] = {
    "old, no insurance": ("cancel", NUMBER | {"reason": "work"}, {}, ["cancel_window"]),
    "booked an hour ago": ("cancel", NUMBER | {"reason": "work"}, {"created_at": JUST_NOW}, [CANCEL]),
    "booked exactly 24 hours ago": ("cancel", NUMBER | {"reason": "work"}, {"created_at": EDGE}, [CANCEL]),
    "booked a second more than 24 hours ago": ("cancel", NUMBER | {"reason": "work"}, {"created_at": OVER}, ["cancel_window"]),
    "in business": ("cancel", NUMBER | {"reason": "work"}, {"cabin": "business"}, [CANCEL]),
    "insured, and ill": ("cancel", NUMBER | {"reason": "health"}, {"insurance": "yes"}, [CANCEL]),
    "insured, other plans": ("cancel", NUMBER | {"reason": "change of plans"}, {"insurance": "yes"}, ["insurance_reason"]),
    "ill without insurance": ("cancel", NUMBER | {"reason": "health"}, {}, ["cancel_window"]),
    "canceled by the airline": ("cancel", NUMBER | {"reason": "work"}, {"stands": Cancelled()}, [CANCEL]),
    "says so, but it was not": ("cancel", NUMBER | {"reason": "the airline canceled a flight"}, {}, ["cancel_window"]),
    "flown": ("cancel", NUMBER | {"reason": "work"}, {"stands": GONE, "flights": DAY_BEFORE}, [("transfer", "cancel_flown")]),
    "canceled before": ("cancel", NUMBER | {"reason": "work"}, {"status": "cancelled"}, ["reservation_stands"]),
    "another's": ("cancel", NUMBER | {"reason": "work"}, {"user_id": "dana_2"}, ["own_account"]),
    "no such reservation": ("cancel", PAPERS | {"reason": "work"}, {}, ["reservation_exists"]),
    "by its trip": ("cancel", {"trip": {"destination": HERE}, "reason": "work"}, {"cabin": "business"}, [CANCEL]),
    "no such trip": (
        "cancel",
        {"trip": {"destination": {"city": "Miami", "iata": "MIA"}}, "reason": "work"},
        {},
        ["reservation_exists"],
    ),
    "the last booked": ("cancel", {"which": "most recent booking", "reason": "work"}, {"cabin": "business"}, [CANCEL]),
    "a silver member's canceled flight": ("compensation", CLAIM, {"stands": Cancelled(), "member": "silver"}, [CERTIFICATE]),
    "a regular member's canceled flight": ("compensation", CLAIM, {"stands": Cancelled()}, ["compensation_entitled"]),
    "insured is enough": ("compensation", CLAIM, {"stands": Cancelled(), "insurance": "yes"}, [CERTIFICATE]),
    "business is enough": ("compensation", CLAIM, {"stands": Cancelled(), "cabin": "business"}, [CERTIFICATE]),
    "it was not canceled": ("compensation", CLAIM, {"member": "gold"}, ["compensation_reason"]),
    "it was delayed, not canceled": ("compensation", CLAIM, {"member": "gold", "stands": LATE}, ["compensation_reason"]),
    "a lost bag": ("compensation", NUMBER | {"complaint": "lost bag"}, {"member": "gold"}, ["compensation_reason"]),
    "delayed, nothing changed": ("compensation", DELAYED, {"member": "gold", "stands": LATE}, ["compensation_settled"]),
    "delayed, and canceled for it": (
        "compensation",
        SETTLED,
        {"member": "gold", "stands": LATE, "created_at": JUST_NOW},
        [CANCEL, CERTIFICATE],
    ),
    "delayed, may not cancel": (
        "compensation",
        SETTLED,
        {"member": "gold", "stands": LATE},
        ["cancel_window", "compensation_settled"],
    ),
    "canceled, not entitled": (
        "compensation",
        SETTLED,
        {"stands": LATE, "created_at": JUST_NOW},
        [CANCEL, "compensation_entitled"],
    ),
    "one more bag": ("bags", NUMBER | {"more": 1, "payment": VISA}, {}, [BAGS]),
    "one more bag by gift card": ("bags", NUMBER | {"more": 1, "payment": GIFT}, {}, [BAGS]),
    "four more bags are beyond the gift card": ("bags", NUMBER | {"more": 4, "payment": GIFT}, {}, ["balance_covers"]),
    "a bag by certificate": ("bags", NUMBER | {"more": 1, "payment": PAPER}, {}, ["change_method"]),
    "a bag by a card that is not there": ("bags", NUMBER | {"more": 1, "payment": "Mastercard"}, {}, ["method_on_file"]),
    "fewer bags": ("bags", NUMBER | {"fewer": 1, "payment": VISA}, {}, ["bags_only_added"]),
    "bags on what was canceled": ("bags", NUMBER | {"more": 1, "payment": VISA}, {"status": "cancelled"}, ["reservation_stands"]),
    "another name": ("passengers", NUMBER | RENAME, {}, [NAMES]),
    "one passenger more": ("passengers", NUMBER | {"add": {"first_name": "Lee"}}, {}, ["passenger_count"]),
    "one passenger fewer": ("passengers", NUMBER | {"remove": {"first_name": "Dana"}}, {}, ["passenger_count"]),
    "somebody who is not on it": ("passengers", NUMBER | NOBODY, {}, []),
    "insurance afterwards": ("insure", NUMBER, {}, ["insurance_at_booking"]),
    "insurance twice": ("insure", NUMBER, {"insurance": "yes"}, [("already",)]),
    "status": ("question", NUMBER | {"about": "flight status"}, {"stands": LATE}, [("delayed",)]),
    "price": ("question", NUMBER | {"about": "total price"}, {}, [("80",)]),
    "balance": ("question", {"about": "gift card balance"}, {}, [("150",)]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_request_comes_to_what_the_policy_says(name: str) -> None:
    """One reservation, one fact apart."""
    recipe, params, changed, expected = CASES[name]
    found = decided(recipe, params, **changed)
    assert [outcome(decision) for decision in found] == expected


@pytest.mark.parametrize(
    ("more", "tier", "cabin", "total", "paid", "due"),
    [
        (1, "regular", "economy", 2, 1, 50.0),
        (1, "silver", "economy", 2, 0, None),
        (3, "silver", "economy", 4, 2, 100.0),
        (1, "regular", "business", 2, 0, None),
        (2, "gold", "basic_economy", 3, 1, 50.0),
    ],
)
def test_bags_are_free_by_tier_and_cabin_and_cost_beyond(
    more: int, tier: str, cabin: str, total: int, paid: int, due: Any
) -> None:
    """For one passenger who has one bag."""
    (write,) = decided("bags", NUMBER | {"more": more, "payment": VISA}, member=tier, cabin=cabin)
    assert isinstance(write, Write)
    assert (write.arguments["total_baggages"], write.arguments["nonfree_baggages"]) == (total, paid)
    assert write.stated.get("extra") == due


def test_a_new_name_keeps_the_date_of_birth_and_a_new_person_brings_their_own() -> None:
    """What the customer does not say is as it was."""
    (write,) = decided("passengers", NUMBER | RENAME)
    assert isinstance(write, Write) and write.arguments["passengers"] == [
        {"first_name": "Dana", "last_name": "Lee", "dob": DANA.dob}
    ]


@pytest.mark.parametrize("name", ["passengers", "third_party", "same_trip", "book", "best_trip", "pay_smart"])
def test_no_child_is_left_to_fly_alone(name: str) -> None:
    """Whatever passengers are drawn or stay: one of them is of age."""
    world, random, seen = open_world(DOMAIN, "small:11"), Random(5), 0
    of_age = f"{int(world.facts.now[:4]) - 18}{world.facts.now[4:10]}"
    for customer in [*world.tables["users"]] * (1 if name in ("best_trip", "pay_smart") else 4):
        draft = BY_NAME[name].draft(world.open(), customer, random)
        decisions = BY_NAME[name].solve(OpenCase(DOMAIN, world.open(), customer, draft.request.params)) if draft else ()
        for decision in decisions:
            if isinstance(decision, Write) and "passengers" in decision.arguments:
                seen += 1
                assert any(each["dob"] <= of_age for each in decision.arguments["passengers"]), decision.arguments
    assert seen > 5


def test_compensation_is_for_every_passenger() -> None:
    """$100 each for a cancelled flight, $50 each for a delayed one."""
    (write,) = decided("compensation", CLAIM, Cancelled(), "gold", passengers=(DANA, DANA, DANA))
    assert isinstance(write, Write) and write.arguments["amount"] == 300
    _, late = decided("compensation", SETTLED, LATE, "gold", passengers=(DANA, DANA), created_at=JUST_NOW)
    assert isinstance(late, Write) and late.arguments["amount"] == 100


def test_flights_of_later_days_are_not_looked_up_where_nothing_depends_on_them() -> None:
    """Business may be cancelled: one read. Without it the status decides: two."""
    for cabin, reads in (
        ("business", ["get_reservation_details"]),
        ("economy", ["get_reservation_details", "get_flight_status"]),
    ):
        state = hangar().open()
        put(state, "regular", None, cabin=cabin)
        case = OpenCase(DOMAIN, state, "dana_1", NUMBER | {"reason": "work"})
        BY_NAME["cancel"].solve(case)
        assert [tool for tool, _ in case.reads if tool != "get_user_details"] == reads


def test_what_is_refunded_goes_back_to_what_has_paid() -> None:
    """A card that got its money back before is not named."""
    lines = (Payment(payment_id="gift_card_1", amount=80), Payment(payment_id="credit_card_1", amount=20))
    back = (*lines, Payment(payment_id="credit_card_1", amount=-20))
    for history, methods, amount in (
        (lines, ["gift card ending in rd_1", "Visa ending in 1111"], 100.0),
        (back, ["gift card ending in rd_1"], 80.0),
    ):
        (write,) = decided("cancel", NUMBER | {"reason": "work"}, cabin="business", payment_history=history)
        assert isinstance(write, Write)
        assert (write.stated["refund_to"], write.stated["refund"]) == (methods, amount)


def test_a_booking_is_shared_in_the_customers_order_in_whole_dollars() -> None:
    """Each method as far as it goes; what is not needed pays nothing."""
    small, large = GiftCard(id="g1", amount=30.75), GiftCard(id="g2", amount=500.0)
    assert shares([small, large], 100) == [(30, small), (70, large)]
    assert shares([large, small], 100) == [(100, large)]
    assert shares([small], 100) == [(30, small)]


def test_the_way_back_begins_where_the_way_there_ends() -> None:
    """Also with a change of planes on either."""
    hops = [replace(RESERVATION.flights[0], origin=one, destination=other) for one, other in ("AB", "BC", "CD", "DA")]
    for destination, there in (("C", 2), ("B", 1), ("D", 3)):
        trip = replace(RESERVATION, destination=destination, flights=tuple(hops), flight_type="round_trip")
        assert [len(leg) for leg in legs(trip)] == [there, 4 - there]


def test_the_next_trip_is_not_one_that_was_canceled_or_has_begun() -> None:
    """Among those to come the first by its day."""
    made = [
        replace(RESERVATION, reservation_id=name, status=status, flights=(replace(RESERVATION.flights[0], date=day),))
        for name, status, day in (
            ("A", None, "2025-02-09"),
            ("B", None, "2025-02-03"),
            ("C", "cancelled", "2025-02-01"),
            ("D", None, "2025-01-30"),
        )
    ]
    assert [each.reservation_id for each in ranking(made, "next trip", FACTS)] == ["B", "A"]


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_what_is_drawn_can_be_carried_out_and_other_ways_keep_the_customers_words_true(name: str) -> None:
    """Over customers of a generated world: writes replay and change something, and some edit decides otherwise."""
    world, random, recipe = open_world(DOMAIN, "small:5"), Random(name), BY_NAME[name]
    met, otherwise = 0, 0
    for customer in list(world.tables["users"]) * 3:
        if met > 20:
            break
        state = world.open()
        draft = recipe.draft(state.view(), customer, random)
        if draft is None or not recipe.holds(state.view(), customer, draft.request):
            continue
        met += 1
        decisions = recipe.solve(OpenCase(DOMAIN, state, customer, draft.request.params))
        otherwise += _another(state, customer, draft.request, [in_full(decision) for decision in decisions])
        for decision in decisions:
            if isinstance(decision, Write):
                done = apply(DOMAIN, state, ToolCall(name=decision.tool, arguments=decision.arguments))
                assert not done.error and done.changed, done.text
    assert met > 20 and otherwise > met * 0.9, (met, otherwise)


def in_full(decision: Decision) -> Any:
    """What a decision is: of a write its arguments too."""
    return (decision.tool, decision.arguments) if isinstance(decision, Write) else outcome(decision)


def _another(state: State, customer: str, request: Request, as_is: list[Any]) -> bool:
    recipe = BY_NAME[request.recipe]
    for edit in recipe.edits(state.view(), customer, request):
        edited = state.fork()
        for table, key, record in edit.puts:
            edited.put(table, key, record)
        if recipe.holds(edited.view(), customer, request):
            found = recipe.solve(OpenCase(DOMAIN, edited, customer, request.params))
            if [in_full(decision) for decision in found] != as_is:
                return True
    return False
