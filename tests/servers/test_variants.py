"""Policies other than a domain's own: what an agent is told, what the rules decide and what is right follow the constants."""

import random as stdlib
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

import servers
from engine.scenario import Scenario
from engine.synthesis.case import OpenCase
from engine.synthesis.generate import generate
from servers.airline import pricing
from servers.airline import rules as airline_rules
from servers.airline.facts import AirlineFacts
from servers.airline.records import Certificate, GiftCard, PaymentMethod, Reservation, User
from servers.cli import app
from servers.domain import Domain, ToolCall
from servers.persons import CreditCard
from servers.replay import apply
from servers.retail import rules as retail_rules
from servers.retail.facts import REASONS, SYNTHETIC, RetailFacts
from servers.retail.records import DELIVERED, PENDING, PENDING_ITEM_MODIFIED, Order
from servers.retail.records import GiftCard as ShopGiftCard
from servers.state import Facts, World
from servers.variants import DEFAULT, UnknownVariant, Variants
from servers.worlds import BadWorld, open_world, save_world
from tests.engine.pack import play
from tests.servers import hangar, shelf
from tests.servers.shop import open_shop

SEEDS = range(200)
DOMAINS = [name for name in servers.names() if servers.load(name).variants is not None]
NAMED = [(name, policy) for name in DOMAINS for policy in servers.load(name).variants.named]
LEFTOVERS = re.compile(
    r"\n\n\n|[{}]|None|True|False|UNSET|  | [.,;]| \n|\b(\d+) to \1\b|\b1 (items|days|hours|passengers|cards|certificates)\b"
    r"|(?<!\d to )\b(?!1\b)\d+ (item|business day|hour|passenger)\b(?!s)|\b0 (?!\|)|\(\)|\$0\b"
)


@cache
def opened(name: str, reference: str = "small:3") -> tuple[Domain, World]:
    """A domain with a world."""
    domain = servers.load(name)
    return domain, open_world(domain, reference)


def variants(name: str) -> Variants:
    found = servers.load(name).variants
    assert found is not None
    return found


def under(name: str, policy: str) -> Any:
    """The facts of a small world under a policy."""
    return variants(name).apply(opened(name)[1].facts, policy)


def test_every_domain_that_is_shipped_has_variants() -> None:
    """At least five by name, whose names can stand in a reference."""
    assert list(servers.names()) == DOMAINS
    for name in DOMAINS:
        assert len(variants(name).named) >= 6
        assert all(re.fullmatch(r"[a-z][a-z-]*", policy) and policy != DEFAULT for policy in variants(name).named)


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("policies", ["named", "drawn"])
def test_the_policy_text_tells_every_constant_that_a_variant_changes(name: str, policies: str) -> None:
    """Put a single one back, and the text is another; no leftovers of the template stand in it."""
    domain, own = opened(name)[0], opened(name)[1].facts
    for policy in variants(name).named if policies == "named" else map(str, SEEDS):
        facts = under(name, policy)
        text = domain.policy(facts)
        assert text != domain.policy(own)
        assert not (found := LEFTOVERS.search(text)), f"{policy}: {found and found[0]!r}"
        for constant, value in variants(name).own.items():
            if getattr(facts, constant) != value:
                assert domain.policy(msgspec.structs.replace(facts, **{constant: value})) != text, (policy, constant)


@pytest.mark.parametrize("name", DOMAINS)
def test_variants_are_all_different_and_a_seed_always_means_the_same(name: str) -> None:
    """Names and seeds lead to policies of their own; chance outside has no part in it; types are the facts' own."""
    policies = [DEFAULT, *variants(name).named, *map(str, range(40))]
    stdlib.seed(1)
    first = [under(name, policy) for policy in policies]
    stdlib.seed(2)
    assert [under(name, policy) for policy in policies] == first
    assert first[0] == opened(name)[1].facts and len({repr(facts) for facts in first}) == len(first)
    for facts in first:
        assert msgspec.json.decode(msgspec.json.encode(facts), type=type(facts)) == facts


@pytest.mark.parametrize("name", DOMAINS)
def test_every_constant_is_changed_by_a_named_variant(name: str) -> None:
    """None is there in name only."""
    changed = {constant for constants in variants(name).named.values() for constant in constants}
    assert changed == set(variants(name).own)
    own = variants(name).own
    assert all(own[constant] != value for each in variants(name).named.values() for constant, value in each.items())


