"""The worlds of a run: shared, let go beyond a bound, and never to be seen in what comes out."""

import weakref
from collections import Counter
from functools import cache
from itertools import chain, pairwise, zip_longest
from pathlib import Path

import msgspec
import pytest

import servers
from engine.clock import run_virtual
from engine.conversation.events import EVENT_ENCODER
from engine.scenario import BadScenario, Scenario, WorldRef
from engine.simulation import Job, Stage, simulate
from engine.synthesis.generate import generate
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds
from servers.worlds import open_world, save_world
from tests.engine.stages import LIGHTS, Kept, SlowCasting, scenarios

PLACES = (("tests.domains.lights", "small:1"), ("retail", "small:7"), ("tests.domains.lights", "small:2"), ("retail", "small:8"))
EACH = 5


def of(source: str, digest: str = "") -> Scenario:
    """A scenario of that world of lamps, by its own digest where none is given."""
    digest = digest or open_world(LIGHTS, source).digest
    return msgspec.structs.replace(scenarios()[0], world=WorldRef(source=source, digest=digest))


@cache
def several() -> tuple[tuple[Scenario, ...], ...]:
    """Scenarios of two domains in two worlds each."""
    made = []
    for name, source in PLACES:
        domain = servers.load(name)
        made.append(tuple(generate(domain, open_world(domain, source), EACH, 3, Counter())))
    return tuple(made)


def played(worlds: Worlds, wanted: list[Scenario], concurrency: int) -> tuple[dict[str, bytes], list[str]]:
    """What each conversation came to with its verdict, and whose moves were made in which order."""
    kept, casting, verdicts = Kept(), SlowCasting(seconds=1.0), dict[int, bytes]()
    stage = Stage(casting=casting, worlds=worlds, toolbox=DirectToolbox(), seed=7)
    jobs = [Job(place=place, scenario=scenario, trial=0) for place, scenario in enumerate(wanted)]

    def judged(job: Job, verdict: object) -> None:
        verdicts[job.place] = msgspec.json.encode(verdict)

    run_virtual(simulate, jobs, stage, kept, concurrency, judged)
    events = {key >> 16: b"\n".join(map(EVENT_ENCODER.encode, each)) for key, each in kept.conversations().items()}
    return {f"{one.world.source} {one.id}": events[place] + verdicts[place] for place, one in enumerate(wanted)}, casting.log


@pytest.mark.parametrize("bound", [{}, {"kept": 1}, {"records": 1}])
def test_several_worlds_at_once_give_the_bytes_that_each_gives_alone(bound: dict[str, int]) -> None:
    """Two domains, two seeds each, scenario by scenario in turn; also when each world is let go for the next one."""
    alone: dict[str, bytes] = {}
    for some in several():
        alone |= played(Worlds(), list(some), 1)[0]
    mixed = [each for each in chain.from_iterable(zip_longest(*several())) if each is not None]
    worlds = Worlds(**bound)
    together, order = played(worlds, mixed, 50)
    assert together == alone
    assert len(together) == EACH * len(PLACES)
    assert sum(one != other for one, other in pairwise(order)) > len(order) / 2
    assert len(worlds.held()) == (1 if bound else len(PLACES))


def test_the_world_that_was_used_longest_ago_is_let_go() -> None:
    worlds = Worlds(kept=2)
    first, second = of("tiny:1"), of("tiny:2")
    one, other = worlds.of(first)[1], weakref.ref(worlds.of(second)[1])
    assert worlds.of(first)[1] is one
    worlds.of(of("tiny:3"))
    assert other() is None
    assert worlds.of(first)[1] is one
    assert len(worlds.held()) == 2


def test_worlds_are_let_go_by_their_records_too_and_the_latest_never() -> None:
    """Four owners and twelve lamps with as many sights are 28 records; two such worlds fit into 60, and none into 5."""
    worlds = Worlds(records=60)
    for seed in range(1, 6):
        worlds.of(of(f"tiny:{seed}"))
    assert list(worlds.held().values()) == [28, 28]
    narrow = Worlds(records=5)
    assert narrow.of(of("tiny:1"))[1] is narrow.of(of("tiny:1"))[1]
    assert list(narrow.held().values()) == [28]


def test_a_conversation_keeps_the_world_that_it_began_in() -> None:
    worlds = Worlds(kept=1)
    scenario = of("tiny:1")
    _, world = worlds.of(scenario)
    state = world.open()
    worlds.of(of("tiny:2"))
    assert list(worlds.held()) == [of("tiny:2").world.digest]
    assert state.digest() == open_world(LIGHTS, "tiny:1").open().digest()


def test_worlds_of_one_digest_are_held_once_under_all_their_names(tmp_path: Path) -> None:
    """The records are the same objects and count once; each world still says by which name it was asked for."""
    path = str(tmp_path / "mine.json")
    save_world(open_world(LIGHTS, "tiny:1"), path)
    worlds = Worlds(records=30)
    generated, read = worlds.of(of("tiny:1"))[1], worlds.of(of(path))[1]
    assert (generated.source, read.source) == ("tiny:1", path)
    assert all(read.tables[name] is rows for name, rows in generated.tables.items())
    assert worlds.of(of("tiny:1"))[1] is generated
    assert worlds.held() == {generated.digest: 28}


def test_a_name_that_leads_elsewhere_is_refused_though_the_right_world_is_held(tmp_path: Path) -> None:
    """A digest is no way round the source: what comes out does not depend on what was opened before."""
    worlds = Worlds()
    held = of("tiny:1")
    worlds.of(held)
    for source in ("tiny:2", str(tmp_path / "missing.json")):
        with pytest.raises(BadScenario):
            worlds.of(of(source, held.world.digest))
