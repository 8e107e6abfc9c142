"""What no action of the shop covers: handed over once the order is found, and not where it is in reach."""

from collections.abc import Iterator

import pytest

import servers
from engine.synthesis.case import OpenCase
from servers.recipe import Answer, Decision, Refusal, Transfer
from servers.retail.recipes.trouble import BROKEN, INVOICE, LOST, MISSING, PRICE, solve
from servers.retail.records import CANCELLED, DELIVERED, PENDING, PROCESSED, Order
from servers.state import World
from servers.worlds import open_world

SHOP = servers.load("retail")


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(SHOP, "small:7")


def orders(world: World, status: str) -> Iterator[Order]:
    return (each for each in world.open().rows("orders", Order) if each.status == status)


def decided(world: World, order: Order, trouble: str, customer: str = "") -> Decision:
    case = OpenCase(SHOP, world.open(), customer or order.user_id, {"trouble": trouble, "order_id": order.order_id})
    (decision,) = solve(case)
    return decision


@pytest.mark.parametrize("trouble", [MISSING, BROKEN, INVOICE, PRICE, LOST])
def test_what_no_action_covers_is_handed_over_with_the_order_named(world: World, trouble: str) -> None:
    order = next(orders(world, DELIVERED))
    decision = decided(world, order, trouble)
    assert isinstance(decision, Transfer) and decision.rule == "out_of_reach"
    assert order.order_id in decision.arguments["summary"]


@pytest.mark.parametrize("status", [PENDING, PROCESSED, CANCELLED])
def test_who_waits_for_what_is_not_there_yet_is_told_how_it_stands(world: World, status: str) -> None:
    order = next(orders(world, status))
    decision = decided(world, order, MISSING)
    assert isinstance(decision, Answer) and decision.tell == (status,)


def test_an_invoice_is_out_of_reach_however_the_order_stands(world: World) -> None:
    assert isinstance(decided(world, next(orders(world, PENDING)), INVOICE), Transfer)


def test_nobody_is_handed_over_for_somebody_elses_order(world: World) -> None:
    one = next(orders(world, DELIVERED))
    other = next(each for each in orders(world, DELIVERED) if each.user_id != one.user_id)
    decision = decided(world, one, MISSING, other.user_id)
    assert isinstance(decision, Refusal) and decision.rule == "own_account"
