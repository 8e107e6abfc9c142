"""The words by which customers agree, refuse, hesitate and change their wish; consent.py weighs them."""

import re

from engine.reading.sentences import words

_OPENING = (
    r"^(?:(?:oh|ah|aha|um+|uh|hm+|hi|hey|hello|well|great|perfect|ok|okay|alright|all right|cool|awesome|nice|good|excellent"
    r"|wonderful|fantastic|amazing|thanks|thank you|thx|so|then|and|i see|got it|understood|lovely|wow|ja)\b[,.! -]*)*"
)
_FINE = (
    r"(?:good|great|fine|right|correct|perfect|ok|okay|alright|accurate|lovely|wonderful|excellent|acceptable"
    r"|what i (?:want|ask|need)\w*)"
)
_VERY = r"(?: all| just| absolutely| perfectly| exactly| totally| quite| very)?"
_FULL = r"(?! (?:to (?!me\b|us\b)|now|there|for|enough|about|news|idea|question|point|at)\b)"
_IT = r"(?:it|that|this|them|both|so|everything|all of (?:it|that|them|this))"

KINDLY = re.compile(
    r"\bno (?:problem|worries|rush|hurry|questions?|objections?|issues?|doubt|complaints?|further|other|more"
    r"|need to change|changes)\b[^,.;!?]*"
    r"|\bnot a problem\b|\b(?:do|did)(?:n't| not) mind\b|\bcan(?:'t|not) wait\b|\bnothing else\b[^,.;!?]*|\bnot at all\b"
    r"|\b(?:do|did)(?:n't| not) (?:see|have) (?:a problem|any (?:problem|issue|question|objection|concern)s?)\b[^,.;!?]*"
    r"|\bno,? (?:that's|that is|that'll be|that will be) (?:all|everything|it)\b|\b(?:is|are)(?:n't| not) (?:a problem"
    r"|an issue)\b"
    r"|\bdo(?:n't| not) need anything else\b|\b(?:don't|do not) worry\b|\bno need (?:to \w+|for)"
    r"|\bif (?:you (?:don't mind|please|can)|that matters|(?:at all )?possible|that helps)\b|\b(?:let me know|tell me|know) if\b"
)
"""Negations that refuse nothing."""

YES = re.compile(
    rf"{_OPENING}(?:yes+|yeah+|yea|yep|jep|yup|ya|aye|y|absolutely|definitely|certainly|of course|affirmative|agreed"
    rf"|confirmed?|approved"
    r"|by all means|for sure|sure thing|you bet|please do|correct|exactly|indeed|si|oui|okey dokey|deal|continue|roger(?: that)?"
    r"|granted|(?:ok|okay|fine|good|alright) (?:for|with|by|from) (?:me|my side|us))\b(?! (?:no|not)\b|\?"
    r"|,? i (?:understand|know|see|heard|get)\b)"
)
LAST_YES = re.compile(r"(?:[,;-] *|\bso )yes(?:,? please|,? thanks?|,? thank you)?[.!]*$")
"""A sentence that says yes, at its beginning or at its end."""

SHORT = re.compile(
    r"(?:(?:(?:i'm |i am |we're )?(?:100 ?% |absolutely |very |quite |totally |completely )?(?:sure|certain|positive)|go"
    r"|i (?:do|would|am|will)|we (?:do|would|are)|you (?:may|can|do|have it|have my yes)|it (?:is|does)|that is"
    r"|they are|they do)"
    r"(?:,? (?:indeed|please|thanks|thank you|very much|so much|yes|all))*)[.!]*"
)
"""What answers "May I?" or "Is that right?" with no word of agreement."""

