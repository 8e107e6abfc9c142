"""Words that a new wording may always have: they make sentences and courtesies, and say nothing of a matter.

Whatever else a wording says has to stand in the message that it words, or in some wording that the phrases have for its acts.
"""

_SENTENCES = """
a about again ain all am an and any anybody anyone anything apart are aren around as at away be because been before being
between both but by can cannot could couldn did didn do does doesn doing don each either else enough ever every everyone
everything exactly few for from get getting give giving go goes going gonna gonna gotta got had hadn has hasn have haven having
he her here hers him his how however i if in indeed instead into is isn it its itself just last later less let lets like ll
lot lots make makes making many may maybe me might mine more most much must my myself need needed neither next no nobody none
nor not nothing now of off on once one ones only onto or other others our ours out over own per perhaps quite rather re really
same say saying says she should shouldn since so some somebody someone something sort still stuff such than that the their
them then there these they thing things this those though through till to together too toward under until up upon us use used
using ve very via wanna want wanted wants was wasn way we well went were weren what whatever when whenever where whether which
while who whole whom whose why will with within without won would wouldn yet you your yours yourself
"""
_COURTESIES = """
absolutely afraid afternoon ah ahead ahh alright apologies apologize appreciate appreciated assist assistance awesome bear bit
bye care case cause certainly chance cheers clear clearly come cool correct could course currently day days'end dear definitely
delighted evening excellent exactly fair fantastic favor feel fine glad good goodbye gladly gotcha grateful great greetings ha
hand happy hate have hello help helped helpful helping helps hey hi hm hmm hold hope hoping ideally kind kindly look looking looks
lovely luck madam moment morning much nice no noted oh ok okay okey one oops pardon patience perfect perfectly please pleased
pleasure possible pretty quick quickly regret right roger simple simply sir sorry sound sounds sure sweet take taking thank
thanked thankfully thanks thats thx time today totally touch trouble truly ty understand understandable understanding understood
unfortunately very weekend welcome well wish wonderful worries worry wow yeah yep yes yup bother bothering gonna lemme u ur pls
plz hiya folks please'n alas anyway anyways actually basically honestly kinda literally
"""
_TALK = """
according account add ask asked asking answer back begin below best better bring brings bringing call called chat check checked
checking choice choose come comes confirm confirmation confirmed confirming consider continue contact decide detail details double
easy exact explain explained fact figure find finding follow following follows forward found full fully given glance guess
handle handled happen happens happening hear heard idea include including info information issue item items just keep know
known leave let line list listed matter mean means mention mentioned message name news note number numbers open opened option
options order orders pass plan pick place please point prefer proceed put question questions quick reach ready reason recap
record records reply request requested respond reservation reservations booking run see seem seems seen send set share short
show shown shows side situation sort sorted specific spot start started stay step straight summary suit system talk tell
telling think thought through told total try turn turns type understand updating verify wait wonder wondering word words work
works write writing wrote
"""

ALWAYS = frozenset(f"{_SENTENCES} {_COURTESIES} {_TALK}".split())
