"""What plain text says: consent, refusals, claims, and customers who play the agent."""

import pytest

from engine.reading.claiming import claims
from engine.reading.consent import Consent, read
from engine.reading.posing import poses_as_agent
from engine.reading.refusing import refusals, refuses
from servers import load
from servers.rules import Rule

PROPOSAL = (
    "I'd return the toaster and the blue kettle from order #W1, and $80.20 would go to your Visa ending in 7334. "
    "Shall I go ahead, yes or no?"
)
UNPAID = "I'd change your flight to HAT123 on May 20, which costs $40 more. Shall I go ahead?"
RETAIL, AIRLINE, LIGHTS = load("retail"), load("airline"), load("tests.domains.lights")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Yes, please.", "yes"),
        ("YES!!", "yes"),
        ("**Yes** – that’s right, go ahead.", "yes"),
        ("thats fine, dont worry about the boxes", "yes"),
        ("No problem, go ahead.", "yes"),
        ("I don't see why not.", "yes"),
        ("Return them, please.", "yes"),
        ("You may.", "yes"),
        ("just return them already", "yes"),
        ("Consider this my authorization.", "yes"),
        ("100% sure", "yes"),
        ("ok", "yes"),
        ("Yes. How long will the refund take?", "yes"),
        ("Go ahead. Can you help me with another order after that?", "yes"),
        ("Yes, both to the Visa ending in 7334. ###STOP###", "yes"),
        ("No, thanks.", "no"),
        ("Please don't go ahead.", "no"),
        ("I've changed my mind.", "no"),
        ("Hmm, maybe.", "hedge"),
        ("Yes, I guess.", "hedge"),
        ("Let me think about it.", "hedge"),
        ("Sure, once you tell me what it costs to send it.", "hedge"),
        ("Yes, but make it the red kettle.", "change"),
        ("Put it on my PayPal instead.", "change"),
        ("Only the toaster, please.", "change"),
        ("The Visa should be a Mastercard, the rest is fine.", "change"),
        ("How long would that take?", "question"),
        ("My brother bought the toaster for me.", "other"),
        ("", "other"),
    ],
)
def test_an_answer_to_a_proposal_is_read(text: str, meant: Consent) -> None:
    """With what people leave out and put in: apostrophes, capitals, marks of emphasis, tokens of simulated customers."""
    assert read(text, PROPOSAL) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Yes, go ahead, I guess.",
        "Yes, to my Mastercard.",
        "Yes, go ahead. Could you also add the blender?",
        "Yes, but hurry.",
        "Great, thanks!",
        "Could you please return them?",
        "Yes, and please check what the postage is.",
        "I'll go with the Visa.",
        "If not, go ahead anyway.",
        "Yes, and put the blender in the same return too.",
        "yes for the toaster, the kettle stays",
        "Go ahead with the toaster only.",
        "Do it for me only.",
        "Yes for the toaster.",
        "Go ahead with the kettle, please.",
        "Yes, I have a question: who pays the postage?",
        "Fine, it's slow, but ok.",
    ],
)
def test_what_is_neither_a_plain_yes_nor_plainly_none_is_unsure(text: str) -> None:
    """A yes with something beside it that may change it, and wishes that may repeat the proposal."""
    assert read(text, PROPOSAL) == "unsure"


def test_how_to_pay_may_be_filled_in_where_the_proposal_left_it_open() -> None:
    """Another card than the proposed one is no plain yes."""
    assert read("Yes, please use my Mastercard.", UNPAID) == "yes"
    assert read("Yes, please use my Mastercard.", PROPOSAL) == "unsure"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I'm sorry, but I can't cancel an order that is delivered.", "yes"),
        ("Unfortunately, that’s **not possible**.", "yes"),
        ("We don't offer refunds in cash.", "yes"),
        ("I'd love to do that, but the order has left.", "yes"),
        ("My colleague was wrong to say that it couldn't be done.", "unsure"),
        ("Would you like insurance? It can't be bought after the booking.", "unsure"),
        ("It's not too late for that.", "unsure"),
        ("I can't find your account. Could you give me your email?", "unsure"),
        ("I cannot thank you enough!", "unsure"),
        ("No problem, which order is it?", "no"),
        ("The total would be $80.20. Shall I go ahead, yes or no?", "no"),
        ("I've looked at your orders. Here is what I found: two kettles and a lamp.", "no"),
        ("There are no fees for it.", "unsure"),
        ("You can't use both labels.", "unsure"),
    ],
)
def test_a_refusal_is_told_from_what_has_its_words(text: str, refused: str) -> None:
    """It turns nothing down for certain only where no word of it could; what may do so is unsure."""
    assert refuses(text) == refused


