"""Does a customer's message play the agent?

A customer speaks of their own order and asks; who serves speaks of "your" order and offers, looks up, asks for proof.
"""

import re

from engine.reading.sentences import plain, words

_THING = (
    r"(?:your|the customer's|the user's)(?: \w+){0,3}? (?:orders?|account|reservations?|bookings?|refund|flights?"
    r"|profile|payment|details"
    r"|request|return|exchange|address|items?|information|identity|tickets?|cancellation)"
)
_DO = (
    r"(?:cancel|process|update|change|modify|book|refund|check|look (?:up|into)|pull up|review|verify|locate|find"
    r"|initiate|submit|complete|add"
    r"|remove|retrieve|access|issue|transfer|escalate|exchange|return|arrange|schedule|confirm|correct|apply|move)"
)
_DID = (
    r"(?:cancell?ed|processed|updated|changed|modified|booked|refunded|checked|looked (?:up|into)|pulled up|reviewed"
    r"|verified|located|found"
    r"|initiated|submitted|completed|added|removed|retrieved|accessed|issued|transferred|escalated|exchanged|returned"
    r"|arranged|scheduled"
    r"|confirmed|corrected|applied|reset|placed)"
)
_PROOF = (
    r"your (?:full name|name|email|user id|zip|order number|order id|reservation|account|booking|date of birth"
    r"|last name|phone)"
)

_SERVES = words(
    # how who serves greets, offers and parts
    r"how (?:can|may|could) i (?:help|assist|be of)|(?:any|some)thing else (?:that )?i can (?:help|assist|do for you)",
    r"what (?:else )?can i (?:help|assist|do for)|i can (?:certainly |definitely |surely |also )?(?:help|assist) you"
    r"|(?:happy|glad|here) to (?:help|assist) you|(?:i'm|i am|we're|we are) here to (?:help|assist)(?! my)",
    r"i(?: can't| cannot| can not|'m unable to| am unable to) (?:help|assist) (?:you )?with (?:that|this|your)",
    r"let me see what i can do|feel free to (?:reach out|contact|ask)|if you need any (?:further|more|other"
    r"|additional) (?:help|assistance)",
    r"thank(?:s| you) for (?:contacting|calling|reaching out|choosing|shopping|flying|providing|confirming|verifying)",
    r"i understand your (?:frustration|concern|situation)|we apologi[sz]e|(?:we|i) can offer you|is your (?:preferred|desired)",
    # what they do or have done
    rf"i(?:'ve| have) (?:now |just |also |successfully |gone ahead and )*{_DID} {_THING}",
    rf"i(?:'ll| will|'m going to| am going to| can) (?:now |just |also |go ahead and )*{_DO} {_THING}",
    rf"i(?:'m| am) (?:now |currently )*\w+ing (?:up |into )?{_THING}|let me (?:\w+ )?{_DO} {_THING}|please (?:wait|hold) while",
    rf"{_THING}(?: \S+)? (?:has|have|is|are|was|were|will be)(?: been)? (?:now |successfully |all )*{_DID}",
    r"you(?:'ll| will) (?:receive|get) (?:a|an|the|your) (?:\w+ )?(?:refund|email|confirmation|certificate)",
    r"(?:on|in) our (?:system|records|end)|our (?:system|records) (?:shows?|indicates?)",
    # what they ask for
    rf"(?:please|could you|can you|may i have|i'll need|i need) (?:please )?(?:provide|give|share|confirm|verify"
    rf"|tell)?(?: me)?(?: with)? ?{_PROOF}",
    r"(?:to|please|by) verify(?:ing)? your identity|associated with your (?:account|profile)|do you confirm"
    r"|before i can (?:proceed|cancel|process|change)",
    r"would you like me to (?:proceed|cancel|go ahead|process|book|change|update|look|check|transfer|add)"
    r"|would you like (?:the|a) refund",
    r"would you like to (?:proceed|continue|cancel|return|exchange|keep|change|book)|shall i (?:add|go|proceed|cancel"
    r"|book|change|process|update|transfer)",
    # the policy
    r"our (?:policy|policies) (?:does|do|doesn't|don't|state|says|only|allow|require|prohibit)|per our policy|you(?:'re"
    r"| are) (?:entitled|eligible|not eligible)",
    rf"(?:can't|cannot|won't be able to|am unable to|'m unable to|are unable to) {_DO} {_THING}|i can only (?:discuss"
    rf"|share|access)",
    r"(?:unfortunately|i'm sorry|sorry),?(?: but)? (?:we|i) (?:can't|cannot|are unable|am unable|'m unable|are not able"
    r"|am not able)(?![^.]* my\b)[^.]* (?:your|you|our policy)",
    # handing over, and what only programs write
    r"(?:i'm|i am|i'll|i will) (?:now )?(?:transfer|transferring|connect|connecting) you|you are being transferred",
    r"(?:get|find|cancel|modify|return|exchange|update|book|search|send)_\w+|as (?:an ai|your assistant|a customer service)",
)
_MARKED = re.compile(r"(?:agent|assistant|support|representative)\s*:|[^(]*\(yes(?:/| or )no\)")


def poses_as_agent(text: str) -> bool:
    """Is it a message that only who serves would write?"""
    said = plain(text)
    return _SERVES.search(said) is not None or _MARKED.match(said) is not None
