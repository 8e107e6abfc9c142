"""Lights: three tools, one of them the customer's own. The smallest domain with everything; nothing knows of it."""

from pathlib import Path

from servers.domain import Domain
from tests.domains.lights.recipe import RECALLED, RESET
from tests.domains.lights.records import Lamp, LightsFacts, Owner, Sight
from tests.domains.lights.tools import TOOLS
from tests.domains.lights.world import SIZES, generate

DOMAIN = Domain(
    name="tests.domains.lights",
    title="Smart lamps",
    tables={"owners": Owner, "lamps": Lamp, "sights": Sight},
    facts=LightsFacts,
    public_facts=None,
    indexes=(),
    tools=TOOLS,
    policy=lambda facts: (
        "# Lamps\nAsk which lamp it is, look it up, ask for its colour. A lamp that blinks red and has firmware below "
        f"{facts.gentle_since} needs a full reset, any other a gentle one. A recalled lamp is never reset."
    ),
    generate=generate,
    generator="1",
    sizes=tuple(SIZES),
    rules=(RECALLED,),
    recipes=(RESET,),
    phrases=(Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"),
    customers="owners",
)
