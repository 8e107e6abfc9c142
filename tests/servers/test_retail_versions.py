"""What is decided about versions of a product: wishes in order, steps on a scale, templates, extremes, what cannot go."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from servers.persons import Address, CreditCard, Name
from servers.recipe import Answer, Decision, Refusal, Request, Write
from servers.retail.facts import SYNTHETIC
from servers.retail.recipes import best_swap, catalogue_questions, drop_item, match, prefer, relative, scales, swaps
from servers.retail.recipes.looking import looking
from servers.retail.recipes.swap_drafts import in_plain_words
from servers.retail.recipes.swapping import CHEAPEST, LEAVE
from servers.retail.records import DELIVERED, PENDING, PROCESSED, GiftCard, Order, OrderItem, Payment, Product, User, Variant
from servers.state import State, World

HOME = Address(address1="1 Elm Street", address2="", city="Reno", state="NV", country="USA", zip="89501")
SHIRTS = {
    "1": ("S", "red", 20.0),
    "2": ("M", "red", 22.0),
    "3": ("L", "red", 25.0),
    "4": ("M", "blue", 19.0),
    "5": ("M", "tan", 30.0),
}
MUGS = {"11": ("white", 9.0), "12": ("red", 5.0), "13": ("blue", 7.0)}


def shirt(number: str) -> dict[str, str]:
    size, color, _ = SHIRTS[number]
    return {"size": size, "color": color}


def shop(*out: str, shirts: tuple[str, ...] = tuple(SHIRTS), **orders: tuple[str, list[tuple[str, float]]]) -> State:
    """A shop with shirts and mugs, of which these are `out` of stock, and one customer with these orders: status, and what
    was paid for which item."""
    made = {
        "shirt": Product(
            name="Shirt",
            product_id="shirt",
            variants={
                key: Variant(item_id=key, options=shirt(key), available=key not in out, price=SHIRTS[key][2]) for key in shirts
            },
        ),
        "mug": Product(
            name="Mug",
            product_id="mug",
            variants={
                key: Variant(item_id=key, options={"color": color}, available=key not in out, price=price)
                for key, (color, price) in MUGS.items()
            },
        ),
    }
    placed = {f"#{name}": _order(f"#{name}", *what) for name, what in orders.items()}
    methods = {
        "card": CreditCard(id="card", brand="visa", last_four="1111"),
        "gift_1": GiftCard(id="gift_1", balance=1.0),
    }
    user = User(
        user_id="ann",
        name=Name(first_name="Ann", last_name="Lee"),
        address=HOME,
        email="ann@example.com",
        payment_methods=methods,
        orders=tuple(placed),
    )
    tables = {"products": made, "users": {"ann": user}, "orders": placed}
    return World(domain="retail", source="hand", facts=SYNTHETIC, tables=tables).open()


def _order(number: str, status: str, bought: list[tuple[str, float]]) -> Order:
    items = tuple(_item(key, price) for key, price in bought)
    return Order(
        order_id=number,
        user_id="ann",
        address=HOME,
        items=items,
        status=status,
        fulfillments=(),
        payment_history=(Payment(transaction_type="payment", amount=50.0, payment_method_id="card"),),
    )


def _item(key: str, price: float) -> OrderItem:
    name, options = ("Shirt", shirt(key)) if key in SHIRTS else ("Mug", {"color": MUGS[key][0]})
    return OrderItem(name=name, product_id=name.lower(), item_id=key, price=price, options=options)


def decided(recipe: Any, state: State, **params: Any) -> tuple[Decision, ...]:
    return tuple(recipe.solve(looking(state.view(), "ann", {"payment": "Visa", **params})))


def becomes(decisions: tuple[Decision, ...]) -> Mapping[str, str]:
    """What each old item becomes, of the only write; {} where there is none."""
    writes = [each for each in decisions if isinstance(each, Write)]
    return dict(zip(writes[0].arguments["item_ids"], writes[0].arguments["new_item_ids"], strict=True)) if writes else {}


def refused(decisions: tuple[Decision, ...]) -> list[str]:
    return [each.rule for each in decisions if isinstance(each, Refusal)]


THE_SHIRT = {"name": "Shirt", "options": {}}
WISHES = [{"item": THE_SHIRT, "ranked": [{"color": "blue"}, {"color": "tan"}]}]


@pytest.mark.parametrize(
    ("out", "otherwise", "new"),
    [((), LEAVE, {"2": "4"}), (("4",), LEAVE, {"2": "5"}), (("4", "5"), LEAVE, {}), (("4", "5"), CHEAPEST, {"2": "1"})],
)
def test_the_first_wish_that_can_be_had_counts_then_what_is_wanted_otherwise(
    out: tuple[str, ...], otherwise: str, new: dict[str, str]
) -> None:
    """Wishes are tried in their order, whatever they cost; without any the customer's fallback decides."""
    found = decided(prefer.PREFER, shop(*out, a=(PENDING, [("2", 22.0)])), swaps=WISHES, otherwise=otherwise)
    assert becomes(found) == new
    assert refused(found) == ([] if new else ["variant_available"])


