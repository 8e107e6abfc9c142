"""A scenario's brief in plain language, for a model or a person who plays the customer."""

from engine.scenario import Known, Scenario
from servers.domain import Domain


def instruction(domain: Domain, scenario: Scenario) -> str:
    """Who the customer is, what they want, what they know; in the domain's words for each slot."""
    lines = ["You are a customer who contacts support."]
    about_me = [
        f"{_named(known.slot)} {domain.worded(known.slot, known.value)}" for known in scenario.knows if known.request is None
    ]
    if about_me:
        lines.append(f"When asked who you are, say: {', '.join(about_me)}.")
    for place, request in enumerate(scenario.requests):
        knows = [known for known in scenario.knows if known.request == place]
        first = [f"{_named(known.slot)}: {domain.worded(known.slot, known.value)}" for known in knows if known.when == "opening"]
        later = [f"{_named(known.slot)}: {_said(domain, known)}" for known in knows if known.when == "asked"]
        what = f"{'You want' if place == 0 else 'Then you want'}: {_named(request.recipe)}."
        lines.append(
            what
            + (f" Say at once: {'; '.join(first)}." if first else "")
            + (f" Only when asked: {'; '.join(later)}." if later else "")
        )
    together = scenario.manner.together and len(scenario.requests) > 1
    lines.append("Name all your requests in your first message." if together else "Bring up one request at a time.")
    lines.append(
        "Say yes only to what fits your words; if the agent gets a detail wrong, correct it. "
        "Do not invent anything you were not told here."
    )
    return " ".join(lines)


def _said(domain: Domain, known: Known) -> str:
    if known.via is None:
        return domain.worded(known.slot, known.value)
    arguments = ", ".join(f"{name}={value}" for name, value in known.via.arguments.items())
    return f"look it up with your tool {known.via.name}({arguments})"


def _named(slot: str) -> str:
    return slot.replace("_", " ")
