"""Three tools: the agent's look at the record, the agent's reset, the customer's look at the lamp itself."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.domain import Detail, Key, Tool, ToolRefused
from servers.kinds import ID
from servers.state import State, View
from tests.domains.lights.records import WELL, Lamp, Sight


class OfLamp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lamp_id: Annotated[str, ID, Meta(description="As printed on its foot, such as 'L12'.")]


class Reset(OfLamp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    mode: Annotated[Literal["full", "gentle"], Meta(description="How much is reset.")]


def get_lamp(view: View, sent: OfLamp) -> Lamp:
    lamp = view.get("lamps", sent.lamp_id, Lamp)
    if lamp is None:
        raise ToolRefused("Lamp not found")
    return lamp


def reset_lamp(state: State, sent: Reset) -> Lamp:
    lamp = get_lamp(state, sent)
    if lamp.recalled:
        raise ToolRefused("A recalled lamp cannot be reset")
    lamp = replace(lamp, mode=sent.mode)
    state.put("lamps", lamp.lamp_id, lamp)
    state.put("sights", lamp.lamp_id, Sight(colour=WELL))
    return lamp


def look_at_lamp(view: View, sent: OfLamp) -> str:
    sight = view.get("sights", sent.lamp_id, Sight)
    if sight is None:
        raise ToolRefused("You have no such lamp")
    return sight.colour


def details(_view: View, sent: Reset) -> tuple[Detail, ...]:
    return tuple(Detail(name=part, ways=(part.lower(),)) for part in (sent.lamp_id, sent.mode))


_LAMP = Key(table="lamps", argument="lamp_id")
_SIGHT = Key(table="sights", argument="lamp_id")

TOOLS = (
    Tool(
        name="get_lamp",
        description="Look up what the maker knows of a lamp.",
        function=get_lamp,
        arguments=OfLamp,
        returns=Lamp,
        kind="read",
        shows=_LAMP,
    ),
    Tool(
        name="reset_lamp",
        description="Reset a lamp. Say how and get a clear yes before. Answers the lamp.",
        function=reset_lamp,
        arguments=Reset,
        returns=Lamp,
        kind="write",
        confirmed=True,
        shows=_LAMP,
        changes=(_LAMP, _SIGHT),
        claimed=("reset",),
        details=details,
    ),
    Tool(
        name="look_at_lamp",
        description="See in which colour one of your lamps blinks.",
        function=look_at_lamp,
        arguments=OfLamp,
        returns=str,
        kind="read",
        owner="user",
    ),
)