def test_what_cannot_be_had_is_said_before_what_can() -> None:
    """The proposal comes after what was found missing; of a first wish nothing is said."""
    second = decided(prefer.PREFER, shop("4", a=(PENDING, [("2", 22.0)])), swaps=WISHES, otherwise=LEAVE)[0]
    first = decided(prefer.PREFER, shop(a=(PENDING, [("2", 22.0)])), swaps=WISHES, otherwise=LEAVE)[0]
    assert [choice.act for choice in second.chose] == ["preferred"] and first.chose == ()


@pytest.mark.parametrize(("status", "act"), [(PENDING, "modify"), (DELIVERED, "exchange")])
def test_a_swap_is_a_modification_before_it_arrives_and_an_exchange_after(status: str, act: str) -> None:
    """The words are the same; the order's status tells which tool is right."""
    write = decided(prefer.PREFER, shop(a=(status, [("2", 22.0)])), swaps=WISHES, otherwise=LEAVE)[0]
    assert isinstance(write, Write) and write.act == act


def test_an_order_under_way_is_not_changed_whatever_is_in_stock() -> None:
    """The rule about the status comes before any look at the product."""
    assert refused(decided(prefer.PREFER, shop(a=(PROCESSED, [("2", 22.0)])), swaps=WISHES)) == ["change_pending"]


BOTH = [{"item": THE_SHIRT, "wanted": {"color": "blue"}}, {"item": {"name": "Mug", "options": {}}, "wanted": {"color": "red"}}]


@pytest.mark.parametrize(
    ("recipe", "out", "new", "rules"),
    [
        (prefer.ALL_OR_NONE, (), {"2": "4", "11": "12"}, []),
        (prefer.ALL_OR_NONE, ("12",), {}, ["variant_available"]),
        (prefer.ALL_OR_NONE, ("4", "12"), {}, ["variant_available"]),
        (relative.RELATIVE, ("12",), {"2": "4"}, ["variant_available"]),
    ],
)
def test_all_or_nothing_changes_nothing_where_one_is_missing(
    recipe: Any, out: tuple[str, ...], new: dict[str, str], rules: list[str]
) -> None:
    """Without these terms the rest would be changed all the same."""
    found = decided(recipe, shop(*out, a=(PENDING, [("2", 22.0), ("11", 9.0)])), swaps=BOTH)
    assert (becomes(found), refused(found)) == (new, rules)


def step(way: str, *which: str) -> list[dict[str, Any]]:
    said = {"option": "size", "way": way} | ({"which": which[0]} if which else {})
    return [{"item": THE_SHIRT, "step": said}]


