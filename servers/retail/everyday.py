"""What people call the things of a shop together: "my gaming things", "everything for the kitchen".

By the words of a product's name, so that it holds in any shop. `ENDINGS` are what a name may end with; `NAMES` are products
whose name as a whole says something else. The first category is where anybody would look, the others are where
some would: whether a desk lamp is for the office or for the home is open, and then nothing is said by it.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

CATEGORIES = ("kitchen", "office", "outdoor", "audio", "gaming", "clothing", "toys")
"""Those that a customer speaks of. What is for the home is told apart from them, but too vague a word for a wish."""

_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "kitchen": "mixer, pan, cooker, blender, toaster, fryer, kettle, coffee maker, espresso machine, microwave, knife set",
        "home": "blanket, rug, floor lamp, curtain, heater, pillow, hamper, vacuum cleaner, purifier, thermostat, wall clock",
        "office": "standing desk, shredder, whiteboard, fountain pen, printer, stapler",
        "outdoor": "tent, sleeping bag, hammock, headlamp, kayak, trekking poles, camp chair",
        "audio": "record player, soundbar, speaker, music player, earbuds, headphones, turntable",
        "gaming": "game controller, console",
        "clothing": "sweater, belt, beanie, hoodie, t-shirt, jeans, dress, socks",
        "toys": "block set, train set, plush toy, dollhouse, puzzle",
        "beauty": "makeup kit, perfume, toothbrush, hair dryer",
        "home, office": "bookshelf, desk lamp, light bulb, cabinet",
        "home, audio": "clock radio, radio",
        "outdoor, home": "garden hose, patio umbrella, security camera",
        "outdoor, kitchen": "grill, cooler, water bottle",
        "outdoor, clothing": "boots, gloves, backpack, sunglasses",
        "outdoor, sports": "bicycle, helmet, skateboard",
        "outdoor, toys": "kite",
        "sports": "dumbbell set, yoga mat, treadmill",
        "clothing, outdoor": "jacket",
        "clothing, sports": "running shoes, sneakers, shoes",
        "clothing, home": "bathrobe",
        "clothing, jewelry": "watch, wristwatch",
        "audio, office": "microphone, studio monitor",
        "toys, gaming": "remote control car, drone",
        "office, gaming": "monitor arm, keyboard, office chair",
        "office, electronics": "laptop, tablet, notebook, monitor, scanner",
        "electronics": "camera, smartphone, e-reader, charger",
        "travel": "luggage set, suitcase",
        "pets": "pet bed, dog leash",
    }
)
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gaming headset": ("gaming", "audio"),
        "gaming chair": ("gaming", "office"),
        "gaming monitor": ("gaming", "office"),
        "gaming mouse": ("gaming", "office"),
        "racing wheel": ("gaming",),
        "retro console": ("gaming",),
        "smart watch": ("electronics", "clothing"),
        "tea kettle": ("kitchen",),
    }
)
_BY_ENDING = {ending: tuple(where.split(", ")) for where, endings in _ENDINGS.items() for ending in endings.split(", ")}


@lru_cache(maxsize=4096)
def _where(name: str) -> tuple[str, ...]:
    """Where people would put a product, the likeliest first; nothing for what is not known. The longest ending counts."""
    whole = name.lower()
    if whole in _NAMES:
        return _NAMES[whole]
    words = whole.split()
    tails = (" ".join(words[place:]) for place in range(len(words)))
    return next((_BY_ENDING[tail] for tail in tails if tail in _BY_ENDING), ())


def belongs(name: str, category: str) -> bool:
    """Is it one of these things, for anybody who sorts them?"""
    return _where(name) == (category,)


def open_to_doubt(name: str, category: str) -> bool:
    """Might people differ whether it is one: it could be put elsewhere too, or nobody knows what it is?"""
    where = _where(name)
    return not where or (category in where and len(where) > 1)
