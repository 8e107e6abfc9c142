"""From scenarios to what a model has to know by heart: the moves of a conversation in which no model took part."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import anyio
import msgspec

from engine.casting import Casting
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Limits, Table, converse
from engine.conversation.events import Event, Opened
from engine.journal import Journal
from engine.models.rehearsed import Part, part_of
from engine.randomness import Randomness
from engine.scenario import Scenario, load
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds
from servers.domain import Party

ROLES: tuple[Party, ...] = ("agent", "user")


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of scenarios, and the briefs of their customers, by the scenario's id."""

    parts: Mapping[str, Part]
    briefs: Mapping[str, str]


def rehearsed(paths: Iterable[Path], run: Path | None = None) -> Rehearsal:
    """What the scenarios of files and folders need, from a run's journal if there is one. Raises BadScenario, JournalFailed."""
    scenarios = {scenario.id: scenario for scenario in load(paths)}
    events = _played(scenarios.values()) if run is None else _journaled(run)
    parts = {name: part_of(done) for name, done in events.items() if name in scenarios}
    return Rehearsal(parts=parts, briefs={name: scenario.instruction for name, scenario in scenarios.items()})


def _journaled(run: Path) -> dict[str, list[Event]]:
    """The first conversation that a run has of each scenario."""
    found: dict[str, list[Event]] = {}
    with Journal(run / "journal.sqlite", read_only=True) as journal:
        for key, opened, verdict in journal.begun():
            if isinstance(opened, Opened) and verdict is not None and opened.scenario not in found:
                found[opened.scenario] = journal.events(key)
    return found


def _played(scenarios: Iterable[Scenario]) -> dict[str, list[Event]]:
    worlds, casting, toolbox = Worlds(), Casting(), DirectToolbox()

    async def play() -> dict[str, list[Event]]:
        return {scenario.id: await _conversation(scenario, worlds, casting, toolbox) for scenario in scenarios}

    return anyio.run(play)


async def _conversation(scenario: Scenario, worlds: Worlds, casting: Casting, toolbox: DirectToolbox) -> list[Event]:
    """One conversation, played as a run plays its first trial."""
    domain, world = worlds.of(scenario)
    opened = Opened(domain=domain.name, scenario=scenario.id, trial=0, first="agent" if scenario.greeting else "user")
    conversation = Conversation([opened])
    table = Table(
        players=casting.players(domain, world, scenario),
        tools=toolbox.open(scenario.id, domain, world, [opened]),
        random={role: Randomness(seed=0, scenario=scenario.id, trial=0, role=role) for role in ROLES},
        limits=Limits(),
    )
    await converse(conversation, table, _nowhere)
    return conversation.events


async def _nowhere(_event: Event) -> None:
    """Emits to nobody."""