GO = re.compile(
    r"(?:\b(?:go ahead|go for it|go on|proceed|please do|carry on|(?:i|we)'ll take (?:it|them|that|this)|you (?:can"
    r"|may) (?:start|begin)|(?:see|don't see|see no|any) (?:reason )?why not"
    rf"|(?:do|process|submit|finali[sz]e|complete|place|execute|confirm) {_IT}|let's (?:do|proceed|make|book)(?: (?:it"
    rf"|that|this|them|with|so|the)\b|[,.! ]*$)|let's (?:go ahead|go for|go with (?:it|that|this))"
    r"|make (?:it happen|it so|the changes?|th(?:at|is|ese|ose) changes?|the swap|the switch)"
    r"|i (?:hereby |do |can |fully )?(?:confirm|agree|accept|approve|consent|authori[sz]e)|(?:give"
    r"|giving) (?:you )?my (?:\w+ )?(?:consent|ok|okay|approval|yes|permission|go-ahead)"
    r"|you have my (?:\w+ )?(?:yes|ok|okay|go-ahead|permission|approval|consent|blessing)|green light|thumbs up"
    r"|get (?:it|that|this) done|pull the trigger"
    r"|(?:i'd|i would) (?:like|love) (?:that|to go ahead|to proceed|you to)|i want (?:that|to go ahead|to proceed"
    r"|you to)|ready to go|good to go|set it up|lock it in"
    r"|(?:submit|process|finali[sz]e|complete) the|(?:place|make) the (?:order|booking|switch|swap|change|exchange"
    r"|return|payment)"
    r"|cancel away|consider (?:this|it) my \w+|go-ahead (?:granted|given))\b|👍|✅)"
)
"""An order to do it."""

FITS = words(
    rf"(?:that|this|it|which|everything|all|all of (?:that|it)|those details|the details)(?: all)? (?:works?|sounds?"
    rf"|looks?|seems?|is|are|would be){_VERY} {_FINE}{_FULL}",
    rf"(?:that|this|it)'(?:s|ll be|d be){_VERY} {_FINE}{_FULL}|^that's it{_FULL}",
    r"(?:that|this|it|which)(?: all)? works(?: for me| well| great| fine| perfectly)?|works for me|suits me",
    rf"(?:sounds|looks) {_FINE}{_FULL}|sounds like a plan|(?:fine|good|okay|ok) (?:by|with) me",
    r"i'm (?:fine|good|okay|ok|happy|on board|all in) with (?:that|this|it|the|all)|all (?:correct|good|right)",
)
"""That it is right as it stands."""

NOT = words(
    r"don't|do not|not|never|won't|wouldn't|can't|cannot|couldn't|isn't|aren't|doesn't|rather than|instead of|before"
    r"|until|unless|if",
    r"whether|without|stop|why|should|what happens|once|when|shouldn't|hardly|wasn't|didn't|with (?:that|those|this|these)",
)
"""What turns round an order or a judgement that stands after it."""

WEAK = re.compile(
    r"^(?:(?:oh|ah|um+|uh|well|hm+)[,.! ]*)*(?:ok|okay|k|kk|alright|all right|sure|fine|right|great|perfect|cool|good|excellent"
    r"|awesome|wonderful|thanks|thank you|please|lovely|nice)\b"
)
ALONE = re.compile(
    r"(?:(?:oh|ah|well|and|ok|okay|k|kk|alright|all right|sure|fine|then|please|thanks|thank you|so much|a lot|very much"
    r"|perfect|great"
    r"|good|cool|that|i|appreciate it|you)[,.! ]*)+"
)
AGREES = words(r"ok|okay|k|kk|alright|all right|sure|fine|please")

