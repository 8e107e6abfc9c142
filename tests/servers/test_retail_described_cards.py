"""Payment by what a card is like, and with what another order brings back to it."""

from typing import Any

import pytest

from engine.synthesis.case import OpenCase
from servers.domain import ToolCall
from servers.recipe import Choice, Request, Write
from servers.replay import apply
from servers.retail import DOMAIN
from servers.retail.recipes.gift_cards import FULLEST, GIFT_CARDS, OTHER, SMALLEST
from servers.retail.recipes.spend_refund import SPEND_REFUND
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED
from tests.servers.drawer import LARGE, SMALL, VISA, WHO, decided, drawer, order

KITE = order(1, "Kite", status=PENDING)
BOTH: dict[str, Any] = {"order_id": "#W1", "then_id": "#W2", "reason": "no longer needed", "payment": "gift card ending in 1111"}


@pytest.mark.parametrize(
    ("card", "small", "large", "found"),
    [
        (SMALLEST, 30.0, 100.0, ("#W1", SMALL)),
        (SMALLEST, 25.0, 100.0, ("#W1", SMALL)),
        (SMALLEST, 24.99, 100.0, ("#W1", LARGE)),
        (SMALLEST, 10.0, 20.0, ("gift_card_covers",)),
        (FULLEST, 30.0, 100.0, ("#W1", LARGE)),
        (FULLEST, 300.0, 100.0, ("#W1", SMALL)),
    ],
)
def test_the_card_that_is_described_pays(card: str, small: float, large: float, found: tuple[str, ...]) -> None:
    """The smallest that covers the whole order, or the fullest; none where none covers it."""
    assert decided(GIFT_CARDS, drawer(KITE, small=small, large=large), order_id="#W1", card=card) == [found]


def test_the_smallest_that_covers_it_is_never_the_one_that_pays_already() -> None:
    """Another one is meant, and where there is no other it is refused."""
    state = drawer(order(1, "Kite", status=PENDING, paid=SMALL), small=30.0, large=100.0)
    assert decided(GIFT_CARDS, state, order_id="#W1", card=SMALLEST) == [("#W1", LARGE)]
    state = drawer(order(1, "Kite", status=PENDING, paid=LARGE), small=3.0, large=100.0)
    assert decided(GIFT_CARDS, state, order_id="#W1", card=SMALLEST) == [("other_method",)]


def test_two_cards_that_hold_the_same_are_not_told_apart_by_it() -> None:
    request = Request(recipe="gift_cards", params={"order_id": "#W1", "card": FULLEST})
    assert not GIFT_CARDS.holds(drawer(KITE, small=50.0, large=50.0).view(), WHO, request)
    assert GIFT_CARDS.holds(drawer(KITE, small=50.0, large=50.01).view(), WHO, request)


def test_the_other_credit_card_takes_two_of_them() -> None:
    """With one there is no other."""
    request = Request(recipe="gift_cards", params={"order_id": "#W1", "card": OTHER})
    assert not GIFT_CARDS.holds(drawer(KITE).view(), WHO, request)
    assert decided(GIFT_CARDS, drawer(KITE), order_id="#W1", card=OTHER) == [("method_on_file",)]


@pytest.mark.parametrize(("status", "rule"), [(PROCESSED, "change_pending"), (PENDING_ITEM_MODIFIED, "changed_once")])
def test_only_a_pending_order_is_moved(status: str, rule: str) -> None:
    assert decided(GIFT_CARDS, drawer(order(1, "Kite", status=status)), order_id="#W1", card=FULLEST) == [(rule,)]


# --- what comes back is spent


def _second(status: str = PENDING) -> Any:
    return order(2, "Kettle", status=status)


def test_what_comes_back_pays_the_other_order() -> None:
    """$20 on the card and $25 from the kite are the $45 of the kettle; with a cent less they are not."""
    canceled, moved = ("#W1", "no longer needed"), ("#W2", SMALL)
    paid = order(1, "Kite", status=PENDING, paid=SMALL)
    assert decided(SPEND_REFUND, drawer(paid, _second(), small=20.0), **BOTH) == [canceled, moved]
    assert decided(SPEND_REFUND, drawer(paid, _second(), small=19.99), **BOTH) == [("gift_card_covers",), canceled]


