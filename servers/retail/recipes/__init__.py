"""What customers ask of the shop: one file a family of requests."""

from servers.retail.recipes.address import ORDER_ADDRESS, PROFILE_ADDRESS
from servers.retail.recipes.cancel import CANCEL
from servers.retail.recipes.payment import PAYMENT
from servers.retail.recipes.question import QUESTION
from servers.retail.recipes.returns import RETURN
from servers.retail.recipes.swaps import EXCHANGE, MODIFY

RECIPES = (CANCEL, RETURN, EXCHANGE, MODIFY, PAYMENT, ORDER_ADDRESS, PROFILE_ADDRESS, QUESTION)