@pytest.mark.parametrize("policy", [*variants("retail").named, *map(str, SEEDS)])
def test_a_shop_can_be_run_under_its_policy(policy: str) -> None:
    """Some reasons count and some do not, days are a span, limits let something through."""
    facts: RetailFacts = under("retail", policy)
    assert 0 < len(facts.cancel_reasons) < len(REASONS) and set(facts.cancel_reasons) <= set(REASONS)
    assert 1 <= facts.refund_days[0] <= facts.refund_days[1]
    assert facts.max_items_changed is None or facts.max_items_changed >= 1
    assert facts.max_items_returned is msgspec.UNSET or facts.max_items_returned >= 1
    assert facts.return_fee is msgspec.UNSET or 1 <= facts.return_fee <= 15
    assert (facts.now, facts.public) == (SYNTHETIC.now, False)


@pytest.mark.parametrize("policy", [*variants("airline").named, *map(str, SEEDS)])
def test_an_airline_can_be_run_under_its_policy(policy: str) -> None:
    """A better cabin or tier never has fewer bags, a delay never pays more than a cancelled flight, somebody is entitled."""
    facts: AirlineFacts = under("airline", policy)
    tiers = ("regular", "silver", "gold")
    bags = [[facts.free_bags.per_passenger(tier, cabin) for cabin in ("basic_economy", "economy", "business")] for tier in tiers]  # type: ignore[arg-type]
    assert all(row == sorted(row) for row in bags)
    assert all(list(column) == sorted(column) for column in zip(*bags, strict=True))
    assert 1 <= facts.refund_days[0] <= facts.refund_days[1] and 1 <= facts.cancel_hours <= 72
    assert facts.insured_reasons and len(facts.cancel_cabins) < 3 and len(facts.fixed_cabins) < 3
    assert facts.max_passengers >= 2 and facts.max_certificates >= 0
    assert facts.max_credit_cards >= 1 and facts.max_gift_cards >= 1
    assert 0 < facts.delayed_compensation <= facts.cancelled_compensation
    assert facts.bag_price > 0 and facts.insurance_price > 0
    assert facts.compensated_tiers or facts.compensated_cabins or facts.compensates_insured
    own = opened("airline")[1].facts
    assert (facts.now, facts.mint, facts.airports) == (own.now, own.mint, own.airports)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", DOMAINS)
def test_a_policy_makes_another_world_of_the_same_records(name: str) -> None:
    """Its digest is its own, its source leads to it again; the domain's own policy needs no name."""
    domain, plain = opened(name)
    policies = ["strict", "generous", "17", "18"]
    worlds = [open_world(domain, f"small:3@{policy}") for policy in policies]
    assert [world.source for world in worlds] == [f"small:3@{policy}" for policy in policies]
    assert len({plain.digest, *(world.digest for world in worlds)}) == 1 + len(policies)
    assert all(world.tables == plain.tables for world in worlds)
    assert open_world(domain, "small:03@0017").source == "small:3@17"
    assert open_world(domain, worlds[2].source).digest == worlds[2].digest
    named = open_world(domain, "small:3@default")
    assert (named.source, named.digest, named.facts) == ("small:3", plain.digest, plain.facts)


@pytest.mark.parametrize("name", DOMAINS)
def test_a_file_keeps_its_policy_until_it_is_given_another(name: str, tmp_path: Path) -> None:
    """Only the constants are replaced; `@default` puts the domain's own in their place."""
    domain, plain = opened(name)
    strict = open_world(domain, "small:3@strict")
    path = str(tmp_path / "w.json")
    save_world(strict, path)
    kept, again, own, other = (open_world(domain, f"{path}{policy}") for policy in ("", "@strict", "@default", "@generous"))
    assert (kept.source, kept.digest, again.digest) == (path, strict.digest, strict.digest)
    assert (own.source, own.digest) == (f"{path}@default", plain.digest)
    assert (other.source, other.facts) == (f"{path}@generous", under(name, "generous"))
    assert open_world(domain, own.source).digest == plain.digest and other.generator == domain.generator


