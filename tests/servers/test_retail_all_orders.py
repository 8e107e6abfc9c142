"""Wishes about all of a customer's orders: what is sent back, canceled, redirected, added up, and what is refused of it."""

from typing import Any

import pytest

from engine.synthesis.case import OpenCase
from engine.synthesis.evidence import meaning
from servers.recipe import Recipe, Request
from servers.retail import DOMAIN, everyday
from servers.retail.catalogue import TYPES
from servers.retail.recipes.address import ON_FILE
from servers.retail.recipes.cancel_all import CANCEL_ALL
from servers.retail.recipes.orders import ORIGINAL
from servers.retail.recipes.redirect_all import REDIRECT_ALL
from servers.retail.recipes.return_all import RETURN_ALL
from servers.retail.recipes.totals import BACK, CARDS, SPREAD, SUM, THINGS, TOTALS
from servers.retail.records import CANCELLED, DELIVERED, PENDING, PENDING_ITEM_MODIFIED, PROCESSED, RETURN_REQUESTED
from servers.state import State
from tests.servers.drawer import AWAY, HOME, LARGE, VISA, WHO, decided, drawer, order

KITCHEN = {"category": "kitchen", "payment": ORIGINAL}
MISTAKE = {"why": "ordered by mistake"}


def holds(recipe: Recipe, state: State, **params: Any) -> bool:
    return recipe.holds(state.view(), WHO, Request(recipe=recipe.name, params=params))


# --- returning


def test_each_delivered_order_with_something_of_the_kind_is_a_return_of_its_own() -> None:
    """What is of another kind stays, in the same order and in others."""
    state = drawer(order(1, "Toaster", "Beanie"), order(2, "Soundbar"), order(3, "Kettle", paid=LARGE))
    assert decided(RETURN_ALL, state, **KITCHEN) == [("#W1", ["i-Toaster"], VISA), ("#W3", ["i-Kettle"], LARGE)]


def test_what_was_not_delivered_is_refused_together_before_the_rest_is_done() -> None:
    """One refusal names every order that cannot go back; one that was canceled was never bought."""
    state = drawer(
        order(1, "Toaster", status=RETURN_REQUESTED),
        order(2, "Kettle"),
        order(3, "Frying Pan", status=PENDING),
        order(4, "Toaster", status=CANCELLED),
    )
    assert decided(RETURN_ALL, state, **KITCHEN) == [("return_delivered", "#W1", "#W3"), ("#W2", ["i-Kettle"], VISA)]


def test_of_what_was_delivered_only_nothing_else_is_refused() -> None:
    """Whoever speaks of what has arrived has not asked for the rest."""
    state = drawer(order(1, "Toaster", status=PENDING), order(2, "Kettle"))
    assert decided(RETURN_ALL, state, **KITCHEN, arrived="delivered") == [("#W2", ["i-Kettle"], VISA)]


def test_what_is_left_out_stays() -> None:
    """By its options; the other one of the same product goes back."""
    state = drawer(order(1, "Kettle:red", "Toaster"), order(2, "Kettle"))
    but = {"name": "Kettle", "options": {"color": "red"}}
    assert decided(RETURN_ALL, state, **KITCHEN, but=but) == [("#W1", ["i-Toaster"], VISA), ("#W2", ["i-Kettle"], VISA)]


def test_a_price_counts_only_above_the_amount() -> None:
    """What cost exactly so much stays; but nobody is asked to tell such words apart."""
    state = drawer(order(1, "Soundbar", "Kite"), order(2, "Tent"))
    assert decided(RETURN_ALL, state, over=120, payment=ORIGINAL) == [("#W2", ["i-Tent"], VISA)]
    assert not holds(RETURN_ALL, state, over=120) and holds(RETURN_ALL, state, over=119)


def test_nothing_of_the_kind_is_refused_after_every_order_was_read() -> None:
    """There is no order that fits."""
    state = drawer(order(1, "Soundbar"), order(2, "Beanie"))
    assert decided(RETURN_ALL, state, **KITCHEN) == [("order_exists",)]


