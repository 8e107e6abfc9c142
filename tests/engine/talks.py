"""What is said in each domain, for tests of phrases: its book, its acts, and values for them from an opened world."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import servers
from engine.casting import phrasebook
from engine.conversation.events import Act
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain, Party
from servers.state import World
from tests.engine import acts, airline_acts
from tests.engine.acts import Slots
from tests.servers.carrier import open_carrier
from tests.servers.shop import open_shop


@dataclass(frozen=True)
class Talk:
    """What is said in a domain: its acts, values for them from an opened world, how a piece of a value is said."""

    domain: Domain
    book: Phrasebook
    acts: list[tuple[Party, str, Slots]]
    draw: Callable[[Party, Slots, Random], dict[str, Any]]
    world: World
    leaf: Callable[[Any], tuple[str, ...]]

    def drawn(self, party: Party, kind: str, slots: Slots, draws: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Texts for an act with the slots that they say; as in a conversation, no wording comes twice."""
        random, used = Random(f"{party}/{kind}/{slots}"), frozenset[str]()
        for _ in range(draws):
            said = self.draw(party, slots, random)
            text, act = self.book.say(party, Act(kind=kind, slots=said), random, used)
            used |= {act.form}
            yield text, said


def _retail() -> Talk:
    shop, domain = open_shop("small", 11), servers.load("retail")
    return Talk(
        domain,
        phrasebook(domain),
        acts.ACTS,
        lambda party, slots, random: acts.spoken(shop, party, slots, random),
        shop.world,
        lambda leaf: (f"{leaf:,.2f}" if isinstance(leaf, float) else str(leaf),),
    )


def _airline() -> Talk:
    carrier, domain = open_carrier("small", 11), servers.load("airline")
    return Talk(
        domain,
        phrasebook(domain),
        airline_acts.ACTS,
        lambda party, slots, random: airline_acts.spoken(carrier, party, slots, random),
        carrier.world,
        airline_acts.leaf_words,
    )


TALKS = {"retail": _retail(), "airline": _airline()}


def leaves(value: Any) -> Iterator[Any]:
    """Every single piece of a value."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value
