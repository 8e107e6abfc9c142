"""What an agent of the airline is told: `policy.md` with the constants of a world in it."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
from jinja2 import Environment, StrictUndefined, Template

from servers.airline.facts import AirlineFacts
from servers.english import counted, joined


def policy(facts: AirlineFacts) -> str:
    """The policy as text, with one newline at its end."""
    constants = {name: getattr(facts, name) for name in facts.__struct_fields__}
    words = {
        "now": facts.now[:16].replace("T", " "),
        "at_most": _at_most,
        "payment_mix": payment_mix(facts),
        "days": refund_time(facts),
        "insured_reasons": joined(facts.insured_reasons, "or"),
        "fixed_cabins": joined(_spoken(facts.fixed_cabins), "or"),
        "cancel_cabins": joined(_spoken(facts.cancel_cabins), "or"),
        "free_bags": msgspec.structs.asdict(facts.free_bags),
        "entitled": entitled(facts),
    }
    return _template().render({**constants, **words}).strip() + "\n"


def payment_mix(facts: AirlineFacts) -> str:
    """Which payment methods one booking takes, in words."""
    limits = (
        (facts.max_certificates, "travel certificate"),
        (facts.max_credit_cards, "credit card"),
        (facts.max_gift_cards, "gift card"),
    )
    return joined([_at_most(number, thing) for number, thing in limits])


def refund_time(facts: AirlineFacts) -> str:
    """How long a refund takes, in words."""
    low, high = facts.refund_days
    return f"within {counted(low, 'business day')}" if low == high else f"within {low} to {high} business days"


def entitled(facts: AirlineFacts) -> str:
    """Whom a compensation is for, '' for nobody."""
    ways = [f"{joined(facts.compensated_tiers)} members"] if facts.compensated_tiers else []
    if facts.compensates_insured:
        ways.append("customers whose reservation has travel insurance")
    if facts.compensated_cabins:
        ways.append(f"customers whose reservation is in {joined(_spoken(facts.compensated_cabins), 'or')}")
    return "; ".join(ways)


def _at_most(number: int, thing: str) -> str:
    if number == 0:
        return f"no {thing}"
    return f"at most {counted(number, thing)}"


def _spoken(cabins: Sequence[str]) -> list[str]:
    return [cabin.replace("_", " ") for cabin in cabins]


@cache
def _template() -> Template:
    source = files("servers.airline").joinpath("policy.md").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(source)
