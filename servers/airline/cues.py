"""By which words an agent of the airline asks for what a customer knows, and names cabins and insurance."""

from typing import Any

from servers.cues import Cues
from servers.frozen import FrozenMap

_RESERVATION = (
    r"(?:reservation|booking|confirmation|trip) (?:ids?|numbers?|codes?|references?)",
    r"(?:which|what) (?:of (?:these|your|the) )?(?:reservation|booking|trip)",
    r"where[^?.]*\b(?:trip|flying|going|headed)",
    r"destination of the trip",
    r"the destination",
)
_PAYMENT = (r"payment", r"\bpay\b", r"(?:gift|credit) cards?", r"certificates?\b", r"charge it", r"(?:which|what) (?:one|card)")
_FLIGHT = (
    r"(?:which|what|preferred|select|choose|desired)[^?.]* (?:flights?|options?|itinerar|connection)",
    r"(?:departure|arrival|what) times?",
    r"\bprefer",
    r"non-?stop|direct|layover|one-stop",
    r"which one",
)
_PERSON = (
    r"(?:which|new|name of the|the|full) passenger",
    r"passenger'?s?'? (?:full )?(?:names?|details|information)",
    r"full names?",
    r"date of birth",
)


def _stated(slot: str, value: Any) -> Any:
    """Bags and payments stand in proposals with what they cost."""
    match slot:
        case "payments":
            return [{"method": value}]
        case "bags":
            return {"total": value, "paid": 0}
    return value


CUES = Cues(
    asked=FrozenMap(
        {
            "user_id": (r"user ?-?id", r"user ?name", r"(?:account|customer|profile) (?:id|number)"),
            **dict.fromkeys(("reservation_id", "trip", "which"), _RESERVATION),
            **dict.fromkeys(("payment", "payments", "paying"), _PAYMENT),
            **dict.fromkeys(("rename", "add", "remove", "stand_in"), _PERSON),
            **dict.fromkeys(("more", "fewer", "bags", "each"), (r"\bbags?\b", r"baggage", r"luggage", r"suitcase")),
            **dict.fromkeys(("flight", "move"), _FLIGHT),
            "reason": (r"reason", r"\bwhy\b", r"what happened", r"what is yours", r"(?:led|prompted|made) you"),
            "complaint": (r"what (?:exactly )?(?:happened|went wrong)", r"complaint", r"(?:issue|problem)s?\b", r"delay"),
            "cabin": (r"cabin", r"\bclass\b", r"economy"),
            "passengers": (
                r"passengers?\b",
                r"who(?:'s| is| will be|'ll be)?\b[^?.]*(?:fly|travel)",
                r"travell?ers?",
                r"how many people",
            ),
            "insurance": (r"insurance", r"insured"),
            "days": (
                r"\bdates?\b(?! of birth)",
                r"\bwhen (?:would|do|will|are you (?!ready))",
                r"(?:which|what) days?",
                r"(?:one[- ]way|round[- ]trip)[^?.]* or ",
            ),
            "back_days": (r"return(?:ing)? (?:date|day)", r"when[^?.]*\breturn", r"round[- ]trip[^?.]* or |or round[- ]trip"),
            "origin": (
                r"where[^?.]* from\b",
                r"departure (?:city|airport|location)",
                r"origin",
                r"(?:flying|departing|leaving) from",
            ),
            "destination": (r"destination", r"where[^?.]*\b(?:to|going)\b", r"arrival (?:city|airport)"),
            "dob": (r"birth",),
            "leg": (r"(?:which|what) (?:leg|segment|part|flight)", r"outbound or"),
            "about": (
                r"to know",
                r"(?:details?|information)\b[^?.]*(?:need|after|like)",
                r"what (?:can|should|may) i (?:check|look|find)",
            ),
        }
    ),
    meant=FrozenMap(
        {
            "cabin": {"basic_economy": ("basic economy", "basic_economy"), "economy": ("economy",), "business": ("business",)},
            "insurance": {
                "no": ("no travel insurance", "without travel insurance", "no insurance", "without insurance", "insurance: no"),
                "yes": ("with travel insurance", "with insurance", "insurance: yes", "including insurance"),
            },
        }
    ),
    stated=_stated,
)
