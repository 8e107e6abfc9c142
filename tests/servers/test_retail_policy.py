"""The text of the retail policy says what rules.py decides, for any constants."""

import re

import pytest
from msgspec.structs import replace

from servers.retail.facts import PUBLIC, SYNTHETIC, RetailFacts
from servers.retail.policy import policy
from servers.retail.records import STATUSES
from servers.retail.rules import RULES

# For every rule, what an agent must be able to read of it.
SAYS = {
    "own_account": "only their own account is open",
    "order_exists": "no order, or no item of the order, fits",
    "item_in_order": "no item of the order, fits",
    "cancel_pending": "must be `pending`. an order whose items were modified can no longer be canceled",
    "cancel_reason": "any other reason is declined",
    "change_pending": "the status must be `pending`",
    "changed_once": "closed to every further change",
    "address_only": "only its delivery address can still be changed",
    "return_delivered": "must be `delivered`. an order with a return or an exchange already set up cannot have another",
    "exchange_delivered": "an exchange works only once",
    "refund_method": "the refund goes to the original payment method",
    "method_on_file": "only payment methods in the customer's profile can be used",
    "gift_card_covers": "a gift card must have a balance that covers",
    "other_method": "different from the one it is charged to now",
    "variant_available": "another variant of the same product that is available",
    "other_variant": "nor for the very variant the customer has",
    "items_at_once": "at most 3 items",
    "returned_at_once": "where the refund should go. at most 2 items",
    "out_of_reach": "hand over only what is out of reach",
}
LIMITED = replace(PUBLIC, max_items_changed=3, max_items_returned=2)
UNDER = {"address_only": replace(PUBLIC, changes_lock_order=False)}
"""The constants under which a rule stands in the policy, where it does not stand in every one with limits."""

OTHERS = [
    replace(PUBLIC, cancel_reasons=("no longer needed",)),
    replace(PUBLIC, cancel_reasons=("no longer needed", "ordered by mistake", "found it cheaper elsewhere")),
    replace(PUBLIC, refund_days=(3, 3)),
    replace(PUBLIC, refund_days=(2, 4)),
    replace(PUBLIC, returns_to_gift_card=False),
    replace(PUBLIC, changes_lock_order=False),
    replace(PUBLIC, max_items_changed=1),
    replace(PUBLIC, max_items_changed=3),
    replace(PUBLIC, max_items_returned=1),
    replace(PUBLIC, max_items_returned=3),
    replace(PUBLIC, return_fee=5),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_be_read_in_the_policy(rule):
    assert SAYS[rule.name] in policy(UNDER.get(rule.name, LIMITED)).lower()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_policy_has_a_word_that_a_refusal_by_the_rule_must_have(rule):
    text = policy(UNDER.get(rule.name, LIMITED)).lower()
    assert any(surface in text for surface in rule.surfaces)


def test_policies_with_other_constants_all_differ():
    texts = [policy(facts) for facts in (PUBLIC, *OTHERS)]
    assert len(set(texts)) == len(texts)


def test_the_date_of_a_world_is_no_part_of_its_policy():
    assert policy(PUBLIC) == policy(SYNTHETIC)


@pytest.mark.parametrize("facts", [PUBLIC, *OTHERS])
def test_no_blank_paragraphs_or_leftovers_of_the_template_stand_in_it(facts: RetailFacts):
    text = policy(facts)
    assert text.startswith("# ") and text.endswith(".\n") and not text.endswith("\n\n")
    assert not re.search(r"\n\n\n|[{}]|None|True|False|  | [.,;]| \n", text)


def test_reasons_are_listed_as_a_sentence_does():
    assert "The only reasons that count are “no longer needed” or “ordered by mistake”." in policy(PUBLIC)
    assert "The only reason that counts is “no longer needed”." in policy(OTHERS[0])
    assert "“no longer needed”, “ordered by mistake” or “found it cheaper elsewhere”." in policy(OTHERS[1])


def test_days_are_a_range_or_a_number():
    assert "within 5 to 7 business days" in policy(PUBLIC)
    assert "within 3 business days" in policy(OTHERS[2]) and " to 3" not in policy(OTHERS[2])
    assert "within 1 business day." in policy(replace(PUBLIC, refund_days=(1, 1)))


def test_a_limit_of_items_is_told_only_where_there_is_one():
    assert "At most" not in policy(PUBLIC)
    assert policy(replace(PUBLIC, max_items_changed=1)).count("At most 1 item of the order") == 2
    assert policy(replace(PUBLIC, max_items_returned=1)).count("At most 1 item of the order") == 1


def test_a_fee_for_returns_is_told_only_where_there_is_one():
    assert "fee" not in policy(PUBLIC)
    assert "A return costs the customer a fee of $5, " in policy(replace(PUBLIC, return_fee=5))


def test_a_gift_card_is_offered_for_returns_only_where_the_shop_allows_it():
    assert "or to a gift card that is in the customer's profile" in policy(PUBLIC)
    assert "or to a gift card that is" not in policy(OTHERS[4])


def test_every_status_is_explained():
    assert all(f"| `{status}` |" in policy(PUBLIC) for status in STATUSES)


def test_the_words_before_a_human_takes_over_are_exact():
    text = policy(PUBLIC)
    assert text.index("transfer_to_human_agents") < text.index("`YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON.`")
