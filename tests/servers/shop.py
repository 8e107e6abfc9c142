"""A generated retail world with its tables typed, for tests that look at it from several sides."""

from dataclasses import dataclass

from servers.retail.records import GiftCard, Order, OrderItem, PaymentMethod, Product, User, Variant
from servers.retail.world import generate
from servers.state import State, World


@dataclass(frozen=True)
class Shop:
    """A generated world, its tables typed."""

    world: World
    products: dict[str, Product]
    users: dict[str, User]
    orders: dict[str, Order]

    def state(self) -> State:
        return self.world.open()

    def of(self, *statuses: str) -> list[Order]:
        return [order for order in self.orders.values() if order.status in statuses]

    def methods(self, order: Order) -> list[PaymentMethod]:
        return list(self.users[order.user_id].payment_methods.values())

    def gift_cards(self, order: Order) -> list[GiftCard]:
        return [method for method in self.methods(order) if isinstance(method, GiftCard)]

    def others(self, item: OrderItem) -> list[Variant]:
        return [each for each in self.products[item.product_id].variants.values() if each.item_id != item.item_id]


def open_shop(size: str, seed: int) -> Shop:
    """The shop of the world `size:seed`."""
    facts, tables = generate(size, seed)
    world = World(domain="retail", source=f"{size}:{seed}", facts=facts, tables=tables)
    return Shop(world, dict(tables["products"]), dict(tables["users"]), dict(tables["orders"]))  # type: ignore[arg-type]


def one_apart(one: Variant, other: Variant) -> bool:
    """Do two variants of a product differ in exactly one option?"""
    return len([name for name in one.options if one.options[name] != other.options[name]]) == 1