def test_the_two_writes_can_be_made_one_after_the_other_and_not_the_other_way_round() -> None:
    """The second is possible only because of the first."""
    state = drawer(order(1, "Kite", status=PENDING, paid=SMALL), _second(), small=20.0)
    first, second = (
        ToolCall(name=each.tool, arguments=each.arguments)
        for each in SPEND_REFUND.solve(OpenCase(DOMAIN, state, WHO, BOTH))
        if isinstance(each, Write)
    )
    assert apply(DOMAIN, state.fork(), second).error
    assert not apply(DOMAIN, state, first).error and not apply(DOMAIN, state, second).error


def test_what_goes_back_to_another_method_is_not_on_the_card() -> None:
    """The refund of an order that the Visa paid helps the gift card nothing."""
    state = drawer(order(1, "Kite", status=PENDING, paid=VISA), _second(), small=20.0)
    assert decided(SPEND_REFUND, state, **BOTH) == [("gift_card_covers",), ("#W1", "no longer needed")]


def test_who_counts_on_a_refund_that_goes_elsewhere_is_told_where_it_goes() -> None:
    """With the no to the second: how much it is, and that not the card gets it."""
    state = drawer(order(1, "Kite", status=PENDING, paid=VISA), _second(), small=20.0)
    first = SPEND_REFUND.solve(OpenCase(DOMAIN, state, WHO, BOTH))[0]
    said = {"payment": "gift card ending in 1111", "balance": 20.0, "refund": 25.0, "total": 45.0}
    assert {slot: value for slot, value in first.stated.items() if slot != "refund_to"} == said
    assert first.stated["refund_to"].startswith("Visa")


def test_where_nothing_is_canceled_one_no_is_enough() -> None:
    """Unless the card covers the other order without it."""
    sent = order(1, "Kite", status=PROCESSED, paid=SMALL)
    assert decided(SPEND_REFUND, drawer(sent, _second(), small=20.0), **BOTH) == [("cancel_pending",)]
    assert decided(SPEND_REFUND, drawer(sent, _second(), small=90.0), **BOTH) == [("cancel_pending",), ("#W2", SMALL)]


def test_an_order_that_was_sent_is_not_paid_otherwise_and_the_first_is_canceled_all_the_same() -> None:
    state = drawer(order(1, "Kite", status=PENDING, paid=SMALL), _second(PROCESSED), small=20.0)
    assert decided(SPEND_REFUND, state, **BOTH) == [("change_pending",), ("#W1", "no longer needed")]


def test_orders_named_by_what_is_in_them_are_read_until_both_are_found() -> None:
    """In one pass, and not beyond."""
    state = drawer(order(1, "Kite", status=PENDING, paid=SMALL), _second(), order(3, "Tent"), small=20.0)
    said = {"order_with": ["Kite"], "then_with": ["Kettle"], "reason": "no longer needed", "payment": "gift card ending in 1111"}
    case = OpenCase(DOMAIN, state, WHO, said)
    assert len(SPEND_REFUND.solve(case)) == 2
    assert len(case.reads) == 3


def test_why_the_card_covers_it_is_said_with_the_second() -> None:
    state = drawer(order(1, "Kite", status=PENDING, paid=SMALL), _second(), small=20.0)
    second = SPEND_REFUND.solve(OpenCase(DOMAIN, state, WHO, BOTH))[1]
    stated = {"payment": "gift card ending in 1111", "balance": 20.0, "refund": 25.0, "total": 45.0}
    assert second.chose == (Choice(act="covered", stated=stated),)


def test_a_yes_is_for_the_order_that_was_meant_for_it() -> None:
    """A cancellation is of the first, a charge of the second."""
    cancel = {"order_id": "#W2", "order_with": ["Kettle"], "reason": "no longer needed"}
    assert SPEND_REFUND.contradicted(BOTH, cancel, 0) == "order_id"
    charge = {"order_id": "#W1", "payment": "gift card ending in 1111", "total": 25.0}
    assert SPEND_REFUND.contradicted(BOTH, charge, 0) == "then_id"
    assert SPEND_REFUND.contradicted(BOTH, {**charge, "order_id": "#W2"}, 0) is None