@pytest.mark.parametrize(
    ("have", "swaps", "out", "new"),
    [
        ("1", step("larger"), (), {"1": "2"}),
        ("1", step("larger"), ("2",), {}),
        ("1", step("larger", relative.IN_STOCK), ("2",), {"1": "3"}),
        ("3", step("larger"), (), {}),
        ("3", step("smaller"), (), {"3": "2"}),
        ("1", step("smaller"), (), {}),
    ],
)
def test_a_step_goes_to_the_very_next_value_and_nothing_else_changes(
    have: str, swaps: list[dict[str, Any]], out: tuple[str, ...], new: dict[str, str]
) -> None:
    """Beyond the end of a scale, and where the next one is out of stock, there is nothing; unless any in stock would do."""
    found = decided(relative.RELATIVE, shop(*out, a=(PENDING, [(have, 20.0)])), swaps=swaps)
    assert becomes(found) == new and refused(found) == ([] if new else ["variant_available"])


@pytest.mark.parametrize(("which", "said"), [((), "step"), ((relative.IN_STOCK,), "further")])
def test_that_nothing_further_is_in_stock_is_not_said_of_the_next_one_that_is(which: tuple[str, ...], said: str) -> None:
    """'The next larger size that's available isn't available' is no answer."""
    refusal = decided(relative.RELATIVE, shop("2", "3", a=(PENDING, [("1", 20.0)])), swaps=step("larger", *which))[0]
    assert isinstance(refusal, Refusal) and set(refusal.stated) == {"item", said}
    assert "which" not in refusal.stated[said]


@pytest.mark.parametrize(
    ("recipe", "params"),
    [
        (swaps.MODIFY, {"swaps": [{"item": THE_SHIRT, "wanted": {}, "pick": "cheapest"}]}),
        (swaps.MODIFY, {"swaps": [{"item": THE_SHIRT, "wanted": {}, "pick": "most expensive"}]}),
        (drop_item.DROP_ITEM, {"items": [THE_SHIRT], "rather": drop_item.CHEAPER}),
        (prefer.PREFER, {"swaps": WISHES, "otherwise": CHEAPEST}),
        (best_swap.BEST_SWAP, {"best": {"pick": "most expensive", "status": PENDING, "to": "cheapest"}}),
        (best_swap.BEST_SAVING, {"status": PENDING}),
    ],
)
def test_an_extreme_of_which_there_are_two_is_not_asked_for(recipe: Any, params: dict[str, Any]) -> None:
    """No two versions that could be had are equally cheap or dear: it would be anybody's guess which is meant."""
    request = Request(recipe=recipe.name, params={"payment": "Visa", **params})
    dearest = params.get("swaps", [{}])[0].get("pick") == "most expensive"
    for tie in (False, True):
        state = shop("4", "5", a=(PENDING, [("2", 30.0), ("11", 9.0)]))
        product = state.view().get("products", "shirt", Product)
        assert product is not None
        price = 25.0 if dearest else 20.0
        other = "1" if dearest else "3"
        twin = replace(product.variants[other], price=price if tie else product.variants[other].price)
        state.put("products", "shirt", replace(product, variants={**product.variants, other: twin}))
        assert recipe.holds(state.view(), "ann", request) is not tie


def test_a_step_past_a_value_that_is_made_in_other_colors_only_is_not_asked_for() -> None:
    """Without a red M, 'the next larger size' of a red S could be M or L."""
    request = Request(recipe="relative", params={"swaps": step("larger")})
    unclear = shop(shirts=("1", "3", "4"), a=(PENDING, [("1", 20.0)]))
    assert not relative.holds(unclear.view(), "ann", request)
    assert relative.holds(shop(a=(PENDING, [("1", 20.0)])).view(), "ann", request)


@pytest.mark.parametrize(
    ("name", "option", "values", "order"),
    [
        ("Laptop", "storage", ["1 TB", "256 GB", "512 GB"], ["256 GB", "512 GB", "1 TB"]),
        ("Shirt", "size", ["L", "S", "XL", "M"], ["S", "M", "L", "XL"]),
        ("Laptop", "screen", ["15-inch", "13-inch"], ["13-inch", "15-inch"]),
        ("Shirt", "color", ["red", "blue"], None),
        ("Rug", "area", ["3 x 5 ft", "5 x 8 ft"], None),
        ("Lamp", "light", ["4 W", "300 lumen"], None),
    ],
)
def test_a_scale_is_found_where_everybody_would_agree(name: str, option: str, values: list[str], order: list[str] | None) -> None:
    """Numbers of one unit and sizes in letters have an order; colors, two numbers and two units have none."""
    assert scales.scale(name, option, values) == order


