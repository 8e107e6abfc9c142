"""Draws how a scenario's customer behaves: a persona, or some clauses that show in this scenario, or nothing of the kind.

A clause that could not show is not drawn. What a clause makes a customer say later, not at all, or wrong at first is tried
here: the request has to come to the same.
"""

from random import Random

from msgspec.structs import replace

from engine.scenario import Manner, Scenario
from engine.synthesis.manner_cases import Applying
from engine.users.manner import CLAUSES, PERSONAS
from servers.domain import Domain
from servers.state import World

SHARE, PERSONA, MOST = 0.6, 0.45, 3
"""How many customers have a manner, how many of those a persona, and the most clauses of the others."""

_APART = (
    {"vague_first", "holds_back", "corrects_itself", "straight_in"},
    {"one_at_a_time", "everything_known"},
    {"misstates", "corrects_itself", "holds_back", "everything_known"},
    {"forgets_account", "misstates_self", "puzzled", "corrects_itself"},
    {"forgets", "puzzled"},
    {"formal", "abbreviates", "non_native", "terse"},
    {"formal", "lower_case"},
    {"formal", "typos"},
    {"formal", "loud"},
    {"formal", "dots"},
    {"terse", "story_first", "chats", "grateful", "over_polite", "apologetic", "asks_offtopic"},
    {"upset", "over_polite", "grateful", "apologetic", "chats"},
    {"loud", "no_punctuation", "dots"},
    {"straight_in", "story_first", "over_polite"},
    {"hurried", "chats", "story_first", "asks_offtopic"},
)
"""Clauses that nobody has together."""


def manners(domain: Domain, world: World, scenario: Scenario, random: Random, share: float = SHARE) -> Manner:
    """The manner of a scenario that has none yet, with what it has of it (`together`, `introduces`) as it is."""
    manner = scenario.manner
    if random.random() >= share:
        return manner
    applying = Applying(domain, world, scenario)
    if random.random() < PERSONA:
        names = sorted(PERSONAS)
        manner = replace(manner, persona=names[int(random.random() * len(names))])
        return replace(manner, clauses=_drawn(applying, random, 1, manner.persona)) if random.random() < 0.3 else manner
    return replace(manner, clauses=_drawn(applying, random, 1 + int(random.random() * MOST), ""))


def _drawn(applying: Applying, random: Random, count: int, persona: str) -> tuple[str, ...]:
    """So many clauses that show in this scenario and go together, as far as there are that many."""
    found = list[str]()
    taken = {clause.partition(":")[0] for clause in (PERSONAS[persona].clauses if persona else ())}
    names = list(CLAUSES)
    random.shuffle(names)
    for name in names:
        if len(found) == count:
            break
        if name in taken or any(name in group and group & taken for group in _APART):
            continue
        ways = applying.ways(name)
        if ways:
            found.append(ways[int(random.random() * len(ways))])
            taken.add(name)
    return tuple(found)
