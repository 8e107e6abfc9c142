"""Tools that fail on purpose: a conversation with them is neither right nor wrong, and nobody in it is to blame."""

import pytest

import servers
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.clock import run_virtual
from engine.conversation.events import Called, Event
from engine.journal import Entry, Happened, Retried
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.faulty import FAULTS, GARBAGE, FaultyToolbox
from engine.toolboxes.toolbox import Toolbox
from engine.worlds import Worlds
from tests.engine.pack import scenarios

domains = pytest.mark.parametrize("name", servers.names())
faults = pytest.mark.parametrize("fault", FAULTS)

MANY, RETRIES = 10, 2


class Kept:
    """A sink that keeps what happened in each conversation's last try, and counts the tries that came before it."""

    def __init__(self) -> None:
        self.events: dict[int, list[Event]] = {}
        self.anew: dict[int, int] = {}

    async def send(self, entry: Entry) -> None:
        place = entry.conversation >> 16
        if isinstance(entry, Retried):
            self.events[place] = []
            self.anew[place] = self.anew.get(place, 0) + 1
        elif isinstance(entry, Happened):
            self.events.setdefault(place, []).append(entry.event)


def play(name: str, toolbox: Toolbox) -> tuple[Kept, list[Verdict]]:
    """A domain's first scenarios over a toolbox, in virtual time."""
    kept, verdicts = Kept(), dict[int, Verdict]()
    stage = Stage(casting=Casting(), worlds=Worlds(), toolbox=toolbox, retries=RETRIES)
    jobs = [Job(place=place, scenario=scenario, trial=0) for place, scenario in enumerate(scenarios(name=name)[:MANY])]
    run_virtual(simulate, jobs, stage, kept, MANY, lambda job, verdict: verdicts.update({job.place: verdict}))
    return kept, [verdicts[place] for place in range(MANY)]


@domains
@faults
@pytest.mark.parametrize("good", [0, 1])
def test_a_tool_that_fails_is_the_environments_fault(fault: str, name: str, good: int) -> None:
    """From the first call on or later: the conversation is begun anew, and in the end has failed, by nobody's doing in it."""
    usual, _ = play(name, DirectToolbox())
    calling = [place for place, events in usual.events.items() if sum(isinstance(event, Called) for event in events) > good]
    kept, verdicts = play(name, FaultyToolbox(FAULTS[fault], good=good))
    assert len(calling) > MANY / 2
    assert {(verdicts[place].standing, verdicts[place].blame) for place in calling} == {("failed", "environment")}
    assert kept.anew == dict.fromkeys(calling, RETRIES)


@domains
@faults
def test_tools_that_have_no_chance_to_fail_are_the_usual_ones(fault: str, name: str) -> None:
    """As long as all calls are good ones every event is the same."""
    faulty, verdicts = play(name, FaultyToolbox(FAULTS[fault], good=1_000))
    usual, _ = play(name, DirectToolbox())
    assert {verdict.standing for verdict in verdicts} == {"accepted"}
    assert faulty.events == usual.events


@domains
def test_garbage_is_found_by_the_replay(name: str) -> None:
    """What the tool answered is recorded as it was; that it does not replay says whose fault it is."""
    kept, verdicts = play(name, FaultyToolbox(FAULTS["answers_garbage"], good=0))
    assert all(GARBAGE in [getattr(event, "text", "") for event in events] for events in kept.events.values())
    assert {verdict.reason for verdict in verdicts} == {"a tool's answer does not replay"}
