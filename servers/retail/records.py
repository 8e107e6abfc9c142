"""The tables of the retail domain: products, users, orders, in the layout of the public benchmark."""

from typing import Literal

from servers.frozen import Record, freeze
from servers.persons import Address, CreditCard, Name


class Variant(Record, frozen=True, kw_only=True):
    """One purchasable item of a product. `price` in dollars."""

    item_id: str
    options: dict[str, str]
    available: bool
    price: float

    def __post_init__(self) -> None:
        freeze(self, "options")


class Product(Record, frozen=True, kw_only=True):
    """A type of product with its variants by item id."""

    name: str
    product_id: str
    variants: dict[str, Variant]

    def __post_init__(self) -> None:
        freeze(self, "variants")


class PayPal(Record, frozen=True, kw_only=True, tag_field="source", tag="paypal"):
    id: str


class GiftCard(Record, frozen=True, kw_only=True, tag_field="source", tag="gift_card"):
    """`balance` in dollars, rounded to cents."""

    id: str
    balance: float


PaymentMethod = CreditCard | PayPal | GiftCard


class User(Record, frozen=True, kw_only=True):
    """A customer; `orders` are the ids of all their orders, oldest first."""

    user_id: str
    name: Name
    address: Address
    email: str
    payment_methods: dict[str, PaymentMethod]
    orders: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze(self, "payment_methods")


class OrderItem(Record, frozen=True, kw_only=True):
    """An item as it was bought: `price` is what was paid for it."""

    name: str
    product_id: str
    item_id: str
    price: float
    options: dict[str, str]

    def __post_init__(self) -> None:
        freeze(self, "options")


class Fulfillment(Record, frozen=True, kw_only=True):
    """A parcel: its tracking ids and the items in it."""

    tracking_id: tuple[str, ...]
    item_ids: tuple[str, ...]


class Payment(Record, frozen=True, kw_only=True):
    """A line of an order's payment history; `amount` in dollars, always positive or zero."""

    transaction_type: Literal["payment", "refund"]
    amount: float
    payment_method_id: str


class Order(Record, frozen=True, kw_only=True):
    """An order. `status` is one of the STATUSES; what has been asked for later stands in the optional fields."""

    order_id: str
    user_id: str
    address: Address
    items: tuple[OrderItem, ...]
    status: str
    fulfillments: tuple[Fulfillment, ...]
    payment_history: tuple[Payment, ...]
    cancel_reason: str | None = None
    exchange_items: tuple[str, ...] | None = None
    exchange_new_items: tuple[str, ...] | None = None
    exchange_payment_method_id: str | None = None
    exchange_price_difference: float | None = None
    return_items: tuple[str, ...] | None = None
    return_payment_method_id: str | None = None


PENDING = "pending"
PENDING_ITEM_MODIFIED = "pending (item modified)"
PROCESSED = "processed"
DELIVERED = "delivered"
CANCELLED = "cancelled"
RETURN_REQUESTED = "return requested"
EXCHANGE_REQUESTED = "exchange requested"
STATUSES = (PENDING, PENDING_ITEM_MODIFIED, PROCESSED, DELIVERED, CANCELLED, RETURN_REQUESTED, EXCHANGE_REQUESTED)
