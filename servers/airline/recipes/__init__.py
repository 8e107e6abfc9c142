"""What customers ask of the airline: one file a family of requests."""

from servers.airline.recipes.bags import BAGS
from servers.airline.recipes.bags_all import BAGS_ALL
from servers.airline.recipes.best_trip import BEST_TRIP, BEST_TRIP_QUESTION
from servers.airline.recipes.book import BOOK
from servers.airline.recipes.cabin import CABIN
from servers.airline.recipes.cancel import CANCEL
from servers.airline.recipes.cancel_all import CANCEL_ALL
from servers.airline.recipes.compensation import COMPENSATION
from servers.airline.recipes.duplicate import DUPLICATE
from servers.airline.recipes.flights import FLIGHTS
from servers.airline.recipes.handover import HANDOVER
from servers.airline.recipes.instead import with_fallbacks
from servers.airline.recipes.insure import INSURE
from servers.airline.recipes.move import MOVE
from servers.airline.recipes.passengers import PASSENGERS
from servers.airline.recipes.pay_smart import PAY_SMART
from servers.airline.recipes.question import QUESTION
from servers.airline.recipes.regret import with_regrets
from servers.airline.recipes.same_trip import SAME_TRIP
from servers.airline.recipes.third_party import THIRD_PARTY
from servers.airline.recipes.totals import TOTALS
from servers.airline.recipes.upgrade_all import UPGRADE_ALL
from servers.airline.recipes.way_round import WAY_ROUND
from servers.airline.recipes.what_if import WHAT_IF

RECIPES = with_regrets(
    with_fallbacks(
        (
            BOOK,
            CANCEL,
            FLIGHTS,
            CABIN,
            BAGS,
            PASSENGERS,
            COMPENSATION,
            INSURE,
            QUESTION,
            BEST_TRIP,
            BEST_TRIP_QUESTION,
            CANCEL_ALL,
            UPGRADE_ALL,
            WAY_ROUND,
            BAGS_ALL,
            DUPLICATE,
            TOTALS,
            WHAT_IF,
            SAME_TRIP,
            MOVE,
            PAY_SMART,
            THIRD_PARTY,
            HANDOVER,
        )
    )
)
