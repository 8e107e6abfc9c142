"""How a wish for another version of something is said: 'Desk Lamp for the same one in white', in all its ways."""

from collections.abc import Mapping, Sequence
from typing import Any

from servers.retail import wording
from servers.retail.recipes import scales


def swap(said: Mapping[str, Any]) -> str:
    """'A for the same one in white' (a customer's words), 'A for the B' (what an agent states)."""
    old = thing(said["item"])
    if "new" in said:
        return f"{old} for the {thing(said['new'])}"
    name, wanted = said["item"]["name"], said.get("wanted", {})
    one = _one(name)
    if ranked := said.get("ranked"):
        return f"{old} for the same {one} {_in_turn([wording.options(wish, name) for wish in ranked])}"
    if further := said.get("step"):
        return f"{old} for the same {one} {'in' if further['option'] == 'size' else 'with'} {step(further)}"
    if like := said.get("like"):
        return f"{old} for {_like(like, one)}"
    which = f"{said['pick']} {one}" if "pick" in said else f"same {one}"
    return f"{old} for the {which} {wording.options(wanted, name) or ('available' if 'pick' in said else 'again')}"


def thing(described: Mapping[str, Any]) -> str:
    """A product with the options that are given."""
    return wording.item(described["name"], described.get("options", {}))


def step(said: Mapping[str, Any]) -> str:
    """'the very next larger size', 'the next higher number of seats that's available'."""
    words = f"the {'next' if 'which' in said else 'very next'} {said['way']} {scales.measure(said['option'])}"
    return f"{words} {said['which']}" if "which" in said else words


def further(said: Mapping[str, Any]) -> str:
    """'larger size', 'higher number of seats': of any that is further that way."""
    return f"{said['way']} {scales.measure(said['option'])}"


def best(said: Mapping[str, Any]) -> str:
    """'most expensive thing I've had delivered for the cheapest version of it that's available'."""
    mine = "thing I've had delivered" if said["status"] == "delivered" else f"thing in my {said['status']} orders"
    return f"{said['pick']} {mine} for the {said['to']} version of it that's available"


def between(said: Mapping[str, Any]) -> str:
    """'Kettle in red and the one in blue'."""
    name = said["name"]
    first, *others = (wording.options(wish, name) for wish in said["options"])
    return f" and the {_one(name)} ".join([f"{name} {first}", *others])


def _one(name: str) -> str:
    return "ones" if wording.with_article(name).startswith("a pair of") else "one"


def _in_turn(wishes: Sequence[str]) -> str:
    """'in red, or else in blue, or if need be in green'."""
    return ", or ".join([*wishes[:1], *(f"else {wish}" for wish in wishes[1:2]), *(f"if need be {wish}" for wish in wishes[2:])])


def _like(said: Mapping[str, Any], one: str) -> str:
    """What serves as a template: 'one like the Kettle from order #W1', 'the same one, but with the color of the Kettle …'."""
    where = f"from order {said['order_id']}" if "order_id" in said else "from another order of mine"
    if option := said.get("option"):
        return f"the same {one}, but with the {option} of the {said['name']} {where}"
    return f"{one} like the {said['name']} {where}"