def test_a_card_that_did_not_pay_is_refused_once_for_all_that_it_did_not_pay() -> None:
    """A gift card may take any refund where the shop allows it, a credit card only what it paid."""
    orders = order(1, "Toaster", paid=LARGE), order(2, "Kettle", paid=LARGE), order(3, "Frying Pan")
    assert decided(RETURN_ALL, drawer(*orders), category="kitchen", payment="Visa") == [
        ("refund_method",),
        ("#W3", ["i-Frying Pan"], VISA),
    ]
    assert len(decided(RETURN_ALL, drawer(*orders), category="kitchen", payment="gift card ending in 2222")) == 3


def test_a_return_of_too_many_things_is_refused_and_the_others_are_made() -> None:
    """Where the shop has a limit, it is for each order."""
    state = drawer(order(1, "Toaster", "Kettle"), order(2, "Frying Pan"), max_items_returned=1)
    assert decided(RETURN_ALL, state, **KITCHEN) == [("returned_at_once",), ("#W2", ["i-Frying Pan"], VISA)]


def test_a_kind_about_which_people_differ_is_never_asked_for() -> None:
    """A kite is a toy or something for outdoors: with one among the orders neither word tells what is meant."""
    state = drawer(order(1, "Kite"), order(2, "Toaster"))
    assert not holds(RETURN_ALL, state, category="toys") and not holds(RETURN_ALL, state, category="outdoor")
    assert holds(RETURN_ALL, state, category="kitchen")


def test_two_that_fit_what_is_left_out_are_no_clear_words() -> None:
    """Exactly one thing is left out, and something else goes back."""
    state = drawer(order(1, "Kettle"), order(2, "Kettle", "Toaster"))
    but = {"name": "Kettle", "options": {}}
    assert not holds(RETURN_ALL, state, category="kitchen", but=but)
    assert not holds(RETURN_ALL, drawer(order(1, "Kettle")), category="kitchen", but=but)
    assert holds(RETURN_ALL, drawer(order(1, "Kettle", "Toaster")), category="kitchen", but=but)


@pytest.mark.parametrize(
    ("params", "items", "wrong"),
    [
        ({"category": "kitchen"}, ["Toaster"], None),
        ({"category": "kitchen"}, ["Toaster", "Beanie"], "category"),
        ({"product": "Kettle"}, ["Beanie"], "product"),
        ({"category": "kitchen", "but": {"name": "Toaster"}}, ["Toaster"], "but"),
        ({"over": 100}, ["Beanie"], None),
    ],
)
def test_a_customer_corrects_what_they_did_not_mean(params: dict[str, Any], items: list[str], wrong: str | None) -> None:
    """By the kind of thing; what it cost they do not remember."""
    stated = {"items": [{"name": name, "options": {"color": "black"}} for name in items]}
    assert RETURN_ALL.contradicted(params, stated, 0) == wrong


# --- canceling


def test_every_pending_order_above_the_amount_is_canceled() -> None:
    """For the one reason; orders that are not pending are not meant."""
    state = drawer(order(1, "Tent", status=PENDING), order(2, "Kite", status=PENDING), order(3, "Tent"))
    assert decided(CANCEL_ALL, state, among="pending", above=100, **MISTAKE) == [("#W1", "ordered by mistake")]


def test_what_is_still_to_come_but_no_longer_pending_is_refused_together() -> None:
    """A modified order counts as pending for the customer, one under way only where they speak of all that is to come."""
    orders = (
        order(1, "Tent", status=PENDING_ITEM_MODIFIED),
        order(2, "Kite", status=PROCESSED),
        order(3, "Kettle", status=PENDING),
    )
    done = ("#W3", "ordered by mistake")
    assert decided(CANCEL_ALL, drawer(*orders), among="pending", **MISTAKE) == [("cancel_pending", "#W1"), done]
    assert decided(CANCEL_ALL, drawer(*orders), among="not delivered yet", **MISTAKE) == [("cancel_pending", "#W1", "#W2"), done]


