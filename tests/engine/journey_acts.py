"""The acts of the airline that book a trip like another, move flights, describe payments, ask for others or with an argument."""

from random import Random
from typing import Any

from tests.engine.acts import Slots, sets

REF: tuple[Slots, ...] = ((), ("reservation_id",), ("trip",), ("which",))
PAYMENT: tuple[Slots, ...] = ((), ("payment",))
PEOPLE, EXTRAS = ((), ("cabin", "passengers")), ((), ("bags", "insurance"))
WANTED: Slots = ("origin", "destination", "days", "flight")

AGENT: list[tuple[str, Slots]] = [
    *(("answer.best_trip", slots) for slots in sets((("flights", "cabin", "fare"),), ((), ("seats", "total")))),
    ("ask.birthday", ("person",)),
    ("chose.claim", ("claim",)),
]
USER: list[tuple[str, Slots]] = [
    *(("request.best_trip", slots) for slots in sets((WANTED,), PEOPLE, EXTRAS, ((), ("payments",)))),
    ("request.best_trip_question", (*WANTED, "cabin", "seats")),
    *(("request.pay_smart", slots) for slots in sets((WANTED,), ((), ("back_days",)), PEOPLE, EXTRAS, ((), ("paying",)))),
    *(
        ("request.same_trip", slots)
        for slots in sets(REF, (("later",), ("days",), ("days", "back_days")), (("same", "flight"),), EXTRAS, ((), ("payments",)))
    ),
    *(("request.move", slots) for slots in sets(REF, ((), ("leg",), ("both",)), (("move",),), PAYMENT)),
    *(("request.third_party", slots) for slots in sets(REF, (("stand_in",),))),
    *(("request.handover", slots) for slots in sets(REF, (("claim",),), ((), ("reason",)))),
    *(("inform", (slot,)) for slot in ("paying", "dob")),
    *(("correct", (slot,)) for slot in ("move", "paying", "stand_in")),
]

_PAYING = (
    ["certificate", "smallest gift card", "Visa"],
    ["gift cards", "Mastercard ending in 2222"],
    ["gift card that is just enough"],
    ["largest certificate", "credit card that isn't the Visa"],
    ["fullest gift card"],
)
_MOVES = (
    {"days": [0], "pick": "next", "stops": "any"},
    {"days": [0], "pick": "previous", "stops": "direct"},
    {"days": [1], "pick": "same", "stops": "direct"},
    {"days": [-1, 1], "pick": "cheapest", "stops": "any"},
    {"days": [1, 2, 3], "pick": "fastest", "stops": "direct"},
)
_LATER = ([7], [7, 8], [14], [2, 3], [7, 14])
_CLAIMS = ("human agent", "promised", "gold", "just booked", "insured")


def wished(random: Random, person: dict[str, str], other: dict[str, str]) -> dict[str, Any]:
    """What customers say of these."""
    return {
        "seats": random.randint(1, 4),
        "paying": random.choice(_PAYING),
        "later": random.choice(_LATER),
        "same": random.choice([["cabin", "passengers"], ["cabin", "passengers", "bags", "insurance"]]),
        "move": random.choice(_MOVES),
        "both": "outbound and return flights",
        "stand_in": {"old": random.choice(["me", other]), "new": person},
        "claim": random.choice(_CLAIMS),
        "dob": "1984-11-30",
    }


def stated(random: Random, person: dict[str, str]) -> dict[str, Any]:
    """What agents say of them."""
    return {
        "seats": random.randint(2, 5),
        "fare": round(random.uniform(40, 900), 2),
        "person": person,
        "claim": random.choice(_CLAIMS),
    }
