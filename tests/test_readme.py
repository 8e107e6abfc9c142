"""The README shows what the engine does: its trajectory is one of the pack, to the word."""

import re
from pathlib import Path

from engine import checkers
from engine.agents import flawed
from engine.conversation.events import Called, Spoke
from engine.scenario import load
from engine.toolboxes.faulty import FAULTS
from engine.users import flawed as users
from tests.engine.pack import play

ROOT = Path(__file__).parents[1]


def test_the_trajectory_in_the_readme_is_what_the_pack_plays() -> None:
    """Every message of it, in order, and the write that it ends in."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^> \*\*(Customer|Agent):\*\* (.+)$", readme, re.MULTILINE)
    (name,) = re.findall(r"One of them, `([\w-]+)`", readme)
    scenario = next(each for each in load([ROOT / "scenarios"]) if each.id == name)
    ((_, events, verdict),) = play([scenario])
    said = [({"user": "Customer", "agent": "Agent"}[event.party], event.text) for event in events if isinstance(event, Spoke)]
    assert verdict.accepted and shown == said
    write = next(event for event in reversed(events) if isinstance(event, Called))
    assert f"> → `{write.name}({write.arguments})`" in readme
    assert f"with a burden of {scenario.burden}" in readme


def test_the_readme_has_every_check_and_counts_every_flaw() -> None:
    """A check or a flaw that is added is told."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \*(\w+)\* \|", readme, re.MULTILINE)) == list(checkers.names())
    (counts,) = re.findall(r"(\d+) agents, (\d+) customers and (\d+) kinds of tools that fail on purpose", readme)
    assert [int(count) for count in counts] == [len(flawed.FLAWS), len(users.FLAWS), len(FAULTS)]
