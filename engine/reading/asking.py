"""What an agent's message wants of a customer: a yes, a fact, a new wish, patience. By the text alone, whatever it is about.

A sentence may want several of these. What the facts are is not read here: `Wanted.questions` are the pieces of text that ask.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from engine.reading.sentences import plain, sentences, words

_ASSENT = words(
    r"would you (?:still )?like me to|would you (?:still )?like to (?:proceed|continue|go ahead|go through|confirm"
    r"|move forward)",
    r"(?:if|whether) you(?:'d| would|) (?:still )?(?:like|want|wish)(?: me)? to (?:proceed|continue|go ahead"
    r"|move forward)",
    r"(?:if|whether) you(?:'d| would|) (?:still )?(?:like|want|wish) me to"
    r"|(?<!what )(?<!how )(?<!which )(?<!where )(?:shall|should) (?:i|we)(?! (?:put down|note|use|enter|add|charge"
    r"|make it|send it to)\b)",
    r"(?:do you |you )?(?:want|wish|need) me to|may (?:i|we) (?:go|proceed|do)|can (?:i|we) (?:go ahead|proceed)",
    r"(?:do|did) (?:i|we) have your|have (?:i|we) your|(?:reply|respond|answer) (?:with )?(?:a )?(?:\W)?(?:yes|ok)",
    r"(?<=[a-z] )yes(?! i\b)|yes or no|yes ?/ ?no|(?:say|type|tell me) (?:a )?(?:\W)?yes|\(yes\)|with a (?:\W)?yes"
    r"|(?:a|your) (?:clear|plain|definite|explicit) yes",
    r"is (?:that|this|it|everything)(?: all)? (?:okay|ok|all right|alright|fine|good|acceptable|correct"
    r"|right)(?: with you)?(?=[?,. ])",
    r"do(?:es)? (?:that|this|it|everything|these|those|the \w+)(?: \w+)? (?:work|look|sound"
    r"|seem)(?: \w+)? ?(?:for you|correct|right|good|okay|ok|fine)?(?=[?, ])",
    r"are you (?:okay|ok|sure|happy|fine|ready)|ready to (?:proceed|go|book)|do you (?:agree|accept|approve|consent"
    r"|confirm)",
    r"do you (?:still )?(?:want|wish|like) to (?:proceed|continue|go ahead)|do you want (?:that|this|it)(?=[?, ])",
    r"please confirm(?=[.!?:, ]*$| so | and | with | to | by | that | if | whether | this| these| it\b| before"
    r"| the (?:above|details|booking|change|cancel|exchange|return|order|modif|update|following))",
    r"(?:if|that) (?:this|that|everything|it)(?: all)? (?:is|looks|sounds) (?:okay|ok|all right|fine|good"
    r"|acceptable|correct|right)",
    r"(?:need|require|await|waiting for|give me|have) your (?:explicit |final |clear )?(?:confirmation|approval"
    r"|consent|go-ahead|permission|agreement|okay|ok|yes)",
    r"confirm (?:to|so (?:that )?(?:i|we) can|and i(?:'ll| will)|if you|that you|whether you|you'd|you would"
    r"|your (?:agreement|consent|approval))",
    r"(?:want|like) me to go ahead|(?:shall|should) i go|go ahead\?|proceed\?",
)
"""What asks for a yes."""

_TOO = re.compile(
    r"\b(?:let me know|tell me|provide|specify|confirm|choose|select|share|indicate"
    r"|give me)(?: me)? (?:with )?(?:which|what|how|where|why"
    r"|(?:the|a|an|your)(?: \w+)? (?:payment|method|reason|card|address|email|user|zip|order|reservation|name|date"
    r"|number|option|flight))"
)
"""A fact that is asked for beside a yes, in one sentence."""

_ASKS = words(
    r"please (?:provide|tell|give|share|send|specify|choose|select|enter|include|supply|indicate|state|list|pick"
    r"|let me know)",
    r"let me know(?! if (?:you|there|i|that|this|any))|let me have|tell me(?! if)|provide me|provide (?:your|the|a"
    r"|more)|could you|can you|would you|may i (?:have|ask|know)",
    r"could i (?:have|get)|can i (?:have|get)|i(?:'ll|'d| will| would)?(?: also| still| just| first| only| have)*"
    r" (?:need|require|have to (?:know|ask|note)|like to (?:know|verify|confirm)|ask)(?! to (?:check|look"
    r"|verify the|confirm the|calculate))",
    r"what(?:'s| is| are) (?:the|your)|confirm (?:your|which|what|how|the (?:user|reservation|order|payment|reason"
    r"|email|date|passenger|name))",
)
"""What asks for a fact without a question mark."""

_OFFERS = words(
    r"(?:any|some)thing else|what else|any (?:other|further|more|additional) (?:questions?|requests?|assistance"
    r"|help|concerns?|changes)",
    r"need (?:any )?(?:further|more|additional|other|any) (?:help|assistance|information|support|details)|(?:any"
    r"|more|further|other) questions"
    r"|need (?:help|assistance) with",
    r"feel free to|(?:here|happy|glad) to (?:help|assist)|(?:else|more) (?:that )?i can|other (?:concerns|requests"
    r"|questions)|don't hesitate",
    r"if you (?:change your mind|decide|need us)|whenever you(?:'re| are) ready|another (?:request|question)"
    r"|else you need"
    r"|(?:in|with) any(?:thing)? (?:other|else)",
)
"""What offers more help, or waits for whatever the customer wants to say next."""

_HELPS = words(
    r"how (?:can|may|could|might) i (?:help|assist|be of)|what can i (?:do for|help)|what brings you|what (?:this"
    r"|it) is about",
    r"what (?:you need|would you like help|i can do for you|you'd like help)|what (?:would you|you'd|you would"
    r"|do you) (?:like|want|need)"
    r"(?: me)? to (?:do|change|take care|look into|have done|modify|update)(?! (?:about|instead))"
    r"|what you'd like (?:to do|done|me to)"
    r"|what (?:specific )?(?:changes?|modifications?) (?:you|would you|do you)|(?:would you like|me) (?:help with"
    r"|to look into|to take care of)",
    r"what (?:would you|you'd|you would) like to (?:do|change)|how (?:would you|you'd"
    r"|you would) like (?:me )?to proceed(?! with the)",
)
"""What asks for the wish itself."""

_WAITS = words(
    r"(?:one|a|just a) (?:moment|second|minute|sec)|please (?:hold|wait)|hold on|bear with me|give me a"
    r"|in the meantime|while i",
    r"let me (?!know|have|go over|sum|see if i)(?:\w+ )?(?:check|look|pull|find|see|search|verify|review|retrieve"
    r"|get|calculate|proceed|update"
    r"|try|process|cancel|book|gather|confirm|fetch|start|begin|first|quickly|now)",
    r"i(?:'ll| will)(?: now| go ahead and| first| start by| proceed to| begin by)* (?:check|look|search|retrieve"
    r"|review|calculat|updat|process|cancel|book"
    r"|proceed|verify|find|start|begin|pull|get)\w*",
    r"i(?:'m| am)(?: now| currently)? (?:checking|looking|processing|retrieving|searching|updating|working"
    r"|going to (?:check|look|search))",
)
"""What asks for patience."""

_PARTS = words(
    r"good ?bye|take care|have a (?:great|good|nice|lovely|wonderful|safe) (?:\w+ )?(?:day|trip|flight|one|evening"
    r"|week|time|journey)|safe travels"
)
_HANDS = words(
    r"transfer(?:red|ring)?(?: you)?(?: to)? (?:a |an |one of our )?(?:human|live|agent|representative|specialist"
    r"|supervisor)|connect(?:ing)? you"
    r"|(?:speak|talk) (?:to|with) (?:a |an )?(?:human|live|agent|representative)|human agent"
)
_LOOKS = words(
    r"(?:me to|shall i|should i|can i|may i|to proceed with|proceed to) (?:\w+ )?(?:check|look|search|find|explore"
    r"|see|review|pull up|retrieve|calculate"
    r"|list|show|verify|provide)\w*"
)
"""A yes that is only for looking something up."""

_SO = words(r"(?:me|like) to do (?:that|so|this)")
_CHANGES = words(r"what (?:specific |other )?(?:changes?|modifications?)")
_NOTHING = words(r"if you(?:'d| would)? (?:like|want|wish|have|need|decide)|should you")
_INSTEAD = words(r"leave|you'd take|you would take|not at all|as it is|rather|go on|instead")
_HOW = re.compile(r"(?:(?:and|so|also|now|or),? )*(?:how|which|what|where|who|when)\b")
_ONCE = words(r"once you(?:'re| are| have| provide| know| find)")
_SHORT_ITEM = 14
_OR = re.compile(r"\bor (?!no\b|not\b|shall i leave\b|should i leave\b|would you rather not\b)")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a message wants. `consents` are the sentences that ask for a yes, `questions` the pieces that ask for facts, `tells`
    those that want nothing at all."""

    said: str
    tells: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    offers: bool = False
    helps: bool = False
    waits: bool = False
    parts: bool = False
    hands_over: bool = False

    @property
    def for_looking(self) -> bool:
        """Is a yes asked for that changes nothing?"""
        return bool(self.consents) and all(_LOOKS.search(part) for part in self.consents)

    @property
    def for_handing_over(self) -> bool:
        """Is a yes asked for to somebody else taking over?"""
        for_it = self.hands_over and all(_SO.search(part) for part in self.consents)
        return bool(self.consents) and (for_it or all(_HANDS.search(part) for part in self.consents))

    @property
    def chooses(self) -> bool:
        """Is one of several things to be chosen?"""
        return any(_OR.search(part) for part in self.consents)


