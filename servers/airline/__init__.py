"""The airline domain: flights, reservations and their customers. Its table of contents."""

from importlib.resources import files

from servers.airline import reads, world
from servers.airline.cues import CUES
from servers.airline.facts import AirlineFacts
from servers.airline.identity import IDENTIFICATION
from servers.airline.policy import policy
from servers.airline.public import PUBLIC
from servers.airline.recipes import RECIPES
from servers.airline.records import Flight, Reservation, User
from servers.airline.rules import RULES
from servers.airline.slots import worded
from servers.airline.spoken import said_as
from servers.airline.tools import TOOLS
from servers.airline.variants import VARIANTS
from servers.domain import Conduct, Domain
from servers.frozen import FrozenMap
from servers.state import Index

DOMAIN = Domain(
    name="airline",
    title="Airline",
    tables={"flights": Flight, "users": User, "reservations": Reservation},
    facts=AirlineFacts,
    public_facts=PUBLIC,
    indexes=(
        Index(name="origin", table="flights", keys=reads.origin_key),
        Index(name="route", table="flights", keys=reads.route_key),
    ),
    tools=TOOLS,
    policy=policy,
    generate=world.generate,
    generator=world.GENERATOR,
    sizes=world.SIZES,
    rules=RULES,
    recipes=RECIPES,
    phrases=files("servers.airline").joinpath("phrases.toml").read_text(encoding="utf-8"),
    customers="users",
    identification=IDENTIFICATION,
    worded=worded,
    said_as=said_as,
    variants=VARIANTS,
    owners=FrozenMap({"users": "user_id", "reservations": "user_id"}),
    conduct=Conduct(one_call=True, silent_calls=True),
    quotes=("extra", "total"),
    rethinks=("payment", "payments", "cabin", "bags", "insurance", "days", "back_days", "flight", "more", "rename", "passengers"),
    cues=CUES,
)
