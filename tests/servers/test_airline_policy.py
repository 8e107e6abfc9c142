"""The airline's rules from both sides, and that the text of its policy says what they decide, for any constants."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.facts import Allowances
from servers.airline.policy import policy
from servers.airline.public import PUBLIC
from servers.airline.records import STATUSES, Certificate, FoundFlight, GiftCard, PaymentMethod, Reservation, User
from servers.airline.rules import RULES
from servers.persons import CreditCard
from tests.servers.hangar import FACTS, PRICES, RESERVATION, SEATS, TABLES

# For every rule, what an agent must be able to read of it.
SAYS = {
    "own_account": "only their own account is open",
    "reservation_exists": "if no reservation fits what the customer describes, say that you cannot find it",
    "reservation_stands": "a reservation that has already been canceled is neither canceled again nor changed",
    "cancel_flown": "if a flight of the reservation has already been flown, you cannot cancel it",
    "cancel_window": "it was booked within the last 24 hours",
    "insurance_reason": "the reason is one that the insurance covers (health or weather)",
    "fixed_cabin": "the flights of a basic economy reservation cannot be changed",
    "same_journey": "as long as the origin, the destination and the trip type stay what they are",
    "flown_stays": "a flight that has already been flown stays in the reservation",
    "cabin_flown": "unless one of its flights has already been flown",
    "one_cabin": "the same for all the flights and all the passengers",
    "flight_available": "only a flight that is `available` on its date",
    "seats_left": "has a seat in the cabin for every passenger",
    "passenger_limit": "at most 5 passengers can be in a reservation",
    "passenger_count": "the number of passengers cannot",
    "payment_mix": "takes at most 1 travel certificate, at most 1 credit card and at most 3 gift cards",
    "method_on_file": "only payment methods in the customer's profile can be used",
    "balance_covers": "a gift card or certificate must have enough on it",
    "change_method": "a certificate cannot be used",
    "bags_only_added": "bags can be added, not removed",
    "insurance_at_booking": "insurance cannot be added once a reservation is made",
    "compensation_entitled": "only these are entitled: silver and gold members; customers whose reservation has travel insurance",
    "compensation_reason": "no compensation for any other reason",
    "compensation_settled": "send it after changing or canceling, not before",
}

OTHERS = [
    replace(PUBLIC, cancel_hours=1),
    replace(PUBLIC, cancel_cabins=()),
    replace(PUBLIC, cancel_cabins=("business", "economy")),
    replace(PUBLIC, insured_reasons=("health",)),
    replace(PUBLIC, insured_reasons=("health", "weather", "work")),
    replace(PUBLIC, refund_days=(3, 3)),
    replace(PUBLIC, fixed_cabins=()),
    replace(PUBLIC, fixed_cabins=("basic_economy", "economy")),
    replace(PUBLIC, max_passengers=4),
    replace(PUBLIC, max_certificates=0),
    replace(PUBLIC, max_credit_cards=2),
    replace(PUBLIC, max_gift_cards=1),
    replace(PUBLIC, free_bags=Allowances(**dict.fromkeys(("regular", "silver", "gold"), PRICES))),
    replace(PUBLIC, bag_price=35),
    replace(PUBLIC, insurance_price=45),
    replace(PUBLIC, compensated_tiers=("gold",)),
    replace(PUBLIC, compensated_cabins=()),
    replace(PUBLIC, compensates_insured=False),
    replace(PUBLIC, compensated_tiers=(), compensated_cabins=(), compensates_insured=False),
    replace(PUBLIC, cancelled_compensation=80),
    replace(PUBLIC, delayed_compensation=20),
]

REGULAR = TABLES["users"]["dana_1"]
assert isinstance(REGULAR, User)
SILVER = replace(REGULAR, membership="silver")
GONE = replace(RESERVATION, status="cancelled")
CARDS: dict[str, PaymentMethod] = {
    **{f"gift{number}": GiftCard(id=f"gift{number}", amount=100.0) for number in range(4)},
    **{f"certificate{number}": Certificate(id=f"certificate{number}", amount=100.0) for number in range(2)},
    **{f"credit{number}": CreditCard(id=f"credit{number}", brand="visa", last_four="1111") for number in range(2)},
}
NEXT = ("HAT1", "2025-02-01")
OWN = ("HAT1", "2025-01-31")


def booked(**changed: Any) -> Reservation:
    return replace(RESERVATION, **changed)


@pytest.mark.parametrize(
    ("reservation", "statuses", "reason", "rule"),
    [
        (booked(created_at="2025-01-29T10:00:00"), ["available"], "change of plan", None),
        (booked(created_at="2025-01-29T09:59:59"), ["available"], "change of plan", "cancel_window"),
        (booked(cabin="business"), ["available"], "change of plan", None),
        (booked(cabin="business"), ["landed", "available"], "change of plan", "cancel_flown"),
        (booked(created_at="2025-01-30T09:00:00"), ["flying"], "change of plan", "cancel_flown"),
        (booked(), ["available", "cancelled"], "cancelled by the airline", None),
        (booked(), ["delayed"], "weather", "cancel_window"),
        (booked(insurance="yes"), ["delayed"], "weather", None),
        (booked(insurance="yes"), ["available"], "change of plan", "insurance_reason"),
        (GONE, ["available"], "weather", "reservation_stands"),
    ],
)
def test_what_may_be_cancelled(reservation: Reservation, statuses: list[str], reason: str, rule: str | None) -> None:
    """Each condition on both of its sides, with the order in which they count."""
    assert rules.cancel(reservation, statuses, reason, FACTS) == rule


@pytest.mark.parametrize(
    ("reservation", "statuses", "wanted", "rule"),
    [
        (booked(), ["available"], {NEXT}, None),
        (booked(cabin="basic_economy"), ["available"], {NEXT}, "fixed_cabin"),
        (booked(), ["landed"], {NEXT}, "flown_stays"),
        (booked(), ["flying"], {OWN, NEXT}, None),
        (GONE, ["available"], {NEXT}, "reservation_stands"),
    ],
)
def test_what_flights_may_be_changed(
    reservation: Reservation, statuses: list[str], wanted: set[tuple[str, str]], rule: str | None
) -> None:
    """The cabin forbids it altogether, a flight that was flown only that it goes."""
    assert rules.change_flights(reservation, statuses, wanted, FACTS) == rule


def test_a_change_of_cabin_is_for_every_cabin_that_has_not_flown() -> None:
    """Basic economy included; a kept flight that was flown forbids it."""
    assert rules.change_cabin(booked(cabin="basic_economy"), ["available"], FACTS) is None
    assert rules.change_cabin(booked(), ["landed", "available"], FACTS) == "cabin_flown"
    assert rules.journey(RESERVATION, "DEN", "ORD", "one_way") is None
    assert rules.journey(RESERVATION, "DEN", "ORD", "round_trip") == "same_journey"


def test_seats_passengers_and_bags_have_their_limits() -> None:
    """On both sides of each."""
    found = FoundFlight(
        flight_number="HAT1",
        origin="DEN",
        destination="ORD",
        status="available",
        scheduled_departure_time_est="22:00:00",
        scheduled_arrival_time_est="01:00:00+1",
        date=None,
        available_seats=SEATS,
        prices=PRICES,
    )
    assert [rules.flight(found, "economy", count) for count in (3, 4)] == [None, "seats_left"]
    assert rules.flight(None, "economy", 1) == "flight_available"
    assert [rules.passengers(count, FACTS) for count in (5, 6)] == [None, "passenger_limit"]
    assert [rules.new_passengers(RESERVATION, count) for count in (1, 2)] == [None, "passenger_count"]
    assert [rules.bags(RESERVATION, count) for count in (1, 0)] == [None, "bags_only_added"]


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (["certificate0", "credit0", "gift0", "gift1", "gift2"], None),
        (["certificate0", "certificate1"], "payment_mix"),
        (["credit0", "credit1"], "payment_mix"),
        (["gift0", "gift1", "gift2", "gift3"], "payment_mix"),
        (["gift0", "gift0", "gift1", "gift2"], None),
    ],
)
def test_what_may_pay_a_booking_together(names: list[str], rule: str | None) -> None:
    """One of a kind more than the limit is too many; named twice it is still one."""
    assert rules.payment_mix([CARDS[name] for name in names], FACTS) == rule


def test_what_may_pay_how_much() -> None:
    """A credit card has no end; a certificate pays bookings, never changes."""
    assert [rules.pays(CARDS["gift0"], amount) for amount in (100, 101)] == [None, "balance_covers"]
    assert [rules.pays(CARDS["certificate0"], amount) for amount in (100, 101)] == [None, "balance_covers"]
    assert rules.pays(CARDS["credit0"], 10_000) is None
    assert rules.pays_change(CARDS["certificate0"], 0) == "change_method"
    assert [rules.pays_change(CARDS["gift0"], amount) for amount in (-500, 100, 101)] == [None, None, "balance_covers"]


@pytest.mark.parametrize(
    ("user", "reservation", "complaint", "statuses", "settled", "rule"),
    [
        (SILVER, booked(), "cancelled", ["cancelled"], False, None),
        (REGULAR, booked(), "cancelled", ["cancelled"], False, "compensation_entitled"),
        (REGULAR, booked(insurance="yes"), "cancelled", ["cancelled"], False, None),
        (REGULAR, booked(cabin="business"), "cancelled", ["cancelled"], False, None),
        (SILVER, booked(), "cancelled", ["delayed"], False, "compensation_reason"),
        (SILVER, booked(), "bad food", ["landed"], True, "compensation_reason"),
        (SILVER, booked(), "delayed", ["delayed"], False, "compensation_settled"),
        (SILVER, booked(), "delayed", ["delayed"], True, None),
    ],
)
def test_what_is_compensated(
    user: User, reservation: Reservation, complaint: str, statuses: list[str], settled: bool, rule: str | None
) -> None:
    """Who, for what, and when."""
    assert rules.compensation(user, reservation, complaint, statuses, settled, FACTS) == rule


def test_prices_follow_the_constants() -> None:
    """Bags by tier and cabin for each passenger, compensation for each passenger."""
    assert [pricing.free_bags(tier, "economy", 2, FACTS) for tier in ("regular", "silver", "gold")] == [2, 4, 6]  # type: ignore[arg-type]
    assert [pricing.paid_bags(total, "gold", "basic_economy", 1, FACTS) for total in (1, 2, 5)] == [0, 0, 3]
    assert [pricing.compensation(status, 3, FACTS) for status in ("cancelled", "delayed")] == [300, 150]
    assert pricing.booking([100, 80], 2, True, 1, FACTS) == 2 * (180 + 30) + 50
    assert pricing.change([100, 80], [100, 50], 2) == -60
    assert [pricing.bags(1, paid, FACTS) for paid in (0, 1, 3)] == [0, 0, 100]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_be_read_in_the_policy(rule):
    """What it forbids, and in a word that a refusal by it must have."""
    text = policy(PUBLIC).lower()
    assert SAYS[rule.name] in text
    assert any(surface in text for surface in rule.surfaces)


def test_policies_with_other_constants_all_differ():
    """No constant is left out of the text."""
    texts = [policy(facts) for facts in (PUBLIC, *OTHERS)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("facts", [PUBLIC, FACTS, *OTHERS])
def test_no_blank_paragraphs_or_leftovers_of_the_template_stand_in_it(facts):
    """Whatever the constants are."""
    text = policy(facts)
    assert text.startswith("# ") and text.endswith(".\n") and not text.endswith("\n\n")
    plain = text.replace("transfer_to_human_agents", "")
    assert not re.search(r"\n\n\n|[{}_]|None|True|False|  | [.,;]| \n", plain)


def test_the_policy_says_what_time_it_is():
    """What may be cancelled depends on it."""
    assert "2024-05-15 15:00" in policy(PUBLIC) and "2025-01-30 10:00" in policy(FACTS)


def test_the_bags_stand_in_a_table():
    """A row for each membership."""
    assert "| silver | 1 | 2 | 3 |\n| gold | 2 | 3 | 4 |\n\nEvery further bag costs $50." in policy(PUBLIC)


def test_every_status_is_explained():
    """In the words that the tools use."""
    assert all(f"`{status}`" in policy(PUBLIC) for status in STATUSES)


def test_the_words_before_a_human_takes_over_are_exact():
    """The call first, then the sentence."""
    text = policy(PUBLIC)
    assert text.index("transfer_to_human_agents") < text.index("`YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON.`")