def test_the_order_that_is_kept_is_kept() -> None:
    """All but the one with the kettle."""
    state = drawer(order(1, "Kettle", status=PENDING), order(2, "Kite", status=PENDING))
    assert decided(CANCEL_ALL, state, among="pending", keeping="Kettle", **MISTAKE) == [("#W2", "ordered by mistake")]
    assert holds(CANCEL_ALL, state, among="pending", keeping="Kettle")
    assert not holds(CANCEL_ALL, state, among="pending", keeping="Tent")


def test_a_reason_that_does_not_count_is_refused_once() -> None:
    """Beside what could not be canceled anyway."""
    state = drawer(order(1, "Kettle", status=PENDING), order(2, "Kite", status=PENDING), order(3, "Tent", status=PROCESSED))
    refused = decided(CANCEL_ALL, state, among="not delivered yet", why="taking too long to arrive")
    assert refused == [("cancel_pending", "#W3"), ("cancel_reason",)]


def test_no_pending_order_of_the_kind_is_refused() -> None:
    """There is no order that fits."""
    state = drawer(order(1, "Kettle"), order(2, "Kite", status=PENDING))
    assert decided(CANCEL_ALL, state, among="pending", category="kitchen", **MISTAKE) == [("order_exists",)]


# --- sums


def test_sums_are_of_the_orders_with_that_status_only() -> None:
    """And a spread is between the dearest and the cheapest of them."""
    state = drawer(order(1, "Tent", "Kite"), order(2, "Beanie"), order(3, "Soundbar"), order(4, "Tent", status=PENDING))
    assert decided(TOTALS, state, sum=SUM, status=DELIVERED) == [("360.00",)]
    assert decided(TOTALS, state, sum=SPREAD, status=DELIVERED) == [("210.00",)]


def test_things_of_a_kind_are_added_up_over_delivered_orders() -> None:
    """What is still to come was not spent yet; nothing of the kind is refused."""
    state = drawer(order(1, "Toaster", "Beanie"), order(2, "Kettle"), order(3, "Frying Pan", status=PENDING))
    assert decided(TOTALS, state, sum=THINGS, category="kitchen") == [("75.00",)]
    assert decided(TOTALS, state, sum=THINGS, category="gaming") == [("order_exists",)]


def test_what_would_come_back_is_told_without_doing_it() -> None:
    """Over several orders; where one of them was not delivered it is refused, and what is not there as well."""
    state = drawer(order(1, "Toaster", "Beanie"), order(2, "Kettle"), order(3, "Tent", status=PROCESSED))
    wanted = [{"name": "Toaster"}, {"name": "Kettle"}]
    assert decided(TOTALS, state, sum=BACK, items=wanted) == [("75.00",)]
    assert decided(TOTALS, state, sum=BACK, items=[*wanted, {"name": "Tent"}]) == [("return_delivered", "#W3")]
    assert decided(TOTALS, state, sum=BACK, items=[{"name": "Kite"}]) == [("order_exists",)]


def test_a_fee_is_taken_off_for_every_order() -> None:
    """Two orders are two returns."""
    state = drawer(order(1, "Toaster", "Beanie"), order(2, "Kettle"), return_fee=5)
    assert decided(TOTALS, state, sum=BACK, items=[{"name": "Toaster"}, {"name": "Beanie"}, {"name": "Kettle"}]) == [("80.00",)]


def test_what_is_on_the_gift_cards_is_added_up() -> None:
    assert decided(TOTALS, drawer(order(1, "Kite"), small=20.5, large=100.25), sum=CARDS) == [("120.75",)]


def test_things_are_looked_for_no_longer_than_needed() -> None:
    """Once every thing was found no further order is read."""
    state = drawer(order(1, "Toaster"), order(2, "Kettle"), order(3, "Tent"))
    case = OpenCase(DOMAIN, state, WHO, {"sum": BACK, "items": [{"name": "Toaster"}, {"name": "Kettle"}]})
    TOTALS.solve(case)
    assert [name for name, _ in case.reads] == ["get_user_details", "get_order_details", "get_order_details"]