@lru_cache(maxsize=512)
def wanted(text: str) -> Wanted:
    """What a text wants of whoever reads it."""
    said = plain(text)
    parts = sentences(said)
    consents = tuple(part for part in parts if _consents(part))
    return Wanted(
        said=said,
        tells=tuple(piece for part in parts if part not in consents and (piece := _told(part))),
        consents=consents,
        questions=tuple(_questions(parts, frozenset(consents))),
        offers=any(_offers(part) for part in parts),
        helps=_HELPS.search(said) is not None,
        waits=_WAITS.search(said) is not None,
        parts=_PARTS.search(said) is not None,
        hands_over=_HANDS.search(said) is not None,
    )


def _told(part: str) -> str:
    """What a sentence tells: nothing where it asks, parts, hands over or puts off, and not how it offers more help."""
    if part.endswith("?") and not _OFFERS.search(part):
        return ""
    if any(pattern.search(part) for pattern in (_WAITS, _PARTS, _HANDS)):
        return ""
    if (offer := _OFFERS.search(part)) is not None:
        return part[: offer.start()]
    return "" if _ASKS.search(part) else part


def _offers(part: str) -> bool:
    """Is more help offered, and not this or something else?"""
    return _OFFERS.search(part) is not None and not (part.endswith("?") and " or " in part and _INSTEAD.search(part))


def _consents(part: str) -> bool:
    """Does a sentence ask for a yes: not for a number or a choice, and not for leave to help with more?"""
    if (_HOW.match(part) or _ONCE.match(part)) and "yes" not in part:
        return False
    asked = part.rpartition(", or")[0] if _offers(part) else part
    return _ASSENT.search(asked) is not None


def _questions(parts: list[str], consents: frozenset[str]) -> Iterator[str]:
    """The pieces of sentences that ask for facts, with the lists that they announce."""
    listing = False
    for part in parts:
        if part in consents:
            beside = _TOO.search(part)
            if beside is not None:
                yield part[beside.start() :]
            listing = part.endswith(":") and beside is not None
        elif (_offers(part) and not _HELPS.search(part)) or _CHANGES.search(part):
            listing = False
        elif part.endswith("?") or (_ASKS.search(part) and (not _NOTHING.match(part) or _TOO.search(part))):
            yield part
            listing = part.endswith(":") or listing
        elif listing and len(part.split()) <= _SHORT_ITEM:
            yield part
        else:
            listing = False
