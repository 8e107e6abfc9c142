"""The tools that every service desk of the public benchmark has: a calculator, and handing over to a person."""

from typing import Annotated

from msgspec import Meta, Struct

from servers.calculator import answer
from servers.domain import Tool, ToolRefused
from servers.kinds import TEXT
from servers.state import View


class Expression(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    expression: Annotated[str, TEXT, Meta(description="Numbers, + - * /, parentheses and spaces, e.g. '2 * (184.5 - 97) + 50'.")]


class Summary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    summary: Annotated[
        str, TEXT, Meta(description="What the customer wants and what has been done so far, for the colleague who takes over.")
    ]


def calculate(_view: View, sent: Expression) -> str:
    try:
        return answer(sent.expression)
    except ValueError as error:
        raise ToolRefused(str(error)) from None


def transfer_to_human_agents(_view: View, _sent: Summary) -> str:
    return "Transfer successful"


CALCULATE = Tool(
    name="calculate",
    description="Work out an arithmetic expression; the answer is rounded to two places.",
    function=calculate,
    arguments=Expression,
    returns=str,
    kind="generic",
)
TRANSFER = Tool(
    name="transfer_to_human_agents",
    description=(
        "Hand the customer over to a human colleague with a summary; only when nothing that you may do can settle the request."
    ),
    function=transfer_to_human_agents,
    arguments=Summary,
    returns=str,
    kind="generic",
    terminal=True,
)