@pytest.mark.parametrize("name", DOMAINS)
def test_a_public_world_may_have_another_policy_and_stays_public(name: str, tmp_path: Path) -> None:
    """Its time, and the mistakes of its tools, stay; its policy is the variant's."""
    domain, public = servers.load(name), servers.load(name).public_facts
    path = tmp_path / "db.json"
    path.write_text(f"{{{', '.join(f'{chr(34)}{table}{chr(34)}: {{}}' for table in domain.tables)}}}")
    world, own = open_world(domain, f"{path}@strict"), open_world(domain, f"{path}@default")
    assert public is not None
    assert world.facts.public and world.facts == variants(name).apply(public, "strict") != public
    assert (own.source, own.facts) == (str(path), public)


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("policy", ["nosuch", "", "Strict", "-1", "٣", "1" * 19])
def test_an_unknown_policy_is_refused_with_the_known_ones(name: str, policy: str) -> None:
    """One line, before any world is made."""
    domain = servers.load(name)
    with pytest.raises(BadWorld) as refused:
        open_world(domain, f"large:7@{policy}")
    message = str(refused.value)
    assert message.startswith(f"large:7@{policy}: {name} has no policy") and "\n" not in message
    assert all(known in message for known in (DEFAULT, *variants(name).named, "@17"))
    with pytest.raises(UnknownVariant):
        variants(name).apply(opened(name)[1].facts, policy)


def test_a_domain_without_variants_has_its_own_policy_only() -> None:
    """And says so."""
    assert open_world(shelf.DOMAIN, "tiny:7@default").source == "tiny:7"
    with pytest.raises(BadWorld, match="no policy variant 'strict'"):
        open_world(shelf.DOMAIN, "tiny:7@strict")


SHOP = open_shop("small", 11)
ORDERS = {status: SHOP.of(status)[0] for status in (PENDING, PENDING_ITEM_MODIFIED, DELIVERED)}


CARD = ShopGiftCard(id="gift_card_0000001", balance=5.0)


def _decided(facts: RetailFacts) -> dict[str, Any]:
    """What a shop's rules say to one request for each constant."""
    delivered, modified = ORDERS[DELIVERED], ORDERS[PENDING_ITEM_MODIFIED]
    return {
        "cancel_reasons": retail_rules.cancel_reason("taking too long to arrive", facts),
        "refund_days": facts.refund_days,
        "returns_to_gift_card": retail_rules.refund(delivered, CARD, facts),
        "changes_lock_order": (
            retail_rules.change_address(modified, facts),
            retail_rules.change_payment(modified, facts),
            retail_rules.change_items(modified, 1, facts),
        ),
        "max_items_changed": (
            retail_rules.change_items(ORDERS[PENDING], 2, facts),
            retail_rules.exchange(delivered, 2, facts),
        ),
        "max_items_returned": retail_rules.give_back_items(3, facts),
        "return_fee": (retail_rules.refunded(20.05, facts), retail_rules.refunded(4.0, facts)),
    }


def test_the_same_request_is_right_in_one_shop_and_wrong_in_another() -> None:
    """For each constant, on both sides."""
    own, strict, generous = (_decided(under("retail", policy)) for policy in (DEFAULT, "strict", "generous"))
    assert set(own) == set(variants("retail").own)
    rows = {name: (own[name], strict[name], generous[name]) for name in own}
    assert rows == {
        "cancel_reasons": ("cancel_reason", "cancel_reason", None),
        "refund_days": ((5, 7), (10, 14), (1, 2)),
        "returns_to_gift_card": (None, "refund_method", None),
        "changes_lock_order": (
            ("changed_once", "changed_once", "changed_once"),
            ("changed_once", "changed_once", "changed_once"),
            (None, "address_only", "address_only"),
        ),
        "max_items_changed": ((None, None), ("items_at_once", "items_at_once"), (None, None)),
        "max_items_returned": (None, "returned_at_once", None),
        "return_fee": ((20.05, 4.0), (10.05, 0.0), (20.05, 4.0)),
    }


def _reservation(**changed: Any) -> Reservation:
    return msgspec.structs.replace(hangar.RESERVATION, **changed)


