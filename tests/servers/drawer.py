"""A shop with one customer whose orders are few and plain, for tests of what requests about all of them come to."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.persons import Address, CreditCard, Name
from servers.recipe import Answer, Decision, Recipe, Refusal, Write
from servers.retail import DOMAIN
from servers.retail.facts import SYNTHETIC, RetailFacts
from servers.retail.records import (
    DELIVERED,
    PENDING,
    Fulfillment,
    GiftCard,
    Order,
    OrderItem,
    Payment,
    PaymentMethod,
    Product,
    User,
    Variant,
)
from servers.state import State, World

WHO = "ada_low_1"
HOME = Address(address1="1 Elm Street", address2="", city="Salem", country="USA", state="OR", zip="97301")
AWAY = Address(address1="9 Oak Road", address2="", city="Reno", country="USA", state="NV", zip="89501")
VISA, SMALL, LARGE = "credit_card_1", "gift_card_1111", "gift_card_2222"
PRICES = {"Toaster": 30.0, "Frying Pan": 40.0, "Kite": 25.0, "Kettle": 45.0, "Beanie": 15.0, "Soundbar": 120.0, "Tent": 200.0}


def order(number: int, *names: str, status: str = DELIVERED, paid: str = VISA, to: Address = HOME) -> Order:
    """An order of things at their prices; "Kettle:red" is one of that color."""
    items = tuple(_item(name) for name in names)
    worth = 0.0
    for item in items:
        worth += item.price
    parcel = Fulfillment(tracking_id=(f"9{number}",), item_ids=tuple(item.item_id for item in items))
    return Order(
        order_id=f"#W{number}",
        user_id=WHO,
        address=to,
        items=items,
        status=status,
        fulfillments=() if status.startswith(PENDING) else (parcel,),
        payment_history=(Payment(transaction_type="payment", amount=round(worth, 2), payment_method_id=paid),),
    )


def _item(said: str) -> OrderItem:
    name, _, color = said.partition(":")
    options = {"color": color or "black"}
    return OrderItem(name=name, product_id=f"p-{name}", item_id=f"i-{said}", price=PRICES[name], options=options)


def drawer(*orders: Order, small: float = 20.0, large: float = 100.0, **facts: Any) -> State:
    """The shop with these orders, and a customer with a credit card and two gift cards that hold so much."""
    methods: Sequence[PaymentMethod] = (
        CreditCard(id=VISA, brand="visa", last_four="4242"),
        GiftCard(id=LARGE, balance=large),
        GiftCard(id=SMALL, balance=small),
    )
    user = User(
        user_id=WHO,
        name=Name(first_name="Ada", last_name="Low"),
        address=HOME,
        email="ada@example.com",
        payment_methods={method.id: method for method in methods},
        orders=tuple(each.order_id for each in orders),
    )
    products = {f"p-{name}": _product(name) for name in PRICES}
    tables: Mapping[str, Any] = {"products": products, "users": {WHO: user}, "orders": {each.order_id: each for each in orders}}
    constants: RetailFacts = replace(SYNTHETIC, **facts)
    return World(domain="retail", source="drawer", facts=constants, tables=tables, indexes=DOMAIN.indexes).open()


def _product(name: str) -> Product:
    variants = {
        f"i-{name}": Variant(item_id=f"i-{name}", options={"color": "black"}, available=True, price=PRICES[name]),
        f"i-{name}:red": Variant(item_id=f"i-{name}:red", options={"color": "red"}, available=True, price=PRICES[name]),
    }
    return Product(name=name, product_id=f"p-{name}", variants=variants)


def decided(recipe: Recipe, state: State, /, **params: Any) -> list[Any]:
    """What a request comes to: a refusal as its rule and orders, a write as its arguments, an answer as what it tells."""
    return [_short(decision) for decision in recipe.solve(OpenCase(DOMAIN, state, WHO, params))]


def _short(decision: Decision) -> Any:
    match decision:
        case Write(arguments=arguments):
            return tuple(arguments.values())[:2] if "reason" in arguments else tuple(arguments.values())
        case Refusal(rule=rule, stated=stated):
            named = [each["order_id"] for each in stated.get("standing", ())]
            return (rule, *named)
        case Answer(tell=tell):
            return tell
    return decision
