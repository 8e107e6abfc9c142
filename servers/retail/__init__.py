"""The retail domain: a shop with products, customers and orders. Its table of contents."""

from importlib.resources import files

from servers.domain import Conduct, Domain
from servers.frozen import FrozenMap
from servers.retail import reads, world
from servers.retail.cues import CUES
from servers.retail.facts import PUBLIC, RetailFacts
from servers.retail.identity import IDENTIFICATION
from servers.retail.policy import policy
from servers.retail.recipes import RECIPES
from servers.retail.records import Order, Product, User
from servers.retail.rules import RULES
from servers.retail.slots import worded
from servers.retail.spoken import said_as
from servers.retail.tools import TOOLS
from servers.retail.variants import VARIANTS
from servers.state import Index

DOMAIN = Domain(
    name="retail",
    title="Online shop",
    tables={"products": Product, "users": User, "orders": Order},
    facts=RetailFacts,
    public_facts=PUBLIC,
    indexes=(
        Index(name="email", table="users", keys=reads.email_key),
        Index(name="name_zip", table="users", keys=reads.name_zip_key),
        Index(name="item", table="products", keys=reads.item_key),
    ),
    tools=TOOLS,
    policy=policy,
    generate=world.generate,
    generator=world.GENERATOR,
    sizes=world.SIZES,
    rules=RULES,
    recipes=RECIPES,
    phrases=files("servers.retail").joinpath("phrases.toml").read_text(encoding="utf-8"),
    customers="users",
    identification=IDENTIFICATION,
    worded=worded,
    said_as=said_as,
    variants=VARIANTS,
    owners=FrozenMap({"users": "user_id", "orders": "user_id"}),
    conduct=Conduct(one_call=True, silent_calls=True),
    quotes=("extra",),
    rethinks=("payment", "items", "swaps", "address"),
    cues=CUES,
)
