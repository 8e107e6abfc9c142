"""The public benchmark's retail world: what its file does not say, and the mistakes of its code.

Mistakes are reproduced for a public world only:
- modifying several items writes the last new item's price and options to all of them;
- it looks the items up one after the other, so that A→B then B→C finds the first one again;
- the difference in price is not rounded (see `writes.modify_pending_order_items`).
"""

from msgspec.structs import replace

from servers.retail.records import OrderItem, Variant


def modified(
    items: tuple[OrderItem, ...], pairs: tuple[tuple[str, str], ...], variants: tuple[Variant, ...]
) -> tuple[OrderItem, ...]:
    """The items of a modified order as the public code leaves them."""
    last = variants[-1] if variants else None
    changed = list(items)
    for old, new in pairs:
        place = next(place for place, item in enumerate(changed) if item.item_id == old)
        assert last is not None
        changed[place] = replace(changed[place], item_id=new, price=last.price, options=last.options)
    return tuple(changed)
