"""May a customer ask for everything in one message? Only where it makes no difference which of it the agent takes first."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.scenario import Reaction
from engine.synthesis.meaning import meaning
from engine.synthesis.settling import Unsettled, settle
from servers.domain import Domain
from servers.recipe import Request
from servers.state import World


def in_any_order(domain: Domain, world: World, customer: str, requests: Sequence[Request], plot: Sequence[Reaction] = ()) -> bool:
    """Do requests come to the same whichever is taken first: each alone, as they stand, and the other way round, and all of
    them to one state? One that is kept for later (`plot`) is not asked at once."""
    if any(reaction.ask is not None for reaction in plot):
        return False

    def made(places: Sequence[int]) -> tuple[list[bytes], str]:
        """What each comes to, in this order, and the digest of the state in the end."""
        state, wanted = world.open(), [requests[place] for place in places]
        moved = [replace(each, request=places.index(each.request)) for each in plot if each.request in places]
        found = [meaning(domain, settled.decisions) for settled in settle(domain, state, customer, wanted, moved)]
        return found, state.digest()

    all_of_them = range(len(requests))
    try:
        forwards, end = made(all_of_them)
        backwards, other_end = made(all_of_them[::-1])
        return end == other_end and forwards == backwards[::-1] == [made([place])[0][0] for place in all_of_them]
    except Unsettled:
        return False
