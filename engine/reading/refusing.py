"""Does an agent's message turn something down, and for which reason?

A sentence certainly refuses, possibly, or not at all. What possibly does is unsure: nothing passes by silence, and nobody is
rejected for an odd wording.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from engine.reading.reasons import reason
from engine.reading.sentences import plain, sentences, words
from servers.rules import Rule

_CUE = words(
    r"can't|cannot|can not|can no longer|could not|couldn't|unable to|not able to|isn't able|aren't able|won't be able"
    r"|wouldn't be able|impossible",
    r"not (?:be )?possible|isn't possible|won't be possible|no longer (?:possible|eligible|available|allowed|an option)"
    r"|isn't an option|not an option|out of the question|no can do",
    r"have to (?:say no|decline|refuse|turn)|must (?:decline|refuse)|(?:has|have) to be (?:declined|refused)|rules? (?:it"
    r"|that|this) out|i decline|decline this|decline that|turn (?:this |that "
    r"|it )?down|off the table|too late|so no",
    r"isn't a reason|is not a reason|isn't one of|is not one of|no reason to|nothing to (?:change|swap)"
    r"|nothing (?:that )?(?:i|we) (?:can|could)|nothing from",
    r"(?:not|isn't|aren't) (?:allowed|permitted|eligible|entitled|available|covered|refundable|provided|offered|accepted"
    r"|something (?:i|we))|no way (?:to|for|around)",
    r"(?:don't|do not|doesn't|does not|won't) (?:allow|permit|let|accept|offer|support|cover|qualify|meet|work)"
    r"|ineligible|unavailable|out of stock|sold out",
    r"(?:we|i) (?:don't|do not) (?:compensate|refund|offer|do|sell|carry|provide|make|give|take)|out of (?:reach"
    r"|my hands)|only able to",
    r"(?:against|outside)(?: of)? (?:our|the|my) (?:policy|rules)|non-?refundable|prohibit\w*|forbid\w*|no exceptions?",
    r"(?:i'd|i would|we'd|i) (?:love|have loved|have liked|like|wish)\b[^.]*\bbut",
)
_WEAK = words(
    r"(?:can|could) only|only (?:with|for|when|while|if)|another account|different account|(?:don't|do not) (?:have|see)",
    r"there's no|there is no|there are(?: \w+)? no|there isn't|there aren't",
)
"""Cues of other sentences too: in a message that is sorry about it they are certain."""
_SORRY = words(r"unfortunately|i'm afraid|i am afraid|regret\w*|sorry(?=,| but| to say| to tell)")
_MARK = words(
    r"\w*n't|(?:don|doesn|can|won|isn|aren|wouldn|couldn|wasn|didn|hasn|haven)t|not|no|nope|none|nor|neither|never|nothing"
    r"|nobody|nowhere|without|cannot|unable|impossible|non-\w+|non(?:refund|change|transfer|return)\w+|in(?:eligible|valid"
    r"|sufficient)|un\w+able|hardly|barely|fail\w*",
    r"declin\w*|refus\w*|den(?:y|ied|ies)|reject\w*|rul(?:e|es|ed|ing)|against|polic(?:y|ies)|prohibit\w*|forbid\w*"
    r"|prevent\w*|restrict\w*|allow\w*|permit\w*|block\w*|exclu\w+|lock\w*|bars?|barred|conditions?|criteria|require\w*"
    r"|eligib\w+|entitled|qualif\w+|turn(?:ing|ed)? (?:\w+ ){0,3}down",
    r"unfortunately|sadly|afraid|sorry|regret\w*|apolog\w*|i wish|(?:i'd|i would|we'd|we would) (?:love|like|have)|bad news"
    r"|shame|pity",
    r"only|unless|until|except\w*|instead|rather|however|but|although|though|alternativ\w+|otherwise|just|even|still|already|yet",
    r"too|closed|stays?|stuck|fixed|final|gone|over|out of|past|expired|off|left|shipped|dispatched|limit\w*|max|maximum"
    r"|at most|up to|more than"
    r"|exceed\w*|beyond"
    r"|must|(?:has|have|had|needs?|would need) to|(?:has|had) been|reserved|sold|full|taken|same|differ(?:ent|s)?|identical"
    r"|supposed to",
)
"""Any word by which anybody could refuse or give the reason."""
_FORMULA = re.compile(
    r"\byes or no\b|\byes ?/ ?no\b|\by ?/ ?n\b|\bno (?:problem|worries)\b|\bwould have to\b(?=.*\?)|\b(?:do not|don't) hesitate\b"
)
_KIND = words(
    r"no (?:problem|worries|charge|cost|fee|extra|additional|need|rush|hurry)|(?:don't|do not) (?:worry|hesitate|need to"
    r"|have to)|not a problem|isn't a problem|(?:not|isn't|never) too late",
    r"won't (?:be charged|cost|need|have to|lose)|(?:can't|cannot|can not) (?:go wrong|thank|wait|stress|recommend)"
    r"|couldn't be (?:any )?\w+(?:er|ier)|not at all",
    r"nothing (?:to pay|else)|sorry (?:for|about|to hear|you|that you|to keep)|apologi\w+|no longer (?:need|want)\w*"
    r"|(?:a pity|a shame|sorry) that you (?:can't|cannot)",
)
_SEEKS = words(r"find|locate|see|verify|access|open|look up|pull up|identify|confirm|tell|read|reach")
_ASKS = re.compile(
    r"(?<!else)(?<!else i can help with)\?|\b(?:please (?:provide|tell|give|share|confirm|check (?:the|it)|double"
    r"|verify)|could you|can you|double-check|let me know (?!if)|tell me|what is|what's)\b|\bi(?:'ll| will)? need\b"
)
_UNTIL = words(r"without (?:your|the|a|an|knowing|first)|until (?:you|i|we)|before (?:you|i|we)|unless (?:you|i)")
_LATER = words(r"once|after(?:wards)?|later|undone|reversed|again|from then on|if you|back")
_FOREWARNS = words(
    r"keep in mind|just so you know|please note|note that|be aware|before you decide|remember that|mind that|heads-up"
)
_PASSES = words(r"immediately|right away|yet|instantly|at once|for a moment|at first")
_OTHERWISE = re.compile(r",? but (?:with|if|once|after|there|you could|by)\b|\bhowever\b|\bwhich means you (?:may|can)\b")
_QUOTES = words(r"say|says|said|saying|told|claim\w*|thought|wrong|whether|if")
_WAS = re.compile(r"\b(?:been|was|were) $")
_PAST = ("could not", "couldn't")
"""What was once so, or is what somebody else says."""
_NOW = words(r"can't|cannot|can not|unable to|not able to|won't be able")
_AGENT = words(r"i|we|i'm|we're")
_YOU = re.compile(r"\byou(?:'re| are)? (?:also )?$")
_PROPOSES = re.compile(
    r"\b(?:would you (?:still )?like(?! [^?]*\b(?:instead|else|other|another|different))|shall i|should i|do you want"
    r"|please confirm|yes or no|reply with|say yes|with a yes|do i have"
    r"|is that (?:okay|ok|still|all right|right)|do you agree)\b|\((?:yes|y)\b|(?:go ahead|proceed)[^.?]*\?"
)
_MORE = words(r"(?:any|some)thing else|what else|more")
_INSTEAD = words(r"however|alternatively|instead(?! of)")
_OFFERS = words(
    r"anything else|something else|instead|other|another|different|alternative\w*|help|human|transfer|rather|still|any questions"
)


def refusals(text: str) -> Iterator[str]:
    """Every sentence that turns something down, with the two before and after it: the reason often stands there."""
    said = plain(text)
    return _certainly(parts := sentences(said), _weights(said, parts))


def refuses(text: str, rules: Sequence[Rule] = (), due: str | None = None) -> Literal["yes", "no", "unsure"]:
    """Does it refuse for the rule `due` of these, and for no other? For any reason where that is None.

    "no" only of a text without any word by which somebody could refuse.
    """
    said = plain(text)
    if not _may_refuse(said):
        return "no"
    near = list(_certainly(parts := sentences(said), _weights(said, parts)))
    if due is None:
        return "yes" if near else "unsure"
    return "yes" if near and {reason(each, rules) for each in near} == {due} else "unsure"


def _may_refuse(said: str) -> bool:
    negated = "n't" in said or " not " in said
    return negated or (_MARK.search(said) is not None and _MARK.search(_FORMULA.sub(" ", said)) is not None)


def _certainly(parts: list[str], weights: list[int]) -> Iterator[str]:
    return (" ".join(parts[max(place - 2, 0) : place + 3]) for place, weight in enumerate(weights) if weight == _CERTAIN)


def _waits(last: str) -> bool:
    """Does a message end with a question that has to be answered, and is no offer of something else?"""
    return (last.endswith("?") or _ASKS.search(last) is not None) and _OFFERS.search(last) is None


_CERTAIN = 2
_POSSIBLE = 1


def _weights(said: str, parts: list[str]) -> list[int]:
    """For each sentence whether it certainly turns something down, possibly, or not at all; no questions do."""
    if not any(cue.search(said) for cue in (_CUE, _WEAK, _SORRY)):
        return []
    proposes = _PROPOSES.search(said) is not None and _INSTEAD.search(said) is None
    return [0 if part.endswith("?") else _weight(parts, place, proposes) for place, part in enumerate(parts)]


def _weight(parts: list[str], place: int, proposes: bool) -> int:
    """Not at all: what is missing or would come later. Possibly: what passes, goes another way, stands beside a proposal."""
    part = _KIND.sub(" ", parts[place])
    sorry = _SORRY.search(part) is not None
    found = _CUE.search(part) or _WEAK.search(part)
    if found is None:
        return _POSSIBLE if sorry and not _waits(parts[-1]) else 0
    asks = any(_ASKS.search(each) and not _MORE.search(each) for each in parts[place : place + 2])
    missing = (
        _UNTIL.search(part) or found[0] in ("don't have", "do not have") or _SEEKS.search(part, found.end(), found.end() + 25)
    )
    if missing and asks:
        return 0
    if not sorry and _LATER.search(part) and (proposes or any(map(_FOREWARNS.search, parts[max(place - 1, 0) : place + 1]))):
        return 0
    if missing and _UNTIL.search(part):
        return _POSSIBLE
    cues = chain([found], _CUE.finditer(part, found.end()), _WEAK.finditer(part))
    return _CERTAIN if any(_certain(part, cue, sorry, proposes) for cue in cues) else _POSSIBLE


def _quoted(part: str, found: re.Match[str]) -> bool:
    """Was it once so, or does somebody else say it?"""
    past = found[0] in _PAST and _SEEKS.match(part, found.end() + 1) is None
    return past or any(cue.search(part, 0, found.start()) is not None for cue in (_QUOTES, _WAS))


def _certain(part: str, found: re.Match[str], sorry: bool, proposes: bool) -> bool:
    """Can the words mean nothing else?"""
    agent = _AGENT.search(part, 0, found.start() + 3) is not None
    if _FOREWARNS.search(part) or _quoted(part, found):
        return False
    if _PASSES.search(part) and not (agent and _NOW.fullmatch(found[0])):
        return False
    if (_NOW.fullmatch(found[0]) and _YOU.search(part, 0, found.start())) or (_WEAK.fullmatch(found[0]) and not sorry):
        return False
    if proposes and not (sorry or agent):
        return False
    return _OTHERWISE.search(part, found.end()) is None or agent
