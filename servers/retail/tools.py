"""The tools of the retail domain, in the order in which an agent sees them."""

from servers.desk import CALCULATE, TRANSFER
from servers.domain import Key, Tool
from servers.retail import breaches, details, reads, writes
from servers.retail.records import Order, Product, User, Variant

_ORDER = Key(table="orders", argument="order_id")
_PAYMENTS = Key(table="users")
_CHANGED = ("changed", "updated", "modified", "switched", "set", "corrected", "fixed", "reverted")
_ADDRESS = tuple(f"{verb} address" for verb in (*_CHANGED, "saved", "replaced", "edited"))
_PAYMENT = tuple(f"{verb} {thing}" for verb in (*_CHANGED, "moved") for thing in ("payment", "paid", "card", "paypal", "visa"))

TOOLS = (
    CALCULATE,
    Tool(
        name="cancel_pending_order",
        description=(
            "Cancel a whole order that is still pending and refund what was paid: to a gift card at once, to anything else "
            "within some business days. Tell the customer what will be cancelled and get a clear yes before. Answers the order."
        ),
        function=writes.cancel_pending_order,
        arguments=writes.Cancellation,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER, _PAYMENTS),
        details=details.of_cancellation,
        breaks=breaches.by_cancellation,
        claimed=("cancelled", "canceled", "cancellation", "called off", "refunded", "refund"),
    ),
    Tool(
        name="exchange_delivered_order_items",
        description=(
            "Exchange items of a delivered order for other variants of the same products. Possible once per order, and not "
            "after a return: collect every item first, state the details and get a clear yes. Answers the order."
        ),
        function=writes.exchange_delivered_order_items,
        arguments=writes.Exchange,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER,),
        unordered=(("item_ids", "new_item_ids"),),
        details=details.of_exchange,
        breaks=breaches.by_exchange,
        claimed=("exchanged", "exchange", "swapped", "swap", "replaced", "replacement", "refunded", "refund"),
    ),
    Tool(
        name="find_user_id_by_name_zip",
        description="Find a customer's user id by full name and zip code, for those who do not have their email at hand.",
        function=reads.find_user_id_by_name_zip,
        arguments=reads.ByNameZip,
        returns=str,
        kind="read",
        identifies=True,
    ),
    Tool(
        name="find_user_id_by_email",
        description="Find a customer's user id by the email of their account.",
        function=reads.find_user_id_by_email,
        arguments=reads.ByEmail,
        returns=str,
        kind="read",
        identifies=True,
    ),
    Tool(
        name="get_order_details",
        description="Look up an order: its items with what was paid for them, status, address, parcels and payment history.",
        function=reads.get_order_details,
        arguments=reads.OfOrder,
        returns=Order,
        kind="read",
        shows=_ORDER,
    ),
    Tool(
        name="get_product_details",
        description="Look up a type of product with all its variants: item ids, options, prices, and which are available.",
        function=reads.get_product_details,
        arguments=reads.OfProduct,
        returns=Product,
        kind="read",
        shows=Key(table="products", argument="product_id"),
    ),
    Tool(
        name="get_item_details",
        description="Look up a single item by its item id: options, price, and whether it is available.",
        function=reads.get_item_details,
        arguments=reads.OfItem,
        returns=Variant,
        kind="read",
        shows=Key(table="products"),
    ),
    Tool(
        name="get_user_details",
        description="Look up a customer: name, address, email, payment methods with gift card balances, order numbers.",
        function=reads.get_user_details,
        arguments=reads.OfUser,
        returns=User,
        kind="read",
        shows=Key(table="users", argument="user_id"),
    ),
    Tool(
        name="list_all_product_types",
        description="List every type of product in the shop by name with its product id.",
        function=reads.list_all_product_types,
        arguments=reads.Nothing,
        returns=str,
        kind="read",
        shows=Key(table="products"),
    ),
    Tool(
        name="modify_pending_order_address",
        description="Send a pending order to another address. State it and get a clear yes before. Answers the order.",
        function=writes.modify_pending_order_address,
        arguments=writes.OrderAddress,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER,),
        details=details.of_order_address,
        breaks=breaches.by_order_address,
        claimed=(*_ADDRESS, "redirected", "rerouted", "change", "update"),
    ),
    Tool(
        name="modify_pending_order_items",
        description=(
            "Swap items of a pending order for other variants of the same products. Possible once per order: collect every "
            "item "
            "first, state the details and get a clear yes. Answers the order."
        ),
        function=writes.modify_pending_order_items,
        arguments=writes.Exchange,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER, _PAYMENTS),
        unordered=(("item_ids", "new_item_ids"),),
        details=details.of_exchange,
        breaks=breaches.by_modification,
        claimed=(
            *_CHANGED,
            "swapped",
            "swap",
            "replaced",
            "exchanged",
            "change",
            "update",
            "modification",
            "upgraded",
            "removed",
            "refunded",
            "refund",
        ),
    ),
    Tool(
        name="modify_pending_order_payment",
        description=(
            "Charge a pending order to another payment method of the customer. State it and get a clear yes "
            "before. Answers the order."
        ),
        function=writes.modify_pending_order_payment,
        arguments=writes.NewPayment,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER, _PAYMENTS),
        details=details.of_payment,
        breaks=breaches.by_payment,
        claimed=(*_PAYMENT, "change", "update", "refunded", "refund"),
    ),
    Tool(
        name="modify_user_address",
        description="Change a customer's default address. State it and get a clear yes before. Answers the customer.",
        function=writes.modify_user_address,
        arguments=writes.UserAddress,
        returns=User,
        kind="write",
        confirmed=True,
        shows=Key(table="users", argument="user_id"),
        changes=(Key(table="users", argument="user_id"),),
        details=details.of_profile_address,
        claimed=(*_ADDRESS, "change", "update"),
    ),
    Tool(
        name="return_delivered_order_items",
        description=(
            "Return items of a delivered order; the customer gets an email about how. Not possible after an exchange of the same "
            "order. State the items and where the refund goes and get a clear yes before. Answers the order."
        ),
        function=writes.return_delivered_order_items,
        arguments=writes.Return,
        returns=Order,
        kind="write",
        confirmed=True,
        shows=_ORDER,
        changes=(_ORDER,),
        unordered=(("item_ids",),),
        details=details.of_return,
        breaks=breaches.by_return,
        claimed=("returned", "return", "refunded", "refund"),
    ),
    TRANSFER,
)
