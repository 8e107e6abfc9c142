"""What customers ask of the airline: one file a family of requests."""

from servers.airline.recipes.bags import BAGS
from servers.airline.recipes.book import BOOK
from servers.airline.recipes.cabin import CABIN
from servers.airline.recipes.cancel import CANCEL
from servers.airline.recipes.compensation import COMPENSATION
from servers.airline.recipes.flights import FLIGHTS
from servers.airline.recipes.insure import INSURE
from servers.airline.recipes.passengers import PASSENGERS
from servers.airline.recipes.question import QUESTION

RECIPES = (BOOK, CANCEL, FLIGHTS, CABIN, BAGS, PASSENGERS, COMPENSATION, INSURE, QUESTION)
