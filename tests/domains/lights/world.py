"""A synthetic world of lamps from a size and a seed."""

from random import Random

from servers.state import Facts, Tables
from tests.domains.lights.records import Lamp, LightsFacts, Owner, Sight

SIZES = {"tiny": 4, "small": 60}
"""Owners."""


def generate(size: str, seed: int) -> tuple[Facts, Tables]:
    random = Random(f"lights:{size}:{seed}")
    owners: dict[str, Owner] = {}
    lamps: dict[str, Lamp] = {}
    sights: dict[str, Sight] = {}
    for number in range(SIZES[size]):
        own = [f"L{len(lamps) + 1 + count}" for count in range(3)]
        owners[f"o{number}"] = Owner(name=f"Owner {number}", lamps=tuple(own))
        for lamp_id in own:
            room = random.choice(("hall", "kitchen", "attic"))
            lamps[lamp_id] = Lamp(lamp_id=lamp_id, room=room, firmware=random.randrange(1, 9), recalled=random.random() < 0.25)
            sights[lamp_id] = Sight(colour=random.choice(("red", "amber")))
    return LightsFacts(now="2025-02-03T09:00:00"), {"owners": owners, "lamps": lamps, "sights": sights}
