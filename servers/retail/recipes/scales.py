"""Options whose values have an order: sizes, capacities, watts. What is the next one up?

Of a product of the catalogue the catalogue says it; of others the values do, where they are numbers of one unit or sizes
in letters.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from servers.retail import catalogue
from servers.retail.records import Product

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*-?\s*([A-Za-z\"']*)(?:\b.*)?")
_UNITS = {"tb": ("gb", 1000.0), "kg": ("g", 1000.0), "l": ("ml", 1000.0), "liter": ("ml", 1000.0), "m": ("cm", 100.0)}
_LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL")
_WORDS = ("mini", "small", "medium", "large", "extra large", "giant")


def scale(name: str, option: str, values: Iterable[str]) -> list[str] | None:
    """The values from the smallest to the largest; None where they have no order that everybody would agree on."""
    found = list(dict.fromkeys(values))
    described = catalogue.TYPES.get(name)
    known = next((each for each in described.options if each.name == option), None) if described else None
    if known is not None and set(found) <= set(known.values):
        return sorted(found, key=known.values.index) if known.ordered else None
    for order in (_LETTERS, _WORDS):
        if set(found) <= set(order):
            return sorted(found, key=order.index)
    measured = {value: _measured(value) for value in found}
    units = {each[1] for each in measured.values() if each is not None}
    amounts = {each[0] for each in measured.values() if each is not None}
    if None in measured.values() or len(units) != 1 or len(amounts) < len(found):
        return None
    return sorted(found, key=lambda value: measured[value] or (0.0, ""))


def _measured(value: str) -> tuple[float, str] | None:
    """A number and its unit: ('1 TB') is 1000 gb. A value of two numbers ('3 x 5 ft') is none."""
    found = _NUMBER.fullmatch(value)
    if found is None or len(re.findall(r"\d+(?:\.\d+)?", value)) != 1:
        return None
    unit, factor = _UNITS.get(found[2].lower(), (found[2].lower(), 1.0))
    return float(found[1]) * factor, unit


def of_product(product: Product, option: str) -> list[str] | None:
    """The values that a product comes in, in their order. In the public world some variants lack an option."""
    return scale(product.name, option, (each.options[option] for each in product.variants.values() if option in each.options))


_LARGER, _HIGHER, _LONGER, _GREATER = ("larger", "smaller"), ("higher", "lower"), ("longer", "shorter"), ("greater", "smaller")
UP = frozenset(up for up, _ in (_LARGER, _HIGHER, _LONGER, _GREATER))
_MEASURED: Mapping[str, tuple[tuple[str, str], str]] = MappingProxyType(
    {
        **{option: (_LARGER, option) for option in ("size", "capacity", "diameter", "screen size")},
        **{option: (_LARGER, f"{option} size") for option in ("bowl", "bin", "rim", "woofer", "storage", "library")},
        **{option: (_HIGHER, option) for option in ("power", "brightness", "load limit", "refresh rate", "top speed")},
        **{option: (_HIGHER, f"{option} power") for option in ("motor", "amplifier")},
        **{option: (_HIGHER, f"number of {option}") for option in ("pieces", "seats", "slots", "speeds", "channels")},
        **{option: (_LONGER, option) for option in ("length", "battery life")},
        **{option: (_LONGER, f"{option} length") for option in ("timer", "track", "line")},
        **{"battery": (_LONGER, "battery life"), "height": (_GREATER, "height"), "width": (_GREATER, "width")},
    }
)


def ways(name: str, option: str) -> tuple[str, ...]:
    """How one would say that an option goes up or down ('larger', 'smaller'); none where nobody would."""
    if option in _MEASURED:
        return _MEASURED[option][0]
    return () if name in catalogue.TYPES else _HIGHER


def measure(option: str) -> str:
    """What is compared, by its noun: 'capacity', 'bowl size', 'number of seats'."""
    return _MEASURED[option][1] if option in _MEASURED else option


def beyond(values: list[str], now: str, way: str) -> list[str]:
    """What is further up or down a scale than a value of it, the nearest first."""
    place = values.index(now)
    return values[place + 1 :] if way in UP else values[:place][::-1]


def goes(name: str, option: str, old: str, new: str, way: str) -> bool:
    """Does a change of an option go that way? What has no order is anybody's guess."""
    order = scale(name, option, (old, new))
    return order is None or (order.index(new) > order.index(old)) == (way in UP)