def _airline(facts: AirlineFacts) -> dict[str, Any]:
    """What an airline's rules and prices say to one request for each constant; ten hours after the booking."""
    facts = msgspec.structs.replace(facts, now="2025-01-30T10:00:00")
    user = hangar.TABLES["users"]["dana_1"]
    assert isinstance(user, User)
    late, lately = _reservation(created_at="2025-01-20T10:00:00"), _reservation(created_at="2025-01-30T00:00:00")
    economy, business = (msgspec.structs.replace(late, cabin=cabin) for cabin in ("economy", "business"))
    insured = msgspec.structs.replace(economy, insurance="yes")
    silver = msgspec.structs.replace(user, membership="silver")
    certificates = [Certificate(id=f"c{number}", amount=50.0) for number in range(2)]
    credit: list[PaymentMethod] = [CreditCard(id=f"v{number}", brand="visa", last_four="1111") for number in range(2)]
    gifts = [GiftCard(id=f"g{number}", amount=50.0) for number in range(2)]
    wanted = {("HAT1", "2025-02-01")}
    return {
        "cancel_hours": airline_rules.cancel(lately, ["available"], "change of plan", facts),
        "cancel_cabins": airline_rules.cancel(business, ["available"], "change of plan", facts),
        "insured_reasons": airline_rules.cancel(insured, ["available"], "weather", facts),
        "refund_days": facts.refund_days,
        "fixed_cabins": airline_rules.change_flights(economy, ["available"], wanted, facts),
        "max_passengers": airline_rules.passengers(5, facts),
        "max_certificates": airline_rules.payment_mix(certificates, facts),
        "max_credit_cards": airline_rules.payment_mix(credit, facts),
        "max_gift_cards": airline_rules.payment_mix(gifts, facts),
        "free_bags": pricing.free_bags("regular", "basic_economy", 2, facts),
        "bag_price": pricing.bags(0, 2, facts),
        "insurance_price": pricing.booking([100], 2, True, 0, facts),
        "compensated_tiers": airline_rules.entitled(silver, economy, facts),
        "compensated_cabins": airline_rules.entitled(user, business, facts),
        "compensates_insured": airline_rules.entitled(user, insured, facts),
        "cancelled_compensation": pricing.compensation("cancelled", 2, facts),
        "delayed_compensation": pricing.compensation("delayed", 2, facts),
    }


def test_the_same_request_is_right_with_one_airline_and_wrong_with_another() -> None:
    """For each constant there are two airlines that differ in it."""
    policies = (DEFAULT, *variants("airline").named)
    decided = {policy: _airline(under("airline", policy)) for policy in policies}
    assert set(decided[DEFAULT]) == set(variants("airline").own)
    for constant in variants("airline").own:
        assert len({repr(decided[policy][constant]) for policy in policies}) > 1, constant
    strict, generous = decided["strict"], decided["generous"]
    assert (strict["cancel_hours"], generous["cancel_hours"]) == ("cancel_window", None)
    assert (strict["cancel_cabins"], generous["cancel_cabins"]) == ("cancel_window", None)
    assert (strict["insured_reasons"], generous["insured_reasons"]) == ("insurance_reason", None)
    assert (strict["fixed_cabins"], generous["fixed_cabins"]) == ("fixed_cabin", None)
    assert (strict["max_passengers"], generous["max_passengers"]) == ("passenger_limit", None)
    assert (strict["max_certificates"], generous["max_certificates"]) == ("payment_mix", None)
    assert (strict["bag_price"], generous["bag_price"], generous["free_bags"]) == (140, 40, 2)
    assert (strict["compensates_insured"], generous["compensates_insured"]) == ("compensation_entitled", None)


def test_an_airlines_tools_charge_what_its_policy_says() -> None:
    """The same booking with insurance and a bag is refused at another airline's price, and taken at its own."""
    for policy, price in ((DEFAULT, 100 + 30 + 50), ("low-cost", 100 + 15 + 35)):
        state = hangar.hangar(**variants("airline").constants(policy)).open()
        extras = {"total_baggages": 1, "nonfree_baggages": 1, "insurance": "yes"}
        assert f"total price is {price}" in hangar.book(state, {"credit_card_1": 1}, **extras).text
        assert not hangar.book(state, {"credit_card_1": price}, **extras).error


