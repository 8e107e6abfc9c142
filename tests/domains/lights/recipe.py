"""Somebody's lamp misbehaves. How it must be reset depends on the maker's record and on a colour that only they can see."""

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from servers.recipe import Case, Decision, Draft, Edit, Look, Recipe, Refusal, Request, Slots, Write
from servers.rules import Rule
from servers.state import View
from tests.domains.lights.records import WELL, Lamp, Owner, Sight

RECALLED = Rule(name="recalled", summary="A recalled lamp is sent back and never reset.", surfaces=("recall",))


def solve(case: Case) -> tuple[Decision, ...]:
    lamp_id = case.ask("lamp", "lamp_id")
    lamp = case.read("get_lamp", lamp_id=lamp_id) if lamp_id else None
    if lamp is None:
        return ()
    if lamp.recalled:
        return (Refusal(act=RECALLED.name, rule=RECALLED.name, stated={"lamp_id": lamp_id}),)
    colour = case.ask("colour", "colour", lamp_id=lamp_id)
    mode = "full" if colour == "red" and lamp.firmware < case.facts.gentle_since else "gentle"
    said = {"lamp_id": lamp_id, "mode": mode}
    heard = {"colour": colour} if colour else {}
    return (Write(act="reset", tool="reset_lamp", arguments=said, stated={**said, **heard}, told=said),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    owner = view.get("owners", customer, Owner)
    faulty = [lamp_id for lamp_id in owner.lamps if _colour(view, lamp_id) != WELL] if owner else []
    if not faulty:
        return None
    lamp_id = faulty[int(random.random() * len(faulty))]
    return Draft(
        request=Request(recipe="reset", params={"lamp_id": lamp_id, "colour": _colour(view, lamp_id)}),
        opening=("lamp_id",) if random.random() < 0.5 else (),
        via={"colour": Look(tool="look_at_lamp", arguments={"lamp_id": lamp_id})},
    )


def edits(view: View, customer: str, request: Request) -> Iterator[Edit]:
    lamp = view.get("lamps", request.params["lamp_id"], Lamp)
    if lamp is not None:
        other = replace(lamp, firmware=view.facts.gentle_since - (1 if lamp.firmware >= view.facts.gentle_since else 0))
        yield Edit(fact="other firmware", puts=(("lamps", lamp.lamp_id, other),))
        recall = replace(lamp, recalled=not lamp.recalled)
        yield Edit(fact="recalled or not", puts=(("lamps", lamp.lamp_id, recall),))


def holds(view: View, customer: str, request: Request) -> bool:
    owner = view.get("owners", customer, Owner)
    lamp_id, colour = request.params["lamp_id"], request.params["colour"]
    return owner is not None and lamp_id in owner.lamps and _colour(view, lamp_id) == colour


def contradicted(params: Slots, stated: Slots, _refused: int) -> str | None:
    return next((slot for slot in params if slot in stated and stated[slot] != params[slot]), None)


def _colour(view: View, lamp_id: str) -> str:
    sight = view.get("sights", lamp_id, Sight)
    return sight.colour if sight else WELL


RESET = Recipe(name="reset", contradicted=contradicted, draft=draft, solve=solve, edits=edits, holds=holds)