NO = re.compile(
    r"^(?:(?:oh|ah|um+|uh|hm+|well|sorry|wait|actually|hold on|hang on|ok|okay|thanks|thank you)\b[,.! -]*)*"
    r"(?:no+|nope|nah|negative|never ?mind|stop|absolutely not|definitely not|of course not|certainly not|forget (?:it"
    r"|that|about it)"
    r"|not (?:now|today|yet|really|anymore|interested|with|for|at|like|unless|this time)|don't|do not|please (?:don't|do not))\b"
    r"|[,;-] *no[.!]*$|\bso no\b"
    r"|\b(?:never ?mind|forget (?:it|about|the)|too \w+ for (?:me|us)|changed my mind|no thanks?|no thank you"
    r"|not interested|rather not|hold off"
    r"|(?:leave|keep) (?:it|things|everything|them|that|the (?:order|reservation|booking)) (?:as|the way|alone|how|like)"
    r"|(?:i'd|i would|i'll|i will|i think i'll|let's|we'll|going to|gonna|i'm) (?:rather )?(?:keep(?:ing)? (?:it|them"
    r"|the|my|what|things|everything)"
    r"|leave it|pass(?:ing)?|hold off|not|skip|stay (?:in|on|with)|stick with (?:what|the original|my|it as))"
    r"|(?:don't|do not) (?:want|go ahead|do (?:it|that|this|anything)|proceed|cancel|change|touch|think (?:so|i want)"
    r"|need (?:it|that|this) any)"
    r"|decided (?:not|against|to keep|to \w+ instead)|i'm out|i decline|call it off|abort|scrap (?:it|that)|drop it|not worth it"
    r"|(?:isn't|is not|wasn't|was not|that's not|that is not|this is not|not) (?:what i|right|correct)|(?:is|that's"
    r"|that is) (?:wrong|incorrect)"
    r"|too (?:expensive|much|high|late|long))\b"
)
HEDGE = words(
    r"maybe|perhaps|possibly|probably|not (?:so |too |entirely |completely |totally |really |quite |100% "
    r"|fully )?(?:sure|certain|convinced|decided)",
    r"unsure|undecided|i (?:guess|suppose)|i might|might (?:be|want|have|as well)|on the fence|can't decide|torn|leaning"
    r"|i think so|kind of|sort of",
    r"let me (?:think|check|ask|see|talk|sleep|look|get back|consider|consult|discuss|double)|think (?:about|it over"
    r"|on it)|thinking about",
    r"(?:need|have|want|like) to (?:think|check|ask|talk|sleep|consider|consult|discuss|see|hear|know|understand|double-check)",
    r"give me (?:a|some|one|until)|(?:one|a|just a|1) (?:sec|second|moment|minute|min|bit)|hang on|hold on"
    r"|get back to you|sleep on it|not ready",
    r"wait (?:a|until|for)|up to you|whatever you|depends|depending|i don't know|dunno|idk|hesitant|hesitating|on second thought",
    r"having second thoughts|debating|in two minds|of two minds|better (?:check|double|ask|wait)|bear with me|could be"
    r"|(?:still )?waiting (?:on|for)|keep (?:it|that) open|hold (?:it|that|the fare)",
)
CONDITION = words(
    r"but (?:first|before|only (?:if|when|once|after)|can you first|could you first)|before (?:you|i|we|that|going|doing"
    r"|proceeding)",
    r"once (?:you|i|we|my|the|it)|as soon as|as long as|provided (?:that|you|it|the|we)|assuming|unless|until|only if"
    r"|only when|on (?:the )?condition|when you",
    r"if (?:more|less|any|you|it|that|this|the|there|i|we|my|so|not|possible|and only)|after (?:you|i|we)",
)
PUTS_OFF = words(
    r"but first|once you|before you|as soon as you|after you|only if|as long as|provided (?:that|you|it|the|we)|but .* first"
)
BUT = words(r"but|except|although|though|however|just not|other than|apart from")
OTHERS = re.compile(r"otherw|apart|than that|except|thing else|the rest|with th|almost|nearly|not quite|close")
OTHERWISE = re.compile(
    r"^(?:almost|nearly|not quite|close)\b|\b(?:otherwise|apart from that|other than that|except for that)[, ]*(?:it's "
    r"|that's |all |everything )*"
    r"(?:yes|fine|good|ok|okay|correct|right|perfect|go ahead|looks|is|what i (?:want|need|asked))\b"
    r"|\beverything else (?:is |looks |'s )?(?:ok|okay|fine|good|right|correct|perfect)\b|\bthe rest (?:is|looks|can"
    r"|should|stays)\b"
    r"|\bwith (?:that|those|this|these)(?: (?:fixed|changed|corrected|change|correction|changes|corrections))?, "
    r"|\bwith (?:that|this) (?:fixed|changed|corrected)\b"
)
"""Agreement with the rest, something being put right first."""
_MAKE = r"(?:make|change|use|add|put|do|get|have|send|switch|keep)"
CHANGE = words(
    r"instead|rather|actually|make (?:it|that|them)|change (?:it|that|the|them|my)|swap|switch|replace|different"
    r"|another one|remove|drop|skip|without",
    r"add (?:a|an|one|two|another|the|my|\d)|leave (?:out|off)|not the|only (?:the|my|for|one|that|this)|just the|except"
    r"|use (?:my|the|a)|prefer",
    rf"put (?:it|that|the \w+) on|charge (?:it|that|my)|pay with|can (?:we|you|i)(?: also| please)? {_MAKE}|could (?:we"
    rf"|you|i)(?: also| please)? {_MAKE}",
    r"i want|i'd like|i need|keep the|should be|needs to be|as well|also|the \w+ (?:inch|cm|one)",
    r"the other|but (?:on|in|with|to|at|from|for) (?:the|my|a)|second one",
)
INSTEAD = words(
    r"instead|rather|make (?:it|that|them)|not the|only the|just the|leave (?:out|off)|except|change (?:it|that|the|them|my)"
)
WISH = words(
    r"(?:i'd|i would) rather (?:have|get|take|go (?:for|with)|use|fly|book)|make (?:it|that|them)|(?:i'd"
    r"|i would) (?:like|prefer) the"
)
"""What is wanted in place of what was turned down."""
ONLY = re.compile(
    r"^(?:oh,? |actually,? |no,? )?(?:only|just) (?!\w+ (?:it|that|this|them)\b)(?:the|my|one|for|that|this|for|\w+)\b"
    r"|\bonly (?:the|my|for|one|that"
    r"|this|\w*\d\w*)\b|, not (?!that\b|sure\b|yet\b)(?:the |my |his |her )?\w+\b"
    r"|\b(?:for )?me alone\b|\bonly\b.*\b(?:leave|keep)\b"
)
"""A part of it only, or this and not that."""
ADDS = words(
    r"instead|rather|make (?:it|that|them)|change (?:it|that|the|them|my)|swap|replace|remove|drop|skip|add (?:a|an|one"
    r"|two|another|the|my|\d)",
    rf"(?:can|could) (?:we|you)(?: also| please)? {_MAKE}|leave (?:out|off)|use (?:my|the|a)|i(?:'d"
    rf"| would) (?:also )?(?:like|want|need)|i (?:also )?(?:want|need)",
    r"should be|needs to be|prefer",
)
"""What changes the proposal when it stands in a sentence beside a yes."""
POLITE = re.compile(rf"{_OPENING}(?:can|could|would|will) (?:you|we)\b")
ELSE = words(
    r"another|other|second|next|different|separate|else|after (?:that|this)|afterwards|then|later|once (?:that's|that is"
    r"|it's|this is) done|to know"
)
ECHO = words(
    r"cancel|book|return|exchange|send|change|update|switch|swap|add|charge|refund|ship|process|submit|upgrade|remove"
    r"|use|modify|set|reset|move|replace",
    r"order|buy|take|transfer|redirect|downgrade|put|issue|apply",
)
IMPERATIVE = re.compile(
    r"\b(cancel|book|return|exchange|send|change|update|switch|swap|add|charge|refund|ship|submit|upgrade|remove|modify"
    r"|reset|move"
    r"|replace|order|make|redirect|downgrade|issue|apply)"
    r"(?: (?:it|that|this|them|both|all|everything|the (?!rest)|my|me|us|him|her|please)\b|[,.! ]*$)"
)
LED = re.compile(
    rf"(?:{_OPENING}(?:(?:please|pls|plz|kindly|just|you can|you may|so|then|and|now)[, ]+)*|[,;] |- |\b(?:please|pls|plz"
    rf"|so|just) )$"
)
"""What stands before an order: nothing but courtesies, or the end of a clause."""
THING = re.compile(
    r"#?\b\w*\d[\w.,-]*|\b(?:visa|mastercard|amex|paypal|gift card|credit card|certificate|original (?:form of )?payment"
    r"|business|economy|insurance"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september"
    r"|october|november|december"
    r"|black|white|red|blue|green|yellow|purple|pink|gray|grey|brown|silver|gold|orange|small|medium|large|two|three|four|five)\b"
)
ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
SINCE = re.compile(r"\b100 ?%|\b(?:since|ago|in time for|back in|last) \w+")
FACT = re.compile(
    r"^(?:my|the|our|his|her|their|we|i|there|he|she|they)\b[^?]*(?:\b(?:is|are|was|were|moved|have|had|been|got|bought"
    r"|ordered|lives?|paid|called|lost|forgot)\b|'s |'ve )"
    r"|^(?:hi|hello|hey)\b|^\S+@\S+|^it's \S+@|^(?:good)?bye\b"
)
DATA = words(r"(?:provide|confirm the|choose|specify|let me know|what|which|reason)")
"""A proposal that asks for something besides a yes."""
WARM = words(
    r"good|great|fine|right|correct|perfect|works?|like|love|want|happy|wonderful|appreciate|ready|clear|settled|decided"
    r"|yes|agree|ok|okay|sure",
    r"i'm in|count me in|please|deal|go|sold|done|way|better|best|wait|glad|all|thanks|that|this|it|you|need|excited|set"
    r"|confirm\w*|permission|consent|approval",
)
CHOOSES = words(
    r"(?:i'll|i will|i'd|we'll|let's|i want to|i would like to|i'd like to) (?:go|take|use|have|book)|go with|option \d"
    r"|(?:first|second|third|last) (?:option|one)|proceed"
)
"""What may settle what was proposed without a word of agreement."""
RHETORIC = words(r"what are you waiting|why wouldn't|how could i|who wouldn't|what more")
WHICH = re.compile(
    r"\b(?:which|what|how would you like|where should|how many)\b[^?]*\?|\b(?:let me know|tell me|provide"
    r"|specify) (?:which|what|how|the payment|your payment|a payment)\b"
)
PAYMENT = words(
    r"visa|mastercard|amex|paypal|gift cards?|credit card|certificates?|original (?:form of )?payment|payment method|card ending"
)
LOOKS = words(
    r"(?:go ahead|proceed) (?:with|and|to) (?:calculat|check|look|search|find|see|tell|show|giv|provid|comput)\w*",
    r"yes,? (?:and )?(?:please )?(?:can you |could you )?(?:check|look|find|search|see|tell|show|transfer|help|explain|send me)",
)
"""Leave to look something up, not to do it."""
ASKING = re.compile(r"(?:do|does|did|is|are|was|will|would|can i|could i|may i|should|what|why|when|where|which|who|how)\b")
APOSTROPHES = re.compile(r"\b(that|what|there|let)s\b|\b(don|can|won|isn|doesn|didn|wouldn|couldn|shouldn)t\b|\bim\b")
EXTRA = words(
    r"also|too(?! (?:kind|much|long))|as well|only|alone|except|besides|plus|another|additional\w*|extra|without|minus"
    r"|apart|half|part of",
    r"stays?|keep|leave|skip|drop|swap|rather|same time|same (?!for|with)\w+|first|question|ask|hello|wonder\w*|curious|actually",
    r"with (?:one|two|three|four|five|\d+|an?|my other|the other)|(?:and|then|but) (?:put|add|use|charge|send|have|throw"
    r"|include)",
)
"""What may add something to a proposal, or take from it, beside a yes."""
_WHOLE = (
    r"(?:that|this|it|these|those|all|both|everything|us|now|sure|your|proceed|go|do|\w+ing|option|me(?=[,.!]|$)"
    r"|the (?:whole|order|return"
    r"|exchange|cancell?ation|refund|changes?|booking|reservation|upgrade|update|modification|switch|swap|address|payment|plan"
    r"|proposal|rest|details|transaction|flights?|trip|process|submission|purchase|new|request|price|total|amount|cost|fee|charge"
    r"|difference|same|\w+ class|gift card|credit card|card|certificate))"
)
PART = re.compile(
    r"\b(?:yes|yeah|yep|ok|okay|sure|fine|agreed|confirmed|go ahead|proceed|do (?:it|that|this)|go)(?: please)?,?"
    rf" (?:for|on|to|with) (?!{_WHOLE}\b|flight\b|my (?:gift|credit|card|visa|paypal|amex))|\bfor (?:me|him|her|one"
    rf"|myself)(?: \w+)? only\b"
)
"""Perhaps a part of the proposal: "yes for the lamp"."""
SAME = words(
    r"same|this (?:order|return|reservation|booking|exchange|one)|that (?:order|return|reservation|booking|exchange|one)"
)
MURMURS = words(
    r"next time|hope\w*|wish|would have|i'd have|should have|prefer(?:red)?|annoy\w*|hurry|quick\w*|fast|soon|disappoint\w*"
    r"|not (?:happy|thrilled|great)|ok(?:ay)?[.!]*$|fine[.!]*$"
)
"""A "but" that only complains."""
ASSENT = words(
    r"yes+|yeah|yea|yep|yup|sure(?! (?:about|if|whether|yet))|ok|okay|k|alright|fine|agreed?|agree|approved?|confirm(?:ed)?"
    r"|accept(?:ed)?"
    r"|go ahead|go for it|proceed|do (?:it|that|this|so)|please do|deal|perfect|works|(?:please|pls|just) \w+ (?:it|them"
    r"|that)|set it up"
)
"""Words of agreement, wherever they stand."""
REQUEST = words(
    rf"(?:can|could|would|will) (?:you|we|i)(?: also| please| just)? (?:{_MAKE}|only|just|cancel|return|exchange|book)"
)