ALIKE = [{"item": THE_SHIRT, "like": {"name": "Mug", "option": "color"}}]


@pytest.mark.parametrize(("mug", "out", "new"), [("13", (), {"2": "4"}), ("13", ("4",), {}), ("11", (), {}), ("12", (), {})])
def test_a_template_is_looked_up_in_another_order(mug: str, out: tuple[str, ...], new: dict[str, str]) -> None:
    """Its color is taken over: in stock, out of it, not made at all, and what the customer has already."""
    found = decided(match.MATCH, shop(*out, a=(PENDING, [("2", 22.0)]), b=(DELIVERED, [(mug, 9.0)])), swaps=ALIKE)
    assert becomes(found) == new
    assert refused(found) == ([] if new else ["other_variant" if mug == "12" else "variant_available"])


def test_two_possible_templates_are_not_pointed_at() -> None:
    """'The mug in my other order' has to be one mug."""
    request = Request(recipe="match", params={"swaps": ALIKE})
    one = shop(a=(PENDING, [("2", 22.0)]), b=(DELIVERED, [("13", 9.0)]))
    two = shop(a=(PENDING, [("2", 22.0)]), b=(DELIVERED, [("13", 9.0)]), c=(PENDING, [("11", 9.0)]))
    assert match.holds(one.view(), "ann", request) and not match.holds(two.view(), "ann", request)


DEAREST = {"pick": "most expensive", "status": DELIVERED, "to": "cheapest"}


def test_the_dearest_thing_of_all_that_arrived_becomes_the_cheapest_version_in_stock() -> None:
    """By what was paid, over all delivered orders; what is pending does not count, nor what is out of stock."""
    state = shop("4", a=(DELIVERED, [("11", 9.0)]), b=(PENDING, [("5", 90.0)]), c=(DELIVERED, [("2", 22.0), ("12", 5.0)]))
    assert becomes(decided(best_swap.BEST_SWAP, state, best=DEAREST)) == {"2": "1"}


def test_nobody_asks_for_the_dearest_of_two_that_cost_the_same() -> None:
    """A tie fits two things."""
    request = Request(recipe="best_swap", params={"best": DEAREST})
    tie = shop(a=(DELIVERED, [("2", 22.0)]), b=(DELIVERED, [("11", 22.0)]))
    assert not best_swap.holds(tie.view(), "ann", request)
    assert best_swap.holds(shop(a=(DELIVERED, [("2", 22.0)]), b=(DELIVERED, [("11", 9.0)])).view(), "ann", request)


@pytest.mark.parametrize(("out", "new"), [((), {"11": "12"}), (("12",), {"2": "4"})])
def test_the_largest_saving_is_not_that_of_the_dearest_thing(out: tuple[str, ...], new: dict[str, str]) -> None:
    """A mug for $9 that is to be had for $5 saves more than a shirt for $22 that is to be had for $19."""
    state = shop(*out, a=(DELIVERED, [("2", 22.0)]), b=(DELIVERED, [("11", 9.0)]))
    assert becomes(decided(best_swap.BEST_SAVING, state, status=DELIVERED)) == new


@pytest.mark.parametrize(
    ("status", "rather", "rules", "tools"),
    [
        (PENDING, drop_item.CHEAPER, ["cancel_pending"], ["modify_pending_order_items"]),
        (PENDING, drop_item.CALL_OFF, ["cancel_pending"], ["cancel_pending_order"]),
        (PENDING, drop_item.KEEP, ["cancel_pending"], []),
        (PROCESSED, drop_item.CHEAPER, ["change_pending"], []),
        (PROCESSED, drop_item.CALL_OFF, ["cancel_pending"], []),
    ],
)
def test_an_item_does_not_leave_an_order_alone_but_there_are_ways_round(
    status: str, rather: str, rules: list[str], tools: list[str]
) -> None:
    """First the refusal, then what the customer wants in that case, where the order's status allows it."""
    state = shop(a=(status, [("2", 22.0), ("11", 9.0)]))
    found = decided(drop_item.DROP_ITEM, state, items=[THE_SHIRT], rather=rather, reason="no longer needed")
    assert refused(found) == rules
    assert [each.tool for each in found if isinstance(each, Write)] == tools


