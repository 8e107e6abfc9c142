"""Tools that look. Each is handed a View and its own arguments and answers a record or a text."""

import json
from typing import Annotated

from msgspec import Meta, Struct

from servers.domain import ToolRefused
from servers.kinds import ID, NAME
from servers.retail.records import Order, Product, User, Variant
from servers.state import View

UserId = Annotated[str, ID, Meta(description="Identifies the customer, e.g. 'dana_fox_2041'.")]
OrderId = Annotated[str, ID, Meta(description="The order's number with its leading '#', e.g. '#W4829105'.")]
ItemId = Annotated[str, ID, Meta(description="Identifies one variant of a product, ten digits, e.g. '5830214477'.")]
ProductId = Annotated[str, ID, Meta(description="Identifies a type of product, ten digits; never the same as an item id.")]
PaymentMethodId = Annotated[
    str, ID, Meta(description="One of the customer's payment methods as named in their profile, e.g. 'paypal_3108842'.")
]


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ByEmail(_Arguments, frozen=True, kw_only=True):
    email: Annotated[
        str, NAME, Meta(description="The address on the account, e.g. 'dana.fox@example.com'. Case does not matter.")
    ]


class ByNameZip(_Arguments, frozen=True, kw_only=True):
    first_name: Annotated[str, NAME, Meta(description="Given name, e.g. 'Dana'.")]
    last_name: Annotated[str, NAME, Meta(description="Family name, e.g. 'Fox'.")]
    zip: Annotated[str, NAME, Meta(description="Zip code of the default address, e.g. '60614'.")]


class OfUser(_Arguments, frozen=True, kw_only=True):
    user_id: UserId


class OfOrder(_Arguments, frozen=True, kw_only=True):
    order_id: OrderId


class OfProduct(_Arguments, frozen=True, kw_only=True):
    product_id: ProductId


class OfItem(_Arguments, frozen=True, kw_only=True):
    item_id: ItemId


class Nothing(_Arguments, frozen=True, kw_only=True):
    pass


def email_key(user: User) -> tuple[str, ...]:
    """The index under which an email finds its owner."""
    return (user.email.lower(),)


def name_zip_key(user: User) -> tuple[str, ...]:
    """The index under which a name and a zip code find their owner."""
    return (f"{user.name.first_name}\n{user.name.last_name}\n{user.address.zip}".lower(),)


def item_key(product: Product) -> tuple[str, ...]:
    """The index under which an item id finds the products that sell it."""
    return tuple(product.variants)


def find_user_id_by_email(view: View, sent: ByEmail) -> str:
    for user in view.find("email", sent.email.lower(), User):
        return user.user_id
    raise ToolRefused("User not found")


def find_user_id_by_name_zip(view: View, sent: ByNameZip) -> str:
    # The public tool ignores case in names and compares the zip code as it is; digits have no case.
    for user in view.find("name_zip", f"{sent.first_name}\n{sent.last_name}\n{sent.zip}".lower(), User):
        if user.address.zip == sent.zip:
            return user.user_id
    raise ToolRefused("User not found")


def get_user_details(view: View, sent: OfUser) -> User:
    return the_user(view, sent.user_id)


def get_order_details(view: View, sent: OfOrder) -> Order:
    return the_order(view, sent.order_id)


def get_product_details(view: View, sent: OfProduct) -> Product:
    product = view.get("products", sent.product_id, Product)
    if product is None:
        raise ToolRefused("Product not found")
    return product


def get_item_details(view: View, sent: OfItem) -> Variant:
    for product in view.find("item", sent.item_id, Product):
        return product.variants[sent.item_id]
    raise ToolRefused("Item not found")


def list_all_product_types(view: View, _sent: Nothing) -> str:
    return json.dumps({product.name: product.product_id for product in view.rows("products", Product)}, sort_keys=True)


def the_user(view: View, user_id: str) -> User:
    """The customer of that id, or the refusal that says there is none."""
    user = view.get("users", user_id, User)
    if user is None:
        raise ToolRefused("User not found")
    return user


def the_order(view: View, order_id: str) -> Order:
    """The order of that id, or the refusal that says there is none."""
    order = view.get("orders", order_id, Order)
    if order is None:
        raise ToolRefused("Order not found")
    return order
