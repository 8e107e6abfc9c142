"""Which rules the records alone decide, and that a write which breaks one is found."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

import servers
from servers.airline.facts import AirlineFacts
from servers.airline.records import Reservation, User
from servers.arguments import decode
from servers.domain import Domain
from servers.retail.facts import RetailFacts
from servers.retail.records import GiftCard, Order
from servers.state import State, World
from tests.servers.carrier import open_carrier
from tests.servers.shop import open_shop

SHOP, CARRIER = open_shop("small", 7), open_carrier("small", 7)
RETAIL, AIRLINE = servers.load("retail"), servers.load("airline")
DECIDED = "by the records"

RETAIL_RULES = {
    "own_account": "the account part: whose record it is",
    "order_exists": "the tool refuses: never a successful write",
    "item_in_order": "the tool refuses",
    **dict.fromkeys(("cancel_pending", "cancel_reason", "change_pending", "changed_once", "address_only"), DECIDED),
    **dict.fromkeys(("return_delivered", "exchange_delivered", "refund_method", "gift_card_covers", "other_method"), DECIDED),
    **dict.fromkeys(("variant_available", "other_variant", "items_at_once", "returned_at_once"), DECIDED),
    "method_on_file": "the tool refuses",
    "out_of_reach": "no tool does it: never a write",
}
AIRLINE_RULES = {
    "own_account": "the account part: whose record it is",
    "reservation_exists": "the tool refuses: never a successful write",
    **dict.fromkeys(("reservation_stands", "cancel_flown", "cancel_window", "fixed_cabin", "same_journey"), DECIDED),
    "insurance_reason": "the reason is on no record: decided only where insurance covers none",
    **dict.fromkeys(("flown_stays", "cabin_flown", "passenger_limit", "passenger_count", "payment_mix"), DECIDED),
    "one_cabin": "the tool has one cabin for all",
    **dict.fromkeys(("flight_available", "seats_left", "method_on_file", "balance_covers", "change_method"), "the tool refuses"),
    "bags_only_added": DECIDED,
    "insurance_at_booking": "no tool adds it later",
    **dict.fromkeys(("compensation_entitled", "compensation_reason", "compensation_settled"), DECIDED),
}


@pytest.mark.parametrize(("domain", "table"), [(RETAIL, RETAIL_RULES), (AIRLINE, AIRLINE_RULES)], ids=["retail", "airline"])
def test_every_rule_is_decided_by_the_records_or_it_is_said_why_not(domain: Domain, table: Mapping[str, str]) -> None:
    """A new rule has to be put into the table, and one that is decided needs a case below."""
    assert {rule.name for rule in domain.rules} == set(table)
    cases = RETAIL_CASES if domain is RETAIL else AIRLINE_CASES
    assert {rule for rule, why in table.items() if why == DECIDED} == {rule for rule, *_ in cases}


def broken(domain: Domain, state: State, name: str, arguments: Mapping[str, object]) -> str | None:
    tool = domain.callable[name, "agent"]
    assert tool.breaks is not None
    return tool.breaks(state, decode(tool, arguments))


def _shop(facts: Mapping[str, object]) -> State:
    changed = replace(SHOP.world.facts, **facts)
    assert isinstance(changed, RetailFacts)
    return World(domain="retail", source="changed", facts=changed, tables=SHOP.world.tables).open()


def _airline(facts: Mapping[str, object]) -> State:
    changed = replace(CARRIER.world.facts, **facts)
    assert isinstance(changed, AirlineFacts)
    return World(domain="airline", source="changed", facts=changed, tables=CARRIER.world.tables).open()


def _order(state: State, status: str = "pending", **fields: object) -> Order:
    """An order of somebody who has a gift card, paid with something else, with its first item only."""
    order = next(
        each
        for each in SHOP.of("pending", "delivered")
        if SHOP.others(each.items[0]) and SHOP.gift_cards(each) and "gift" not in each.payment_history[0].payment_method_id
    )
    changed = replace(order, status=status, **fields)
    state.put("orders", order.order_id, changed)
    return changed


def _gift_card(state: State, order: Order, balance: float) -> GiftCard:
    card = replace(SHOP.gift_cards(order)[0], balance=balance)
    user = SHOP.users[order.user_id]
    state.put("users", user.user_id, replace(user, payment_methods={**user.payment_methods, card.id: card}))
    return card


RETAIL_CASES = (
    ("cancel_pending", "cancel_pending_order", "processed", {}),
    ("cancel_reason", "cancel_pending_order", "pending", {"cancel_reasons": ("ordered by mistake",)}),
    ("change_pending", "modify_pending_order_address", "processed", {}),
    ("changed_once", "modify_pending_order_address", "pending (item modified)", {"changes_lock_order": True}),
    ("address_only", "modify_pending_order_payment", "pending (item modified)", {"changes_lock_order": False}),
    ("return_delivered", "return_delivered_order_items", "pending", {}),
    ("exchange_delivered", "exchange_delivered_order_items", "pending", {}),
    ("refund_method", "return_delivered_order_items", "delivered", {"returns_to_gift_card": False}),
    ("gift_card_covers", "modify_pending_order_payment", "pending", {}),
    ("other_method", "modify_pending_order_payment", "pending", {}),
    ("variant_available", "exchange_delivered_order_items", "delivered", {}),
    ("other_variant", "exchange_delivered_order_items", "delivered", {}),
    ("items_at_once", "modify_pending_order_items", "pending", {"max_items_changed": 0}),
    ("returned_at_once", "return_delivered_order_items", "delivered", {"max_items_returned": 0}),
)


@pytest.mark.parametrize(("rule", "tool", "status", "facts"), RETAIL_CASES, ids=[case[0] for case in RETAIL_CASES])
def test_a_write_of_the_shop_that_breaks_a_rule_is_named_by_it(
    rule: str, tool: str, status: str, facts: Mapping[str, object]
) -> None:
    """Each over a shop and an order in which that rule forbids it."""
    state = _shop(facts)
    order = _order(state, status)
    card = _gift_card(state, order, 0.0 if rule == "gift_card_covers" else 10_000.0)
    item = order.items[0].item_id
    new = {"variant_available": "0", "other_variant": item}.get(rule, SHOP.others(order.items[0])[0].item_id)
    method = order.payment_history[0].payment_method_id if rule == "other_method" else card.id
    where = {"address1": "1 Oak Street", "address2": "", "city": "Reno", "state": "NV", "country": "USA", "zip": "1"}
    sent: dict[str, dict[str, object]] = {
        "cancel_pending_order": {"reason": "no longer needed"},
        "modify_pending_order_address": dict(where),
        "modify_pending_order_payment": {"payment_method_id": method},
        "return_delivered_order_items": {"item_ids": [item], "payment_method_id": method},
    }
    swap = {"item_ids": [item], "new_item_ids": [new], "payment_method_id": method}
    assert broken(RETAIL, state, tool, {"order_id": order.order_id, **sent.get(tool, swap)}) == rule


NO_MONEY = {"compensated_tiers": (), "compensated_cabins": (), "compensates_insured": False}
ALL_MONEY = {"compensated_tiers": ("regular", "silver", "gold")}
AIRLINE_CASES = (
    ("reservation_stands", "update_reservation_baggages", {}),
    ("cancel_flown", "cancel_reservation", {}),
    ("cancel_window", "cancel_reservation", {"cancel_cabins": (), "cancel_hours": 0}),
    ("fixed_cabin", "update_reservation_flights", {"fixed_cabins": ("economy",)}),
    ("same_journey", "update_reservation_flights", {"fixed_cabins": ()}),
    ("flown_stays", "update_reservation_flights", {"fixed_cabins": ()}),
    ("cabin_flown", "update_reservation_flights", {}),
    ("passenger_limit", "book_reservation", {"max_passengers": 0}),
    ("passenger_count", "update_reservation_passengers", {}),
    ("payment_mix", "book_reservation", {"max_credit_cards": 0, "max_gift_cards": 0, "max_certificates": 0}),
    ("bags_only_added", "update_reservation_baggages", {}),
    ("compensation_entitled", "send_certificate", NO_MONEY),
    ("compensation_reason", "send_certificate", ALL_MONEY),
    ("compensation_settled", "send_certificate", ALL_MONEY),
)


def _reservation(rule: str) -> Reservation:
    """One that fits the rule: flown or still to come, in economy without insurance, with bags."""
    begun = {"cancel_flown": True, "flown_stays": True, "cabin_flown": True}.get(rule, False)
    found = (
        each
        for each in CARRIER.standing()
        if each.cabin == "economy"
        and each.flight_type == "one_way"
        and bool({"landed", "flying"} & set(CARRIER.statuses(each))) == begun
        and (begun or set(CARRIER.statuses(each)) == {"available"})
        and (each.total_baggages or rule != "bags_only_added")
    )
    return replace(next(found), insurance="no")


def _troubled(rule: str) -> User:
    """Somebody with no flight that was cancelled or is late, or with one that is late and none that was cancelled."""
    for user in CARRIER.users.values():
        found = {s for each in user.reservations for s in CARRIER.statuses(CARRIER.reservations[each])}
        standing = all(CARRIER.reservations[each].status is None for each in user.reservations)
        late = "delayed" in found
        if user.reservations and standing and "cancelled" not in found and late == (rule == "compensation_settled"):
            return user
    raise AssertionError(rule)


@pytest.mark.parametrize(("rule", "tool", "facts"), AIRLINE_CASES, ids=[case[0] for case in AIRLINE_CASES])
def test_a_write_of_the_airline_that_breaks_a_rule_is_named_by_it(rule: str, tool: str, facts: Mapping[str, object]) -> None:
    """Each over an airline and a reservation in which that rule forbids it."""
    state = _airline(facts)
    reservation = _reservation(rule)
    if rule == "reservation_stands":
        reservation = replace(reservation, status="cancelled")
    state.put("reservations", reservation.reservation_id, reservation)
    user = _troubled(rule) if tool == "send_certificate" else CARRIER.users[reservation.user_id]
    assert broken(AIRLINE, state, tool, _sent(rule, tool, reservation, user)) == rule


def _sent(rule: str, tool: str, reservation: Reservation, user: User) -> dict[str, object]:
    number = {"reservation_id": reservation.reservation_id}
    method = next(iter(user.payment_methods))
    flights = [{"flight_number": each.flight_number, "date": each.date} for each in reservation.flights]
    elsewhere = next(f for f in CARRIER.flights.values() if f.destination not in (reservation.origin, reservation.destination))
    if rule in ("fixed_cabin", "same_journey", "flown_stays"):
        flights = [{"flight_number": elsewhere.flight_number, "date": "2031-01-01"}]
    passenger = {"first_name": "Dana", "last_name": "Fox", "dob": "1984-11-30"}
    sent: dict[str, dict[str, object]] = {
        "cancel_reservation": {},
        "update_reservation_baggages": {"total_baggages": 0, "nonfree_baggages": 0, "payment_id": method},
        "update_reservation_passengers": {"passengers": [passenger] * 9},
        "update_reservation_flights": {
            "cabin": "business" if rule == "cabin_flown" else "economy",
            "flights": flights,
            "payment_id": method,
        },
    }
    if tool == "send_certificate":
        return {"user_id": user.user_id, "amount": 100}
    if tool != "book_reservation":
        return {**number, **sent[tool]}
    trip = {"origin": "DEN", "destination": "MIA", "flight_type": "one_way", "cabin": "economy", "flights": flights}
    paid = [{"payment_id": method, "amount": 1}]
    bags = {"total_baggages": 0, "nonfree_baggages": 0, "insurance": "no"}
    return {"user_id": user.user_id, **trip, "passengers": [passenger], "payment_methods": paid, **bags}


def test_a_cancellation_with_insurance_is_taken_at_its_kindest() -> None:
    """Its reason is on no record; where insurance covers nothing there is no kind one."""
    reservation = replace(_reservation("cancel_window"), insurance="yes")
    for covered, rule in ((("health",), None), ((), "insurance_reason")):
        state = _airline({"cancel_cabins": (), "cancel_hours": 0, "insured_reasons": covered})
        state.put("reservations", reservation.reservation_id, reservation)
        assert broken(AIRLINE, state, "cancel_reservation", {"reservation_id": reservation.reservation_id}) == rule


def test_flights_that_cannot_be_changed_in_their_cabin_may_be_in_the_new_one() -> None:
    """Both at once is what the policy allows one after the other."""
    reservation = replace(_reservation("fixed_cabin"), cabin="basic_economy")
    state = _airline({"fixed_cabins": ("basic_economy",)})
    state.put("reservations", reservation.reservation_id, reservation)
    sent = _sent("", "update_reservation_flights", reservation, CARRIER.users[reservation.user_id])
    flights = [{"flight_number": each.flight_number, "date": "2031-01-01"} for each in reservation.flights]
    for cabin, rule in (("economy", None), ("basic_economy", "fixed_cabin")):
        assert broken(AIRLINE, state, "update_reservation_flights", {**sent, "cabin": cabin, "flights": flights}) == rule
