"""What the shop of the synthetic worlds sells: `catalogue.toml` as frozen values, and products made of it.

`world` puts the products into a world, `wording` says their options in English.
"""

import tomllib
from importlib.resources import files
from itertools import combinations
from itertools import product as cross
from random import Random

import msgspec

from servers.frozen import FrozenMap, Record
from servers.retail.records import Product, Variant

_VARIANTS = (6, 18)
_AVAILABLE = (60, 85)
_PAIRS = 3
_NOISE = (0.93, 1.07)

Chosen = tuple[str, ...]


class Option(Record, frozen=True, kw_only=True):
    """An option with its values in their natural order, which means something where `ordered`.

    `prices[i]` dollars are added by `values[i]`; no prices where the option costs nothing.
    `say` and `alone` are explained at the head of the file.
    """

    name: str
    values: tuple[str, ...]
    say: str
    alone: str = ""
    prices: tuple[float, ...] = ()
    ordered: bool = False

    def __post_init__(self) -> None:
        if self.prices and len(self.prices) != len(self.values):
            raise ValueError(f"option {self.name}: {len(self.values)} values but {len(self.prices)} prices")

    def adds(self, value: str) -> float:
        """What a value adds to the price, in dollars."""
        return self.prices[self.values.index(value)] if self.prices else 0.0


class ProductType(Record, frozen=True, kw_only=True):
    """A type of product as the file describes it. `price` is that of its plainest variant, before noise."""

    name: str
    category: str
    price: float
    options: tuple[Option, ...]


class Wording(Record, frozen=True, kw_only=True):
    """How options of these names are worded in a product that the file does not have; only these `values`, if any."""

    options: tuple[str, ...]
    say: str
    values: tuple[str, ...] = ()


class _File(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    product: tuple[ProductType, ...]
    wording: tuple[Wording, ...]


def _load() -> _File:
    text = files("servers.retail").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File)


_FILE = _load()
TYPES: FrozenMap[ProductType] = FrozenMap({each.name: each for each in _FILE.product})
WORDINGS = _FILE.wording


def products(random: Random) -> dict[str, Product]:
    """Every product type as a product of its own ids, with variants, prices and stock drawn from `random`."""
    taken: set[str] = set()
    made = (_product(random, described, taken) for described in TYPES.values())
    return {each.product_id: each for each in made}


def _product(random: Random, described: ProductType, taken: set[str]) -> Product:
    chosen = _chosen(random, described)
    available = _available(random, chosen)
    prices: set[int] = set()
    product_id = _id(random, taken)
    variants: dict[str, Variant] = {}
    for values in chosen:
        item_id = _id(random, taken)
        options = {option.name: value for option, value in zip(described.options, values, strict=True)}
        price = _cents(random, described, values, prices) / 100
        variants[item_id] = Variant(item_id=item_id, options=options, available=values in available, price=price)
    return Product(name=described.name, product_id=product_id, variants=variants)


def _chosen(random: Random, described: ProductType) -> list[Chosen]:
    """Some of the cross product of the options, each of them one option away from another."""
    every: list[Chosen] = list(cross(*(option.values for option in described.options)))
    count = random.randint(_VARIANTS[0], min(_VARIANTS[1], len(every) * 3 // 4))
    chosen = [random.choice(every)]
    while len(chosen) < count:
        neighbour = _neighbour(random, described, random.choice(chosen))
        if neighbour not in chosen:
            chosen.append(neighbour)
    random.shuffle(chosen)
    return chosen


def _available(random: Random, chosen: list[Chosen]) -> list[Chosen]:
    """Those in stock, among which some pairs are one option apart: an exchange for another size must often be possible."""
    least, most = (-(-len(chosen) * _AVAILABLE[0] // 100), len(chosen) * _AVAILABLE[1] // 100)
    while True:
        available = random.sample(chosen, random.randint(least, most))
        if len([pair for pair in combinations(available, 2) if _one_apart(*pair)]) >= _PAIRS:
            return available


def _one_apart(one: Chosen, other: Chosen) -> bool:
    return len([mine for mine, theirs in zip(one, other, strict=True) if mine != theirs]) == 1


def _neighbour(random: Random, described: ProductType, values: Chosen) -> Chosen:
    place = random.randrange(len(values))
    other = random.choice([value for value in described.options[place].values if value != values[place]])
    return (*values[:place], other, *values[place + 1 :])


def _cents(random: Random, described: ProductType, values: Chosen, taken: set[int]) -> int:
    """A price that no other variant of the product has: the options' with noise, so that dearer options can be cheaper."""
    price = described.price
    for option, value in zip(described.options, values, strict=True):
        price += option.adds(value)
    cents = round(price * (_NOISE[0] + (_NOISE[1] - _NOISE[0]) * random.random()) * 100)
    while cents in taken:
        cents += 1
    taken.add(cents)
    return cents


def _id(random: Random, taken: set[str]) -> str:
    while (fresh := str(random.randrange(10**9, 10**10))) in taken:
        pass
    taken.add(fresh)
    return fresh
