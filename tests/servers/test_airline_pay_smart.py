"""Payment methods that are described: which is meant, in which turn they pay, what of it is refused."""

from typing import Any

import pytest

from servers.airline.recipes.pay_smart import PAY_SMART
from servers.airline.recipes.wallet import fits, is_clear, meant
from servers.airline.records import Certificate, GiftCard, PaymentMethod
from servers.persons import CreditCard
from servers.recipe import Refusal, Request, Write
from tests.servers.terminal import CUSTOMER, FACTS, FIRST, decided, place, terminal

GIFTS = {each: GiftCard(id=each, amount=amount) for each, amount in (("gift_1", 90.0), ("gift_2", 20.0), ("gift_3", 300.0))}
CARD = CreditCard(id="card_4", brand="visa", last_four="1111")
WALLET: dict[str, PaymentMethod] = {**GIFTS, "card_4": CARD, "certificate_5": Certificate(id="certificate_5", amount=75.0)}


def booking(*paying: str, passengers: int = 2) -> dict[str, Any]:
    """The flight of the morning for the customer and Alex, at 200 each."""
    alex = {"first_name": "Alex", "last_name": "Fox"}
    return {
        "origin": [place("EWR")],
        "destination": [place("IAH")],
        "days": [FIRST],
        "flight": {"stops": "direct", "departs": "08:00:00"},
        "cabin": "economy",
        "passengers": ["me", alex][:passengers],
        "bags": 0,
        "insurance": "no",
        "paying": list(paying),
    }


MEANT = [
    ("smallest gift card", 100, ["gift_2"]),
    ("fullest gift card", 100, ["gift_3"]),
    ("gift cards", 100, ["gift_3", "gift_1", "gift_2"]),
    ("gift card that is just enough", 60, ["gift_1"]),
    ("gift card that is just enough", 90, ["gift_1"]),
    ("gift card that is just enough", 91, ["gift_3"]),
    ("gift card that is just enough", 301, []),
    ("certificate", 100, ["certificate_5"]),
    ("Visa", 100, ["card_4"]),
    ("credit card that isn't the Visa", 100, []),
    ("American Express", 100, []),
]


@pytest.mark.parametrize(("words", "total", "ids"), MEANT)
def test_a_description_means_what_is_on_file(words: str, total: int, ids: list[str]) -> None:
    assert [each.id for each in meant(WALLET, words, total, FACTS)] == ids


def test_no_more_gift_cards_are_meant_than_a_booking_takes() -> None:
    more = {**WALLET, "gift_6": GiftCard(id="gift_6", amount=10.0)}
    assert [each.id for each in meant(more, "gift cards", 100, FACTS)] == ["gift_3", "gift_1", "gift_2"]


def test_two_that_hold_the_same_and_an_empty_one_leave_it_open_which_is_meant() -> None:
    assert is_clear(WALLET, "smallest gift card")
    for amount in (20.0, 0.0):
        other = {**WALLET, "gift_6": GiftCard(id="gift_6", amount=amount)}
        assert not is_clear(other, "smallest gift card") and not is_clear(other, "gift cards")
    assert not is_clear(WALLET, "gift card") and is_clear(WALLET, "certificate") and not is_clear(WALLET, "largest certificate")


PAID = [
    (
        ("largest certificate", "gift card", "Visa"),
        [("certificate_0002", 150), ("gift_card_0001", 100), ("credit_card_0004", 150)],
    ),
    (("credit card that isn't the Visa",), [("credit_card_0005", 400)]),
    (("gift card", "credit card that isn't the Mastercard"), [("gift_card_0001", 100), ("credit_card_0004", 300)]),
]


@pytest.mark.parametrize(("paying", "parts"), PAID)
def test_each_pays_in_its_turn_as_far_as_it_goes(paying: tuple[str, ...], parts: list[tuple[str, int]]) -> None:
    decision = decided(PAY_SMART, booking(*paying))
    assert isinstance(decision, Write)
    assert [(each["payment_id"], each["amount"]) for each in decision.arguments["payment_methods"]] == parts


REFUSED = [
    (("certificates", "Visa"), "payment_mix"),
    (("gift card that is just enough",), "balance_covers"),
    (("largest certificate", "gift card"), "balance_covers"),
    (("American Express",), "method_on_file"),
]


@pytest.mark.parametrize(("paying", "rule"), REFUSED)
def test_what_cannot_or_may_not_pay_is_refused_by_its_rule(paying: tuple[str, ...], rule: str) -> None:
    decision = decided(PAY_SMART, booking(*paying))
    assert isinstance(decision, Refusal) and decision.rule == rule


def test_two_certificates_may_pay_where_the_policy_takes_two() -> None:
    decision = decided(PAY_SMART, booking("certificates", "Visa"), terminal(max_certificates=2))
    assert isinstance(decision, Write)
    assert [each["amount"] for each in decision.arguments["payment_methods"]] == [150, 50, 200]


def test_the_words_fit_only_where_each_description_is_clear() -> None:
    """There are two certificates, and one gift card only."""
    for words, clear in (
        ("largest certificate", True),
        ("certificate", False),
        ("smallest gift card", False),
        ("gift card", True),
    ):
        request = Request(recipe="pay_smart", params=booking(words, "Visa"))
        assert PAY_SMART.holds(terminal().view(), CUSTOMER.user_id, request) == clear


def test_a_customer_sees_kinds_and_turns_and_no_balances() -> None:
    stated = {"payments": [{"method": "gift card ending in 0001"}, {"method": "Visa ending in 1111"}]}
    assert PAY_SMART.contradicted(booking("smallest gift card", "Visa"), stated, 0) is None
    assert PAY_SMART.contradicted(booking("Visa", "smallest gift card"), stated, 0) == "paying"
    assert PAY_SMART.contradicted(booking("certificate", "Visa"), stated, 0) == "paying"
    assert PAY_SMART.contradicted(booking("Visa"), {"payments": []}, 0) == "paying"
    assert not fits("credit card that isn't the Visa", "Visa ending in 1111")
    assert fits("credit card that isn't the Visa", "Mastercard ending in 2222")