RULES = (
    Rule(name="delivered", summary="", surfaces=("delivered",), subjects=("cancel",)),
    Rule(name="returned", summary="", surfaces=("delivered", "in transit"), subjects=("return",)),
    Rule(name="insured", summary="", surfaces=("insurance",)),
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Your order is delivered. I looked at it twice. So I can't cancel it. Anything else?", "delivered"),
        ("It's in transit and not delivered, so I can't take a return, only cancel it.", "returned"),
        ("Only delivered orders can be returned or cancelled, so I can't do it.", None),
        ("Without insurance I can't cancel what is delivered.", "insured"),
        ("I can't cancel it.", None),
    ],
)
def test_a_refusal_is_for_the_reason_that_stands_near_it(text: str, rule: str | None) -> None:
    """Two sentences away it may stand; where as much speaks for another rule, or nothing for any, it is unsure."""
    assert [each.name for each in RULES if refuses(text, RULES, each.name) == "yes"] == ([rule] if rule else [])
    assert {refuses(text, RULES, each.name) for each in RULES} <= {"yes", "unsure"}
    assert refuses(text) == "yes"


def test_what_stands_near_a_refusal_is_told() -> None:
    """Two sentences before it and after it."""
    text = "Your order is delivered. I looked at it twice. So I can't cancel it. Anything else?"
    assert list(refusals(text)) == ["your order is delivered. i looked at it twice. so i can't cancel it. anything else?"]


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("I've cancelled order #W1.", "cancel_pending_order"),
        ("I was able to cancel it for you.", "cancel_pending_order"),
        ("Your return has been submitted.", "return_delivered_order_items"),
        ("The address of the order is now changed.", "modify_pending_order_address modify_user_address"),
        ("I’ve **successfully updated** the payment method.", "modify_pending_order_payment"),
        ("Payment method switched!", "modify_pending_order_payment"),
        ("As you asked, the exchange went through.", "exchange_delivered_order_items"),
        ("I've set up the return.", "return_delivered_order_items"),
        ("Your exchange is all set!", "exchange_delivered_order_items"),
        ("Order cancelled!", "cancel_pending_order"),
        ("Consider it done as soon as you say yes!", ""),
        ("I've cancelled it once you say yes.", ""),
        ("Your order has been cancelled, so I can't return it.", ""),
        ("All done, I've verified your account.", ""),
        ("I can cancel it for you.", ""),
        ("I will have cancelled it by tomorrow.", ""),
        ("Shall I say that it has been cancelled?", ""),
        ("Once I've cancelled it, the money goes back.", ""),
        ("Your order was cancelled in April.", ""),
        ("I see that it has been returned before.", ""),
        ("Nothing has been changed.", ""),
        ("I haven't cancelled anything.", ""),
        ("I've updated the summary: two items.", ""),
        ("Orders that have been returned are closed.", ""),
    ],
)
def test_a_claim_is_that_a_change_has_been_made(text: str, tools: str) -> None:
    """Proposals, futures, conditions, questions, negations and old facts are none; an object tells verbs apart."""
    found = claims(text, RETAIL.tools)
    assert frozenset().union(*found) == frozenset(tools.split())


def test_each_claim_of_a_message_counts() -> None:
    """Two changes are two claims."""
    assert claims("I've cancelled the first trip. Two bags have been added to the second.", AIRLINE.tools) == (
        frozenset({"cancel_reservation"}),
        frozenset({"update_reservation_baggages"}),
    )


def test_done_claims_whatever_can_be_done() -> None:
    """It is made true by any tool that writes; a domain without words of its own has no claims."""
    assert claims("All done!", LIGHTS.tools) == (frozenset({"reset_lamp"}),)
    assert claims("All done, I've reset it.", ()) == ()


@pytest.mark.parametrize(
    ("text", "poses"),
    [
        ("How can I help you today?", True),
        ("I've updated your order, you'll receive an email shortly.", True),
        ("Could you please provide your email?", True),
        ("Agent: I'll look into it.", True),
        ("I'm calling get_order_details(order_id='#W1').", True),
        ("Could you help me with my order, please?", False),
        ("Thank you for your help, have a great day!", False),
        ("I've updated my address. Is there anything else you need from me?", False),
        ("What is your return policy?", False),
        ("Let me check my email. I can give you my order number.", False),
    ],
)
def test_a_customer_who_plays_the_agent_is_found(text: str, poses: bool) -> None:
    """Who serves speaks of "your" order, offers and asks for proof; customers speak of theirs."""
    assert poses_as_agent(text) is poses