def test_a_second_item_shares_the_one_change_that_an_order_can_have() -> None:
    """Both swaps stand in one call; where the second cannot be had, it is refused and the first made."""
    mug = [{"item": {"name": "Mug", "options": {}}, "wanted": {"color": "red"}}]
    params: dict[str, Any] = {"items": [THE_SHIRT], "rather": drop_item.CHEAPER, "swaps": mug}
    bought = [("2", 22.0), ("11", 9.0)]
    assert becomes(decided(drop_item.DROP_ITEM, shop(a=(PENDING, bought)), **params)) == {"2": "4", "11": "12"}
    short = decided(drop_item.DROP_ITEM, shop("12", a=(PENDING, bought)), **params)
    assert becomes(short) == {"2": "4"} and refused(short) == ["cancel_pending", "variant_available"]


def test_a_gift_card_that_holds_too_little_pays_no_difference() -> None:
    """The variant is there, and yet nothing is done."""
    found = decided(relative.RELATIVE, shop(a=(PENDING, [("1", 20.0)])), swaps=step("larger"), payment="gift card")
    assert refused(found) == ["gift_card_covers"] and becomes(found) == {}


def told(decisions: tuple[Decision, ...]) -> tuple[str, ...]:
    assert len(decisions) == 1 and isinstance(decisions[0], Answer)
    return decisions[0].tell


def test_what_is_asked_about_the_shelves_is_told() -> None:
    """A difference between two versions with all else equal."""
    state = shop("12", a=(DELIVERED, [("2", 22.0)]), b=(DELIVERED, [("11", 9.0)]))
    between = {"name": "Shirt", "options": [{"color": "tan"}, {"color": "blue"}]}
    assert told(decided(catalogue_questions.PRICE_GAP, state, items=[THE_SHIRT], between=between)) == ("11.00",)


def test_the_plain_words_of_a_preference_come_to_the_same_write() -> None:
    """With the order's number, the options and the method there is nothing left to compare."""
    state = shop("4", a=(PENDING, [("2", 22.0)]))
    request = Request(recipe="prefer", params={"swaps": WISHES, "otherwise": LEAVE, "payment": "Visa"})
    (plain,) = in_plain_words(prefer.PREFER.solve, state.view(), "ann", request)
    assert (plain.recipe, plain.params["order_id"]) == ("modify", "#a")
    assert plain.params["swaps"][0]["wanted"] == {"color": "tan"}


SWAP = {"item": {"name": "Shirt", "options": shirt("2")}}


@pytest.mark.parametrize(
    ("said", "new", "agrees"),
    [
        ({"ranked": [{"color": "blue"}, {"color": "tan"}]}, "5", True),
        ({"ranked": [{"color": "blue"}]}, "5", False),
        ({"step": {"option": "size", "way": "larger"}}, "3", True),
        ({"step": {"option": "size", "way": "larger"}}, "1", False),
        ({"step": {"option": "size", "way": "larger"}}, "4", False),
        ({"like": {"name": "Mug", "option": "color"}}, "5", True),
        ({"like": {"name": "Mug", "option": "color"}}, "3", False),
    ],
)
def test_a_customer_says_no_to_what_cannot_be_what_they_asked_for(said: dict[str, Any], new: str, agrees: bool) -> None:
    """They judge by their words alone: another option, the wrong way, a wish that they never had."""
    params = {"swaps": [{"item": THE_SHIRT, **said}], "payment": "Visa"}
    stated = {"swaps": [{**SWAP, "new": {"name": "Shirt", "options": shirt(new)}}], "payment": "Visa ending in 1111"}
    assert (prefer.PREFER.contradicted(params, stated, 0) is None) == agrees
