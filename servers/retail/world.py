"""A synthetic retail world from a size and a seed: the same bytes on every machine and every Python.

Catalogue, people and orders draw from streams of their own, so that a change to one leaves the others'
draws alone. Only integers, comparisons, sums and products of floats decide; no mathematical function
whose last digit depends on the platform.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, islice
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from servers.retail import catalogue
from servers.retail.facts import SYNTHETIC, RetailFacts
from servers.retail.people import Customer, people
from servers.retail.records import (
    CANCELLED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    PENDING,
    PENDING_ITEM_MODIFIED,
    PROCESSED,
    RETURN_REQUESTED,
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
from servers.state import Tables

GENERATOR = "1"
SIZES = ("small", "medium", "large")

_CUSTOMERS = {"small": 200, "medium": 5_000, "large": 100_000}
# How many customers of a hundred have 1, 2, … orders; how many orders have 1, 2, … items.
_ORDERS = tuple(accumulate((8, 11, 14, 15, 13, 11, 8, 6, 5, 3, 2, 2, 1, 1)))
_ITEMS = tuple(accumulate((26, 28, 20, 13, 8, 5)))
_STATUSES = {
    PENDING: 38,
    DELIVERED: 38,
    PROCESSED: 9,
    CANCELLED: 6,
    PENDING_ITEM_MODIFIED: 3,
    RETURN_REQUESTED: 3,
    EXCHANGE_REQUESTED: 3,
}
_STATUS = (tuple(_STATUSES), tuple(accumulate(_STATUSES.values())))
_UNDER_WAY = {PROCESSED: 1, PENDING: 2, PENDING_ITEM_MODIFIED: 2}
_SENT = (PROCESSED, DELIVERED, RETURN_REQUESTED, EXCHANGE_REQUESTED)
_GIFT_CARD_LIMIT = 400
# How often an order repeats a product of the customer's, has an item twice, has two variants of a product.
_AGAIN, _SAME_TWICE, _TWO_VARIANTS = 0.04, 0.032, 0.065


def generate(size: str, seed: int) -> tuple[RetailFacts, Tables]:
    """Facts and tables of the world `size:seed`. A smaller world's customers and orders begin a larger one's.

    Raises ValueError for a size that is not one of SIZES.
    """
    if size not in _CUSTOMERS:
        raise ValueError(f"no size {size!r}: choose one of {', '.join(SIZES)}")
    stream = f"retail {GENERATOR} {seed}"
    products = catalogue.products(Random(f"{stream} catalogue"))
    till = _Till(Random(f"{stream} orders"), products)
    users: dict[str, User] = {}
    orders: dict[str, Order] = {}
    for customer in islice(people(f"{stream} people"), _CUSTOMERS[size]):
        theirs = {order.order_id: order for order in till.orders(customer)}
        orders.update(theirs)
        users[customer.user.user_id] = replace(customer.user, orders=tuple(theirs))
    return SYNTHETIC, {"products": products, "users": users, "orders": orders}


class _Swap(NamedTuple):
    """Items of an order that become others: which of them, what by, and what that costs."""

    places: tuple[int, ...]
    variants: tuple[Variant, ...]
    difference: float


class _Till:
    """Draws the orders of one world. Items are made once, at today's and at two older prices, and shared by the orders."""

    def __init__(self, random: Random, products: Mapping[str, Product]) -> None:
        self.random = random
        self.order_ids: set[int] = set()
        self.shelves = tuple(tuple(self.as_bought(one, each) for each in one.variants.values()) for one in products.values())
        self.available = {key: tuple(each for each in one.variants.values() if each.available) for key, one in products.items()}

    def as_bought(self, product: Product, variant: Variant) -> tuple[OrderItem, OrderItem, OrderItem]:
        now = OrderItem(
            name=product.name,
            product_id=product.product_id,
            item_id=variant.item_id,
            price=variant.price,
            options=variant.options,
        )
        cheaper = round(variant.price * (0.9 + 0.09 * self.random.random()), 2)
        dearer = round(variant.price * (1.01 + 0.06 * self.random.random()), 2)
        return now, replace(now, price=cheaper), replace(now, price=dearer)

    def orders(self, customer: Customer) -> list[Order]:
        """A customer's orders, oldest first: what is under way is mostly younger than what is settled."""
        count = self.random.choices(range(1, len(_ORDERS) + 1), cum_weights=_ORDERS)[0]
        statuses = self.random.choices(_STATUS[0], cum_weights=_STATUS[1], k=count)
        if self.random.random() < 0.8:
            statuses.sort(key=lambda status: _UNDER_WAY.get(status, 0))
        usual: list[int] = []
        return [self.order(customer, status, usual) for status in statuses]

    def order(self, customer: Customer, status: str, usual: list[int]) -> Order:
        user, elsewhere = customer
        items = self.basket(usual)
        total = 0.0
        for item in items:
            total += item.price
        total = round(total, 2)
        method = self.paid_with(tuple(user.payment_methods.values()), total)
        order = Order(
            order_id=self.order_id(),
            user_id=user.user_id,
            address=user.address if self.random.random() < 0.8 else elsewhere,
            items=items,
            status=status,
            fulfillments=self.parcels(items) if status in _SENT else (),
            payment_history=(Payment(transaction_type="payment", amount=total, payment_method_id=method.id),),
        )
        return self.as_it_became(order, method, tuple(user.payment_methods.values()))

    def order_id(self) -> str:
        while (number := self.random.randrange(10**6, 10**7)) in self.order_ids:
            pass
        self.order_ids.add(number)
        return f"#W{number}"

    def basket(self, usual: list[int]) -> tuple[OrderItem, ...]:
        """The items of an order, each of its own product, but for two rare cases. `usual` is what was bought before."""
        count = self.random.choices(range(1, len(_ITEMS) + 1), cum_weights=_ITEMS)[0]
        bought: list[int] = []
        while len(bought) < count:
            again = usual and self.random.random() < _AGAIN
            shelf = self.random.choice(usual) if again else self.random.randrange(len(self.shelves))
            if shelf not in bought:
                bought.append(shelf)
        usual += [shelf for shelf in bought if shelf not in usual]
        items = [self.picked(self.random.choice(self.shelves[shelf])) for shelf in bought]
        twice = self.random.random()
        if count < len(_ITEMS) and twice < _SAME_TWICE:
            items.append(self.random.choice(items))
        elif count < len(_ITEMS) and twice < _SAME_TWICE + _TWO_VARIANTS:
            place = self.random.randrange(count)
            others = [prices for prices in self.shelves[bought[place]] if prices[0].item_id != items[place].item_id]
            items.append(self.picked(self.random.choice(others)))
        return tuple(items)

    def picked(self, prices: tuple[OrderItem, OrderItem, OrderItem]) -> OrderItem:
        when = self.random.random()
        return prices[0 if when < 0.7 else 1 if when < 0.85 else 2]

    def paid_with(self, methods: Sequence[PaymentMethod], total: float) -> PaymentMethod:
        """Any of the methods; a gift card (whose balance is what is left of it) only for an order of a gift's size."""
        if total > _GIFT_CARD_LIMIT:
            methods = [method for method in methods if not isinstance(method, GiftCard)]
        return self.random.choice(methods)

    def parcels(self, items: tuple[OrderItem, ...]) -> tuple[Fulfillment, ...]:
        item_ids = [item.item_id for item in items]
        if len(items) > 1 and self.random.random() < 0.3:
            self.random.shuffle(item_ids)
            cut = self.random.randrange(1, len(items))
            return self.parcel(item_ids[:cut]), self.parcel(item_ids[cut:])
        return (self.parcel(item_ids),)

    def parcel(self, item_ids: list[str]) -> Fulfillment:
        return Fulfillment(tracking_id=(str(self.random.randrange(10**11, 10**12)),), item_ids=tuple(item_ids))

    def as_it_became(self, order: Order, paid: PaymentMethod, methods: Sequence[PaymentMethod]) -> Order:
        """The order as the tools leave it that make its status, `writes` has them."""
        if order.status == CANCELLED:
            refund = replace(order.payment_history[0], transaction_type="refund")
            reason = self.random.choice(SYNTHETIC.cancel_reasons)
            return replace(order, cancel_reason=reason, payment_history=(*order.payment_history, refund))
        if order.status == RETURN_REQUESTED:
            cards = [method for method in methods if isinstance(method, GiftCard)]
            refunded = self.random.choice(cards) if cards and self.random.random() < 0.4 else paid
            returned = sorted(order.items[place].item_id for place in self.some_of(order, len(order.items)))
            return replace(order, return_items=tuple(returned), return_payment_method_id=refunded.id)
        if order.status == EXCHANGE_REQUESTED:
            return self.exchanged(order, methods)
        if order.status == PENDING_ITEM_MODIFIED:
            return self.modified(order, methods)
        return order

    def some_of(self, order: Order, most: int) -> tuple[int, ...]:
        return tuple(self.random.sample(range(len(order.items)), self.random.randint(1, min(most, len(order.items)))))

    def swap(self, order: Order) -> _Swap:
        places = self.some_of(order, 2)
        variants: list[Variant] = []
        difference = 0.0
        for place in places:
            item = order.items[place]
            others = [each for each in self.available[item.product_id] if each.item_id != item.item_id]
            variants.append(self.random.choice(others))
            difference += variants[-1].price - item.price
        return _Swap(places, tuple(variants), round(difference, 2))

    def settled_with(self, methods: Sequence[PaymentMethod], difference: float) -> PaymentMethod:
        return self.random.choice([each for each in methods if not isinstance(each, GiftCard) or each.balance >= difference])

    def exchanged(self, order: Order, methods: Sequence[PaymentMethod]) -> Order:
        swap = self.swap(order)
        return replace(
            order,
            exchange_items=tuple(sorted(order.items[place].item_id for place in swap.places)),
            exchange_new_items=tuple(sorted(each.item_id for each in swap.variants)),
            exchange_payment_method_id=self.settled_with(methods, swap.difference).id,
            exchange_price_difference=swap.difference,
        )

    def modified(self, order: Order, methods: Sequence[PaymentMethod]) -> Order:
        swap = self.swap(order)
        items = list(order.items)
        for place, each in zip(swap.places, swap.variants, strict=True):
            items[place] = replace(items[place], item_id=each.item_id, price=each.price, options=each.options)
        line = Payment(
            transaction_type="payment" if swap.difference > 0 else "refund",
            amount=abs(swap.difference),
            payment_method_id=self.settled_with(methods, swap.difference).id,
        )
        return replace(order, items=tuple(items), payment_history=(*order.payment_history, line))