def test_bags_that_were_free_before_are_counted_by_the_policy_of_now() -> None:
    """A reservation with one bag, free under older terms, gets a second: at an airline without free ones both are paid."""
    for policy, paid, charged in ((DEFAULT, 1, 50), ("low-cost", 2, 70), ("generous", 0, 0)):
        world = hangar.hangar(**variants("airline").constants(policy))
        assert pricing.paid_bags(2, "regular", "economy", 1, world.facts) == paid  # type: ignore[arg-type]
        state = world.open()
        counts = {"total_baggages": 2, "nonfree_baggages": paid}
        called = hangar.call(state, "update_reservation_baggages", reservation_id="K7Q2MX", **counts, payment_id="credit_card_1")
        after = state.get("reservations", "K7Q2MX", Reservation)
        assert not called.error and after is not None
        assert [line.amount for line in after.payment_history[1:]] == ([charged] if charged else [])


def test_the_policies_are_listed_with_the_worlds() -> None:
    """By the names that a reference takes."""
    listed = CliRunner().invoke(app, ["list"]).stdout
    for name in DOMAINS:
        assert f"  policy  {', '.join(f'@{policy}' for policy in variants(name).named)}, @SEED\n" in listed


def test_a_shops_tools_take_the_reasons_of_its_policy() -> None:
    """Word for word, from the policy of that world."""
    domain, world = opened("retail", "small:3@marketplace")
    order = next(order for order in world.tables["orders"].values() if isinstance(order, Order) and order.status == PENDING)
    for reason, refused in (("no longer needed", True), ("taking too long to arrive", False)):
        call = ToolCall(name="cancel_pending_order", arguments={"order_id": order.order_id, "reason": reason})
        assert apply(domain, world.open(), call).error == refused


@cache
def made(name: str, policy: str, count: int = 60) -> tuple[Scenario, ...]:
    """Scenarios over a small world under a policy."""
    domain, world = opened(name, f"small:3@{policy}")
    if not domain.recipes or not all(f'"request.{recipe.name}"' in domain.phrases for recipe in domain.recipes):
        pytest.skip(f"{name} has no recipes yet, or no words for them: nothing can be asked in it")
    return tuple(generate(domain, world, count, 5, Counter()))


@pytest.mark.parametrize(("name", "policy"), [*NAMED, *((name, "17") for name in DOMAINS)])
def test_what_is_right_under_a_policy_is_found_by_the_expert(name: str, policy: str) -> None:
    """Scenarios made for a world under a variant lead back to it, and all of them are accepted."""
    scenarios = made(name, policy)
    assert {scenario.world.source for scenario in scenarios} == {f"small:3@{policy}"}
    standings = [(scenario.id, verdict.standing, verdict.reason) for scenario, _, verdict in play(scenarios)]
    assert [row for row in standings if row[1] != "accepted"] == []


@pytest.mark.parametrize(("name", "policy"), NAMED)
def test_the_right_outcomes_follow_the_policy(name: str, policy: str) -> None:
    """Requests that were made under the domain's own policy are decided otherwise under another."""
    domain, _ = opened(name)
    scenarios = made(name, DEFAULT)
    own, other = (
        [_outcomes(domain, opened(name, f"small:3@{each}")[1], scenario) for scenario in scenarios] for each in (DEFAULT, policy)
    )
    assert any(one != another for one, another in zip(own, other, strict=True))


def _outcomes(domain: Domain, world: World, scenario: Scenario) -> list[Any]:
    """What is decided and stated for each request of a scenario, each in a fresh state."""
    solvers = {recipe.name: recipe.solve for recipe in domain.recipes}
    cases = ((request.recipe, OpenCase(domain, world.open(), scenario.customer, request.params)) for request in scenario.requests)
    return [solvers[recipe](case) for recipe, case in cases]


def test_facts_of_another_type_are_replaced_as_well() -> None:
    """A domain's table needs no more than names and values of its constants."""
    plain = Variants(domain="shelf", facts=shelf.ShelfFacts, named={"dear": {"dearest": 9.5}}, draw=_dear)
    facts = shelf.ShelfFacts(now="2025", public=True)
    assert plain.apply(facts, "dear") == shelf.ShelfFacts(now="2025", public=True, dearest=9.5)
    assert plain.apply(facts, "7") != facts and isinstance(plain.apply(facts, "7"), Facts)


def _dear(random: stdlib.Random) -> dict[str, Any]:
    """Often the domain's own constant, which a drawn policy never is."""
    return {"dearest": random.choice((shelf.ShelfFacts(now="").dearest, 3.5))}
