"""What a rule of a policy is to everybody who needs it: tools, recipes, agents and checkers."""

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that may forbid a request.

    `name` is how scenarios, refusals and verdicts call it; `summary` says it for a person. `surfaces`
    are lower-case pieces of text of which at least one stands in any sentence that gives this rule
    as the reason, whoever words it; of `subjects` one stands there too where no other rule is meant
    that has such surfaces (none: these say it alone). `lacks`: what was asked for is not there, so
    nobody could make an exception.
    """

    name: str
    summary: str
    surfaces: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    lacks: bool = False
