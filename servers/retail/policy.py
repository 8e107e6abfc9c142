"""What an agent of the shop is told: `policy.md` with the constants of a world in it."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from servers.retail import wording
from servers.retail.facts import RetailFacts


def policy(facts: RetailFacts) -> str:
    """The policy as text, with one newline at its end."""
    text = _template().render(
        cancel_reasons=facts.cancel_reasons,
        reasons=wording.reasons(facts.cancel_reasons),
        days=wording.days(*facts.refund_days),
        returns_to_gift_card=facts.returns_to_gift_card,
        changes_lock_order=facts.changes_lock_order,
        max_items_changed=facts.max_items_changed,
        max_items_returned=facts.max_items_returned or None,
        return_fee=facts.return_fee or 0,
    )
    return text.strip() + "\n"


@cache
def _template() -> Template:
    source = files("servers.retail").joinpath("policy.md").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(source)
