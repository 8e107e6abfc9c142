"""The airline's table of contents, as far as it goes: recipes and phrases are still to come.

When they are there this becomes the package's `DOMAIN`, by which `servers.names()` finds it.
"""

from servers.airline import reads, world
from servers.airline.facts import AirlineFacts
from servers.airline.identity import IDENTIFICATION
from servers.airline.policy import policy
from servers.airline.public import PUBLIC
from servers.airline.records import Flight, Reservation, User
from servers.airline.rules import RULES
from servers.airline.tools import TOOLS
from servers.domain import Domain
from servers.state import Index

AIRLINE = Domain(
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
    recipes=(),
    phrases="",
    customers="users",
    identification=IDENTIFICATION,
)
