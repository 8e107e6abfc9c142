"""What the tests of the engine play on: scenarios about lamps, and players that make the moves they were given."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

import anyio

import servers
from engine.casting import Casting
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Limits, Player, Table, Tools
from engine.conversation.events import EVENT_ENCODER, Call, Event, Move, Opened
from engine.conversation.views import View
from engine.journal import Entry, Happened, Judged
from engine.randomness import Randomness
from engine.scenario import Scenario
from engine.simulation import Job, Stage
from engine.synthesis.generate import generate
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.toolbox import Toolbox
from engine.worlds import Worlds
from servers.domain import Domain, Party
from servers.state import World
from servers.worlds import open_world

LIGHTS = servers.load("tests.domains.lights")


@cache
def world() -> World:
    return open_world(LIGHTS, "small:1")


@cache
def scenarios(count: int = 30, seed: int = 2) -> tuple[Scenario, ...]:
    return tuple(generate(LIGHTS, world(), count, seed, Counter()))


def jobs(count: int = 30, trials: int = 1) -> list[Job]:
    return [
        Job(place=place, scenario=each, trial=trial) for place, each in enumerate(scenarios(count)) for trial in range(trials)
    ]


def stage(toolbox: Toolbox | None = None, casting: Casting | None = None, limits: Limits = Limits()) -> Stage:  # noqa: B008
    return Stage(casting=casting or Casting(), worlds=Worlds(), toolbox=toolbox or DirectToolbox(), seed=7, limits=limits)


class Kept:
    """A sink that keeps what it is sent."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def send(self, entry: Entry) -> None:
        self.entries.append(entry)

    def conversations(self) -> dict[int, list[Event]]:
        found: dict[int, list[Event]] = {}
        for entry in self.entries:
            if isinstance(entry, Happened):
                events = found.setdefault(entry.conversation, [])
                assert entry.number == len(events)
                events.append(entry.event)
        return found

    def standings(self) -> Counter[tuple[str, str, str | None]]:
        found = [entry.verdict for entry in self.entries if isinstance(entry, Judged)]
        return Counter((verdict.standing, verdict.reason, verdict.blame) for verdict in found)


class Slow:
    """A player who thinks before each move, for a time that depends on nothing but the move: about `seconds`."""

    def __init__(self, player: Player, seconds: float, log: list[str] | None = None, name: str = "") -> None:
        self._player = player
        self._seconds = seconds
        self._log = log
        self._name = name

    async def move(self, view: View) -> Move | None:
        await anyio.sleep(self._seconds * (0.5 + view.random.at(view.move, attempt=99).random()))
        if self._log is not None:
            self._log.append(self._name)
        return await self._player.move(view)


class SlowCasting(Casting):
    """The same players as ever, who take their time; `log` names the scenario of each move as it is made."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self.log: list[str] = []

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        players = super().players(domain, world, scenario)
        return {party: Slow(player, self._seconds, self.log, scenario.id) for party, player in players.items()}


Step = Move | None | Exception | Callable[[View], Move | None]


class Listed:
    """A player who makes the listed moves by the number of those that it has begun, whatever it sees. `views` are kept."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps
        self.views: list[View] = []

    async def move(self, view: View) -> Move | None:
        self.views.append(view)
        step = self._steps[len({event.move for event in view.seen if event.party == view.party})]
        if isinstance(step, Exception):
            raise step
        return step(view) if callable(step) else step


def says(text: str = "well", *calls: Call, leaves: bool = False) -> Move:
    return Move(text=text, calls=calls, leaves=leaves)


def opened(first: Party = "user") -> Opened:
    return Opened(domain=LIGHTS.name, scenario="s", trial=0, first=first)


def table(user: Player, agent: Player, tools: Tools | None = None, limits: Limits = Limits()) -> Table:  # noqa: B008
    roles: tuple[Party, ...] = ("agent", "user")
    return Table(
        players={"user": user, "agent": agent},
        tools=tools or DirectToolbox().open("s#0", LIGHTS, world(), ()),
        random={role: Randomness(seed=0, scenario="s", trial=0, role=role) for role in roles},
        limits=limits,
    )


def begun(first: Party = "user", past: Iterable[Event] = ()) -> Conversation:
    return Conversation([opened(first), *past])


def written(events: Sequence[Event]) -> bytes:
    return b"\n".join(EVENT_ENCODER.encode(event) for event in events)
