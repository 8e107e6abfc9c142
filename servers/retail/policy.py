"""What an agent of the shop is told: `policy.md` with the constants of a world in it."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from servers.retail.facts import RetailFacts


def policy(facts: RetailFacts) -> str:
    """The policy as text, with one newline at its end."""
    reasons = [f"“{reason}”" for reason in facts.cancel_reasons]
    text = _template().render(
        cancel_reasons=facts.cancel_reasons,
        reasons=" or ".join([", ".join(reasons[:-1]), reasons[-1]]) if len(reasons) > 1 else "".join(reasons),
        refund_days=facts.refund_days,
        returns_to_gift_card=facts.returns_to_gift_card,
        changes_lock_order=facts.changes_lock_order,
        max_items_changed=facts.max_items_changed,
    )
    return text.strip() + "\n"


@cache
def _template() -> Template:
    source = files("servers.retail").joinpath("policy.md").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(source)
