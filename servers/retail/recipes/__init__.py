"""What customers ask of the shop: one file a family of requests."""

from servers.retail.recipes.address import ORDER_ADDRESS, PROFILE_ADDRESS
from servers.retail.recipes.best_swap import BEST_SAVING, BEST_SWAP
from servers.retail.recipes.cancel import CANCEL
from servers.retail.recipes.cancel_all import CANCEL_ALL
from servers.retail.recipes.catalogue_questions import PRICE_GAP, VERSIONS
from servers.retail.recipes.drop_item import DROP_ITEM
from servers.retail.recipes.gift_cards import GIFT_CARDS
from servers.retail.recipes.handover import DEMAND_CANCEL, DEMAND_RETURN
from servers.retail.recipes.instead import with_fallbacks
from servers.retail.recipes.match import MATCH
from servers.retail.recipes.payment import PAYMENT
from servers.retail.recipes.prefer import ALL_OR_NONE, PREFER
from servers.retail.recipes.question import QUESTION
from servers.retail.recipes.redirect_all import REDIRECT_ALL
from servers.retail.recipes.regret import with_regrets
from servers.retail.recipes.relative import RELATIVE
from servers.retail.recipes.return_all import RETURN_ALL
from servers.retail.recipes.returns import RETURN
from servers.retail.recipes.spend_refund import SPEND_REFUND
from servers.retail.recipes.swaps import EXCHANGE, MODIFY
from servers.retail.recipes.totals import TOTALS
from servers.retail.recipes.trouble import HANDOVER

RECIPES = with_regrets(
    with_fallbacks(
        (
            CANCEL,
            RETURN,
            EXCHANGE,
            MODIFY,
            PAYMENT,
            ORDER_ADDRESS,
            PROFILE_ADDRESS,
            QUESTION,
            PREFER,
            ALL_OR_NONE,
            MATCH,
            RELATIVE,
            BEST_SWAP,
            BEST_SAVING,
            DROP_ITEM,
            VERSIONS,
            PRICE_GAP,
            DEMAND_CANCEL,
            DEMAND_RETURN,
            RETURN_ALL,
            CANCEL_ALL,
            TOTALS,
            REDIRECT_ALL,
            SPEND_REFUND,
            GIFT_CARDS,
            HANDOVER,
        )
    )
)
