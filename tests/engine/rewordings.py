"""Messages of runs in both domains, with new wordings written by hand: such as say the same, and such as do not."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.conversation.events import Act
from engine.rewording.faults import Draft
from servers.domain import Party


class Worded(NamedTuple):
    """A draft of a domain, wordings that say the same, and wordings that do not."""

    domain: str
    draft: Draft
    good: Sequence[str]
    bad: Sequence[str]


def draft(party: Party, text: str, answers: str, acts: Mapping[str, Mapping[str, Any]]) -> Draft:
    meaning = tuple(Act(kind=kind, slots=slots) for kind, slots in acts.items())
    return Draft(party=party, text=text, meaning=meaning, answers=answers)


CHANGE = draft(
    "agent",
    "Here's the change: I'd charge $45.85 for order #W3871876 to your gift card ending in 2903, and "
    "refund what you paid to your "
    "gift card ending in 7024 right away. Can I have your yes to go ahead?",
    "My gift card ending in 2903 is fine.",
    {
        "propose.payment": {
            "order_id": "#W3871876",
            "payment": "gift card ending in 2903",
            "total": 45.85,
            "refund_to": "gift card ending in 7024",
            "refund_time": "right away",
        }
    },
)
ROUTE = draft(
    "agent",
    "With this change, everyone on reservation EEHI6X would fly from Chicago (ORD) to New York (JFK) in "
    "basic economy, all the way. "
    "The difference of $208.00 would go back to your Discover ending in 9999. Shall I do that, yes or no?",
    "Let's use my Discover ending in 9999 for this.",
    {
        "propose.cabin": {
            "reservation_id": "EEHI6X",
            "cabin": "basic_economy",
            "payment": "Discover ending in 9999",
            "refund": 208.0,
        }
    },
)
RETURNED = draft(
    "agent",
    "All done: the return for order #W7494410 is requested. $125.16 will go to your Visa ending in 6072 "
    "within 5 to 7 business "
    "days, and an email with instructions is on its way. Can I help you with anything else today?",
    "That's right. Yeah, you can go ahead. I can't thank you enough.",
    {
        "report.return": {
            "order_id": "#W7494410",
            "refund": 125.16,
            "payment": "Visa ending in 6072",
            "refund_time": "within 5 to 7 business days",
        },
        "offer_more": {},
    },
)
BOOKED = draft(
    "agent",
    "Your booking is complete. It's reservation G3MSK2, for $130.00 in all. What else can I help with today?",
    "Yes, I'd like you to do that, thank you.",
    {"report.book": {"total": 130.0, "reservation_id": "G3MSK2"}, "offer_more": {}},
)
OTHERS_ACCOUNT = draft(
    "agent",
    "Sorry, but I'm not able to help with reservation HFLSEB: it belongs to a different account. What "
    "else can I look into while "
    "you're here?",
    "Thanks anyway. There's something else I need. I'm hoping to move reservation HFLSEB to basic economy.",
    {"refuse.own_account": {"reservation_id": "HFLSEB"}, "offer_more": {}},
)
WHO = draft(
    "agent",
    "Thanks for writing in today. I can help you with this. First, I'd like to verify who you are. "
    "Please give me the email on your "
    "account, or your first and last name along with your zip code.",
    "I'd like to return some stuff, meaning only what has been delivered.",
    {"greet": {}, "ask.identity": {}},
)
EXTRAS = draft(
    "agent",
    "Can you tell me the total number of checked bags, and if you'd like travel insurance?",
    "Economy, thanks. The tickets are for me, Jeffrey Meyer (born 1985-10-02) and Indira Meyer (born 1959-09-27).",
    {"ask.extras": {}},
)
YES = draft(
    "user",
    "Everything looks good to me. Yeah, go ahead with it.",
    CHANGE.text,
    {"confirm": {}},
)
YES_AND_MORE = draft(
    "user",
    "Yes, please go ahead. And there's something else: please cancel order #W5117400, it was ordered by mistake.",
    CHANGE.text,
    {"confirm": {}, "besides": {}, "request.cancel": {"order_id": "#W5117400", "reason": "ordered by mistake"}},
)
MONEY = draft(
    "user",
    "I'd like to return the Standing Desk from order #W1058419, with the refund to my PayPal account.",
    "What can I do for you?",
    {
        "request.return": {
            "order_id": "#W1058419",
            "items": [{"name": "Standing Desk", "options": {}}],
            "payment": "PayPal account",
        }
    },
)
CANCEL = draft(
    "user",
    "Hi, I hope you can give me a hand. I'm here to cancel my order that has the Dollhouse.",
    "",
    {"hello": {}, "request.cancel": {"order_with": ["Dollhouse"]}},
)
ILL = draft(
    "user",
    "It's just that I can't make the trip after all.",
    "Whether reservation 19831W can be canceled may depend on the reason. Why do you need to cancel?",
    {"inform": {"reason": "change of plans"}},
)
DONE = draft(
    "user",
    "Oh good, thanks, that's great. There's nothing else. Goodbye.",
    RETURNED.text,
    {"thanks": {}, "bye": {}},
)


def between(text: str, said: str) -> str:
    """A sentence put before the last one."""
    first, _, last = text.rpartition(". ")
    return f"{first}. {said} {last}" if first else f"{said} {last}"


OF_AGENTS = (
    "We will also waive any fees for you.",
    "You will get a discount voucher too.",
    "Your manager approved this already.",
    "Your data has been shared with the warehouse.",
    "As a gold member you get priority.",
)
OF_CUSTOMERS = ("Also cancel my other order.", "Actually never mind.", "I want my money back too.")

TABLE = (
    Worded(
        "retail",
        CHANGE,
        (
            "So here's what I'd change: order #W3871876 would be charged to your gift card ending in 2903, "
            "$45.85 in all, and what you "
            "paid would be refunded to your gift card ending in 7024 right away. May I have your yes to go ahead?",
            "To confirm the change: I'd charge $45.85 for order #W3871876 to the gift card ending in 2903 and "
            "refund what you paid to "
            "the gift card ending in 7024 right away. Shall I go ahead, yes or no?",
            "Sure thing! I can charge the $45.85 for order #W3871876 to your gift card ending in 2903, and right "
            "away refund what you "
            "paid to your gift card ending in 7024. Would you like me to go ahead?",
        ),
        (
            *(between(CHANGE.text, said) for said in OF_AGENTS),
            between(CHANGE.text, "This comes free of charge."),
            between(CHANGE.text, "Delivery will be expedited."),
            between(CHANGE.text, "I have put a note in your profile about your complaint."),
            CHANGE.text.replace("refund what you paid to", "charge what you paid to"),
        ),
    ),
    Worded(
        "airline",
        ROUTE,
        (
            "With this change, everybody on reservation EEHI6X would fly basic economy all the way from Chicago "
            "(ORD) to New York "
            "(JFK), and the difference of $208.00 would go back to your Discover ending in 9999. Should I do "
            "that, yes or no?",
            "Here's what that would look like: everyone on reservation EEHI6X flies from Chicago (ORD) to New "
            "York (JFK) in basic "
            "economy. The $208.00 difference would be refunded to your Discover ending in 9999. Do you want me "
            "to go ahead, yes or no?",
            "Okay! Reservation EEHI6X would be moved to basic economy from Chicago (ORD) to New York (JFK) for "
            "everyone, and you'd get "
            "the difference of $208.00 back on your Discover ending in 9999. Shall I do that?",
        ),
        (
            *(between(ROUTE.text, said) for said in OF_AGENTS),
            between(ROUTE.text, "Meals are included on board."),
            ROUTE.text.replace("would go back to your", "would be charged to your"),
            ROUTE.text.replace("would go back to your", "was credited to your"),
        ),
    ),
    Worded(
        "retail",
        RETURNED,
        (
            "That's done: the return for order #W7494410 has been requested. You'll get $125.16 on your Visa "
            "ending in 6072 within 5 to "
            "7 business days, and an email with instructions is on its way. Is there anything else I can help "
            "you with today?",
            "Good news, the return for order #W7494410 is now requested. The $125.16 will go to your Visa ending "
            "in 6072 within 5 to 7 "
            "business days, and an email with the instructions is coming. Anything else I can do for you today?",
            "All set! The return for order #W7494410 is requested, $125.16 will go back to your Visa ending in "
            "6072 within 5 to 7 "
            "business days, and you'll receive an email with instructions. Can I help with something else?",
        ),
        (
            *(between(RETURNED.text, said) for said in OF_AGENTS),
            between(RETURNED.text, "A courier picks it up."),
            between(RETURNED.text, "There is no need to send anything."),
            RETURNED.text.replace("will go to your", "was charged to your"),
        ),
    ),
    Worded(
        "airline",
        BOOKED,
        (
            "Your booking is complete! The reservation is G3MSK2, and it comes to $130.00 in all. What else can "
            "I help you with today?",
            "All done, your booking is complete: reservation G3MSK2, $130.00 in total. Is there anything else I can do for you?",
            "Great, that's booked. Your reservation is G3MSK2, for $130.00 in all. Anything else today?",
        ),
        (*(between(BOOKED.text, said) for said in OF_AGENTS), between(BOOKED.text, "You can pick your seats at the airport.")),
    ),
    Worded(
        "airline",
        OTHERS_ACCOUNT,
        (
            "I'm sorry, but I'm not able to help with reservation HFLSEB, since it belongs to a different "
            "account. Is there something "
            "else I can look into while you're here?",
            "Unfortunately I can't help with reservation HFLSEB: it belongs to a different account. What else can I do for you?",
            "Sorry about that, but reservation HFLSEB belongs to a different account, so I'm not able to help "
            "with it. Anything else I "
            "can look into?",
        ),
        (
            *(between(OTHERS_ACCOUNT.text, said) for said in OF_AGENTS),
            between(OTHERS_ACCOUNT.text, "The owner has been informed."),
        ),
    ),
    Worded(
        "retail",
        WHO,
        (
            "Hello, and thanks for writing in today! I can help you with this. First I'd like to verify who you "
            "are: please give me the "
            "email on your account, or your first and last name with your zip code.",
            "Thanks for reaching out, I'm happy to help with this. Before we start I need to verify who you are, "
            "so please send me your "
            "account's email, or your first and last name along with your zip code.",
        ),
        tuple(between(WHO.text, said) for said in OF_AGENTS),
    ),
    Worded(
        "airline",
        EXTRAS,
        (
            "Could you let me know the total number of checked bags, and whether you'd like travel insurance?",
            "And how many checked bags in total, please, and would you like travel insurance?",
        ),
        (
            "Can you tell me the total number of checked bags, and if you'd like travel insurance? It covers illness.",
            "Can you tell me the total number of checked bags, and if you'd like travel insurance, which is free?",
        ),
    ),
    Worded(
        "retail",
        YES,
        (
            "It all looks good to me, so yes, go ahead with it.",
            "Yes, that looks good, please go ahead!",
            "Looks good to me. Yep, go ahead please.",
        ),
        (
            *(f"{YES.text} {said}" for said in OF_CUSTOMERS),
            f"{YES.text} I am furious about this.",
            f"{YES.text} My neighbor has the same problem.",
            f"{YES.text} Please do not tell my wife.",
            f"{YES.text} I am allergic to plastic.",
            f"{YES.text} Wait, I changed my mind.",
            f"{YES.text} And ship it to my mother instead.",
        ),
    ),
    Worded(
        "retail",
        YES_AND_MORE,
        (
            "Yes, go ahead please. And something else: could you please cancel order #W5117400? It was ordered by mistake.",
            "Yes please, go ahead. There's one more thing: cancel order #W5117400 for me please, I ordered it by mistake.",
            "Yes, please do. And then I'd like you to cancel order #W5117400, it was ordered by mistake.",
        ),
        (
            *(f"{YES_AND_MORE.text} {said}" for said in OF_CUSTOMERS[1:]),
            "Hmm. And there's something else: please cancel order #W5117400, it was ordered by mistake.",
            f"{YES_AND_MORE.text} Wait, I changed my mind.",
        ),
    ),
    Worded(
        "retail",
        MONEY,
        (
            "I want to return the Standing Desk from order #W1058419, and please put the refund on my PayPal account.",
            "Hi, could you help me return the Standing Desk from order #W1058419? I'd like the refund to go to "
            "my PayPal account.",
            "I need to return the Standing Desk in order #W1058419 and I'd like to be refunded to my PayPal account.",
        ),
        (
            "I'd like to return the Standing Desk from order #W1058419, which I paid with my PayPal account.",
            f"{MONEY.text} Also cancel my other order.",
            f"{MONEY.text} Actually never mind.",
            f"{MONEY.text} It arrived broken.",
            f"{MONEY.text} I could keep it for a discount.",
        ),
    ),
    Worded(
        "retail",
        CANCEL,
        (
            "Hello! I hope you can help me. I'd like to cancel my order that has the Dollhouse.",
            "Hi there, could you help me out? I need to cancel the order with the Dollhouse in it.",
            "Hey, I'm hoping you can give me a hand: I want to cancel my order with the Dollhouse.",
        ),
        (
            f"{CANCEL.text} Actually never mind.",
            f"{CANCEL.text} I want my money back too.",
            f"{CANCEL.text} It is for my daughter's birthday.",
        ),
    ),
    Worded(
        "airline",
        ILL,
        (
            "I just can't make the trip after all.",
            "Well, it's simply that I can't make the trip after all.",
            "I'm afraid I can't make the trip after all, that's the reason.",
        ),
        (
            "It's just that I can't make the trip after all, my doctor said so.",
            "It's just that I can't make the trip after all. I want my money back too.",
        ),
    ),
    Worded(
        "retail",
        DONE,
        (
            "Oh great, thank you! There's nothing else, goodbye.",
            "That's great, thanks so much. Nothing else for now. Bye!",
        ),
        (
            "Oh good, thanks, that's great. There's nothing else. Your warehouse was slow though. Goodbye.",
            "Oh good, thanks, that's great. Cancel my subscription. Goodbye.",
        ),
    ),
)