# --- redirecting


def _addressed(decisions: list[Any]) -> list[tuple[str, str]]:
    return [(each[0], each[1]) for each in decisions]


def test_all_pending_orders_go_to_the_address_on_file() -> None:
    """Those that go there already are left alone, and so is what was sent."""
    state = drawer(
        order(1, "Kite", status=PENDING, to=AWAY),
        order(2, "Tent", status=PENDING),
        order(3, "Kettle", status=PROCESSED, to=AWAY),
    )
    assert _addressed(decided(REDIRECT_ALL, state, address_from=ON_FILE)) == [("#W1", HOME.address1)]


def test_another_order_tells_the_address() -> None:
    """Whatever became of that order; it has to be one."""
    orders = order(1, "Kite", to=AWAY), order(2, "Tent", status=PENDING), order(3, "Kettle", status=PENDING)
    state = drawer(*orders)
    found = decided(REDIRECT_ALL, state, as_order_with=["Kite"])
    assert _addressed(found) == [("#W2", AWAY.address1), ("#W3", AWAY.address1)]
    assert holds(REDIRECT_ALL, state, as_order_with=["Kite"])
    assert not holds(REDIRECT_ALL, drawer(*orders, order(4, "Kite")), as_order_with=["Kite"])


def test_a_modified_order_stays_where_it_is_unless_the_shop_lets_it_go() -> None:
    """After its items were modified an order is closed, and with another policy only its address is not."""
    orders = order(1, "Kite", status=PENDING_ITEM_MODIFIED, to=AWAY), order(2, "Tent", status=PENDING, to=AWAY)
    assert decided(REDIRECT_ALL, drawer(*orders), address_from=ON_FILE)[0] == ("changed_once", "#W1")
    free = decided(REDIRECT_ALL, drawer(*orders, changes_lock_order=False), address_from=ON_FILE)
    assert _addressed(free) == [("#W1", HOME.address1), ("#W2", HOME.address1)]


# --- all of them


@pytest.mark.parametrize(
    ("recipe", "params"),
    [
        (RETURN_ALL, KITCHEN),
        (CANCEL_ALL, {"among": "pending", **MISTAKE}),
        (REDIRECT_ALL, {"as_order_with": ["Kite"]}),
        (TOTALS, {"sum": SUM, "status": DELIVERED}),
    ],
    ids=["return", "cancel", "redirect", "sum"],
)
def test_the_order_of_reading_decides_nothing(recipe: Recipe, params: dict[str, Any]) -> None:
    """Every order of the customer is read, first to last or last to first."""
    orders = (
        order(1, "Toaster"),
        order(2, "Kite", to=AWAY),
        order(3, "Tent", status=PENDING),
        order(4, "Kettle"),
        order(5, "Soundbar", status=PENDING),
    )
    cases = [OpenCase(DOMAIN, drawer(*orders), WHO, params, backwards=backwards) for backwards in (False, True)]
    first, second = (meaning(DOMAIN, recipe.solve(case)) for case in cases)
    assert first == second
    assert all(len(case.reads) == 6 for case in cases)


def test_everything_that_the_shop_sells_is_somewhere() -> None:
    """No product of the catalogue is unknown, and none is sure to be where the catalogue does not have it."""
    for name, described in TYPES.items():
        found = [each for each in everyday.CATEGORIES if everyday.belongs(name, each)]
        assert found in ([], [described.category]), name
        assert not everyday.open_to_doubt(name, "nothing of the kind"), name


def test_a_name_is_sorted_by_its_longest_ending() -> None:
    """A floor lamp is for the home; what nobody knows might be anything."""
    assert everyday.belongs("Electric Kettle", "kitchen") and everyday.belongs("Gaming Console", "gaming")
    assert not everyday.belongs("Desk Lamp", "office") and everyday.open_to_doubt("Desk Lamp", "office")
    assert everyday.open_to_doubt("Frobnicator", "kitchen")
