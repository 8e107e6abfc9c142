"""By which words an agent of the shop asks for what a customer knows."""

from servers.cues import Cues
from servers.frozen import FrozenMap

_ORDER = (
    r"order (?:number|id)s?",
    r"(?:which|what|the|specific) orders?\b[^?.]*(?:about|mean|for|you|order)",
    r"number of (?:the|your) order",
    r"items?[^?.]* in (?:it|the order)\b",
    r"what(?:'s| is) in it",
    r"what you ordered",
)
_PAYMENT = (
    r"payment",
    r"(?:refund|money|difference)[^?.]*\b(?:go|sent|issued|receive|credited|back)\b",
    r"where[^?.]*(?:refund|money)",
    r"\bpay\b|paypal",
    r"(?:gift|credit|debit) card",
    r"(?:get|receive|like)[^?.]* refund",
    r"charged? (?:to|it)|billed",
)
_ADDRESS = (r"(?<!email )\baddress", r"\bstreet\b", r"where should[^?.]* (?:go|be sent)")
_ITEMS = (
    r"(?:which|what|the) (?:specific )?(?:items?|products?)",
    r"what[^?.]*\b(?:return|send back|exchange)",
    r"items? (?:you|would)",
    r"(?:all of it|everything)[^?.]* or ",
)
_SWAPS = (
    *_ITEMS,
    r"(?:which|what) (?:version|variant|option|colou?r|size|model|replacement)",
    r"(?:new|replacement|desired|preferred) (?:items?|version|variant|options?)",
    r"what[^?.]* instead",
    r"(?:exchange|swap|change|replace)d?(?: it| them)? (?:for|to|with)",
)
_OTHERWISE = (
    r"another version",
    r"cheapest (?:version|one|option)",
    r"leave (?:it|the order|things)",
    r"what[^?.]*\binstead",
    r"how (?:would you like to|should we) (?:go on|proceed)",
    r"something else you'd take",
    r"(?:another|other|alternative) (?:option|colou?r|version)",
    r"what would you like (?:me )?to do",
)
_REASON = (r"reason", r"\bwhy\b", r"no longer needed or")
_ABOUT = (r"to know", r"(?:detail|information)s?[^?.]*(?:need|after|like)", r"what (?:can|should|may) i (?:check|look)")

CUES = Cues(
    asked=FrozenMap(
        {
            **{
                "email": (r"e-?mail",),
                "first_name": (r"\bname\b",),
                "last_name": (r"\bname\b",),
                "zip": (r"\bzip\b", "postal code"),
            },
            **dict.fromkeys(("order_id", "order_with", "which", "then_id"), _ORDER),
            **dict.fromkeys(("payment", "card"), _PAYMENT),
            **dict.fromkeys(("address", "address_from"), _ADDRESS),
            **dict.fromkeys(("items", "scope"), _ITEMS),
            **dict.fromkeys(("reason", "why"), _REASON),
            **{"swaps": _SWAPS, "otherwise": _OTHERWISE, "rather": _OTHERWISE, "about": _ABOUT},
        }
    )
)
