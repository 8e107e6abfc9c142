"""What the environment failed is begun anew: the rows are those of a run in which nothing failed. Calls are bounded in time."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from engine.casting import Casting
from engine.checkers.finding import Finding
from engine.checkers.verdict import REPLAY, Verdict
from engine.clock import run_virtual
from engine.conversation.converse import EnvironmentFailed, PartyFailed, Tools
from engine.conversation.events import Event, Failed, Replied, Spoke
from engine.journal import Entry, Happened, InlineSink, Journal, Judged, Retried, key
from engine.scenario import GoldWrite
from engine.simulation import Failure, Job, Stage, failure_of, simulate
from engine.toolboxes.bounded import Bounded
from engine.toolboxes.direct import DirectToolbox
from servers.domain import Domain, Outcome, Party
from servers.state import World
from tests.engine.stages import LIGHTS, Kept, Listed, jobs, opened, stage, world
from tests.engine.test_simulation import Sabotaged, unheard
from tests.engine.writ import PRICE, scenario, writ
from tests.engine.writ import written as pack_of


class Shaky(DirectToolbox):
    """Tools that fail the second call of some conversations, so many times each (-1: always); `after` seconds, if they hang."""

    def __init__(self, failures: int, after: float | None = None) -> None:
        self._failures = failures
        self._after = after
        self.failed: Counter[str] = Counter()

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        return _ShakyTools(self, conversation, super().open(conversation, domain, world, past))

    async def fail(self, conversation: str) -> None:
        if hash_of(conversation) % 3 == 0 and self.failed[conversation] != self._failures:
            self.failed[conversation] += 1
            if self._after is not None:
                await anyio.sleep(self._after)
            raise EnvironmentFailed("the wire was cut")


class _ShakyTools:
    def __init__(self, toolbox: Shaky, conversation: str, tools: Tools) -> None:
        self._toolbox = toolbox
        self._conversation = conversation
        self._tools = tools
        self._calls = 0

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        self._calls += 1
        if self._calls == 2:
            await self._toolbox.fail(self._conversation)
        return await self._tools.call(party, name, arguments)


def hash_of(name: str) -> int:
    """The same for every process."""
    return sum(1 for letter in name for _ in range(ord(letter)))


def trying(retries: int, toolbox: DirectToolbox | None = None, casting: Casting | None = None, seconds: float = 60.0) -> Stage:
    made = stage(toolbox, casting)
    return Stage(
        casting=made.casting,
        worlds=made.worlds,
        toolbox=made.toolbox,
        seed=made.seed,
        retries=retries,
        call_seconds=seconds,
    )


def journalled(path: Path, stage: Stage, concurrency: int = 5, played: Iterable[Job] | None = None) -> tuple[str, int]:
    """The digest of a run in virtual time, and how often a conversation was begun anew."""
    with Journal(path) as journal:
        run_virtual(simulate, list(played or jobs()), stage, InlineSink(journal), concurrency, unheard)
        return journal.digest(), journal.retried(30, 1)


@pytest.mark.parametrize("failures", [1, 2])
def test_tools_that_fail_at_first_leave_no_trace_in_the_bytes(failures: int, tmp_path: Path) -> None:
    """Every event and verdict is that of an undisturbed run; how often and why is kept beside them."""
    undisturbed, none = journalled(tmp_path / "a", trying(2))
    toolbox = Shaky(failures)
    disturbed, retried = journalled(tmp_path / "b", trying(2, toolbox))
    assert disturbed == undisturbed
    assert (none, retried) == (0, toolbox.failed.total())
    assert retried == failures * len(toolbox.failed) >= 5 * failures
    with closing(sqlite3.connect(tmp_path / "b")) as database:
        rows = database.execute("SELECT conversation, attempt, reason, detail FROM retries").fetchall()
    assert Counter(attempt for _, attempt, _, _ in rows) == {attempt: len(toolbox.failed) for attempt in range(1, failures + 1)}
    assert {(reason, detail) for _, _, reason, detail in rows} == {("tool failed", "the wire was cut")}


def test_tools_that_always_fail_are_reported_as_failed_after_so_many_retries(tmp_path: Path) -> None:
    """Neither accepted nor rejected; the other conversations are as ever."""
    toolbox, kept = Shaky(-1), Kept()
    run_virtual(simulate, jobs(), trying(2, toolbox), kept, 5, unheard)
    failed = {entry.conversation for entry in kept.entries if isinstance(entry, Judged) and entry.verdict.standing == "failed"}
    assert len(failed) == len(toolbox.failed) >= 5
    assert set(toolbox.failed.values()) == {3}
    assert Counter(entry.conversation for entry in kept.entries if isinstance(entry, Retried)) == dict.fromkeys(failed, 2)
    assert sum(entry.verdict.accepted for entry in kept.entries if isinstance(entry, Judged)) == 30 - len(failed)


def test_without_retries_nothing_is_begun_anew() -> None:
    toolbox, kept = Shaky(1), Kept()
    run_virtual(simulate, jobs(), trying(0, toolbox), kept, 5, unheard)
    assert not any(isinstance(entry, Retried) for entry in kept.entries)
    assert kept.standings()["failed", "tool failed", "environment"] == len(toolbox.failed)


@pytest.mark.parametrize("blame", ["agent", "user", "scenario"])
def test_what_a_party_or_a_scenario_fails_is_not_begun_anew(blame: str) -> None:
    casting = Sabotaged("agent", Listed(PartyFailed(blame, "no move")))  # type: ignore[arg-type]
    kept = Kept()
    run_virtual(simulate, jobs(6), trying(5, casting=casting), kept, 2, unheard)
    assert not any(isinstance(entry, Retried) for entry in kept.entries)
    assert any(isinstance(events[-1], Failed) and events[-1].blame == blame for events in kept.conversations().values())


def test_a_party_whose_environment_fails_is_begun_anew() -> None:
    """A model's endpoint that is down is nobody's fault in the conversation."""
    casting = Sabotaged("agent", Listed(PartyFailed("environment", "no answer", "503")))
    kept = Kept()
    run_virtual(simulate, jobs(6), trying(1, casting=casting), kept, 2, unheard)
    retries = [entry for entry in kept.entries if isinstance(entry, Retried)]
    assert {(entry.reason, entry.detail) for entry in retries} == {("no answer", "503")}


def test_what_failed_in_an_earlier_run_is_begun_anew_from_its_beginning(tmp_path: Path) -> None:
    """Its old events go, in their place among everybody's entries; the end is as if it had never failed."""
    undisturbed, _ = journalled(tmp_path / "a", trying(0))
    toolbox = Shaky(1)
    journalled(tmp_path / "b", trying(0, toolbox))
    with Journal(tmp_path / "b") as journal:
        again = [
            Job(place=job.place, scenario=job.scenario, trial=0, failed=Failure(reason="tool failed"))
            for job in jobs()
            if journal.standing(key(job.place, 0)) == "failed"
        ]
    assert len(again) == len(toolbox.failed)
    assert journalled(tmp_path / "b", trying(0, toolbox), played=again) == (undisturbed, len(again))


def test_what_was_carried_on_and_then_failed_is_begun_anew_from_its_beginning(tmp_path: Path) -> None:
    """Not from where it stood when the run was taken up: that is a state which nobody has any more."""
    undisturbed, _ = journalled(tmp_path / "a", trying(0))
    toolbox = Shaky(1)
    with Journal(tmp_path / "a") as whole, Journal(tmp_path / "b") as journal:
        carried_on = []
        for job in jobs():
            past = whole.events(key(job.place, 0))[:3]
            journal.write([Happened(key(job.place, 0), number, event) for number, event in enumerate(past)])
            carried_on.append(Job(place=job.place, scenario=job.scenario, trial=0, past=past))
    digest, retried = journalled(tmp_path / "b", trying(1, toolbox), played=carried_on)
    assert (digest, retried) == (undisturbed, toolbox.failed.total())
    assert retried > 0


def test_a_batch_may_have_the_end_of_one_try_and_the_beginning_of_the_next(tmp_path: Path) -> None:
    """What was paid for in another conversation stays, and so does what comes after."""
    replied = Replied(party="agent", move=1, attempt=0, raw="{}")
    spoke = Spoke(party="user", move=1, text="again")
    batch: list[Entry] = [
        *(Happened(1, 0, opened()), Happened(2, 0, opened()), Happened(2, 1, replied), Happened(1, 1, replied)),
        *(Retried(1, "tool failed", "x"), Happened(1, 0, opened()), Happened(2, 2, spoke), Happened(1, 1, spoke)),
    ]
    with Journal(tmp_path / "j") as journal:
        journal.write([Happened(1, 0, opened())])
        journal.write([Retried(1, "tool failed"), *batch])
        assert journal.events(1) == [opened(), spoke]
        assert journal.events(2) == [opened(), replied, spoke]
        assert journal.retried(10, 10) == 2


def test_why_an_answer_did_not_replay_is_kept_with_the_retry() -> None:
    found = Finding(check=REPLAY, result="fail", detail="recorded 'a', the replay answers 'b'")
    verdict = Verdict(standing="failed", reason="a tool's answer does not replay", blame="environment", findings=(found,))
    assert failure_of(verdict, [opened()]) == Failure(reason=verdict.reason, detail=found.detail)


class _Slow:
    """Tools that answer after a while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tools = DirectToolbox().open("s#0", LIGHTS, world(), ())

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        await anyio.sleep(self._seconds)
        return await self._tools.call(party, name, arguments)


class _Distant(_Slow):
    """Tools that are reached after a while, and answer at once."""

    def __init__(self, seconds: float) -> None:
        super().__init__(0.0)
        self._way = seconds

    async def connect(self) -> None:
        await anyio.sleep(self._way)


@pytest.mark.parametrize(("tools", "late"), [(_Slow(59), False), (_Slow(61), True), (_Distant(500), False)])
def test_a_call_is_answered_in_time_or_is_the_environments_failure(tools: Tools, late: bool) -> None:
    """In virtual time. Waiting for a free place at a server is no call that hangs."""

    async def main() -> tuple[str, float]:
        began = anyio.current_time()
        try:
            outcome, _ = await Bounded(LIGHTS, tools, 60).call("agent", "no_such_tool", "{}")
            return outcome.text, anyio.current_time() - began
        except EnvironmentFailed as failed:
            return str(failed), anyio.current_time() - began

    text, took = run_virtual(main)
    if late:
        assert (text, took) == ("tests.domains.lights.no_such_tool did not answer within 60 s", 60)
    else:
        assert "not found" in text


def test_tools_that_hang_fail_their_conversations_in_time_and_hold_up_nobody_else(tmp_path: Path) -> None:
    """Hanging once, they are tried again and leave no trace; the limit makes no bytes."""
    undisturbed, _ = journalled(tmp_path / "a", trying(1, seconds=7))
    toolbox = Shaky(1, after=1e9)
    assert journalled(tmp_path / "b", trying(1, toolbox), concurrency=1) == (undisturbed, len(toolbox.failed))
    hanging, kept = Shaky(-1, after=1e9), Kept()
    run_virtual(simulate, jobs(), trying(0, hanging, seconds=2.5), kept, 5, unheard)
    details = {events[-1].detail for events in kept.conversations().values() if isinstance(events[-1], Failed)}
    assert len(details) >= 1
    assert all(detail.endswith("did not answer within 2.5 s") for detail in details)


def test_the_command_line_tries_again_counts_it_and_exits_1_when_it_was_in_vain(tmp_path: Path) -> None:
    """A tool that breaks every time is tried as often as asked; the summary counts it, the rows of the others are there."""
    broken = scenario("broken", GoldWrite(name="break_shelf", arguments={}))
    pack = pack_of(tmp_path / "pack.jsonl", [broken, scenario("fine", PRICE)])
    options = ("--agent", "gold", "--tools", "direct", "--retries", "3", "--json", "--out", "out")
    told = writ("run", pack, *options, cwd=tmp_path)
    summary = json.loads(told.stdout)
    assert (told.returncode, summary["failed"], summary["accepted"], summary["retried"]) == (1, 1, 1, 3), told.stderr
    with Journal(tmp_path / "out" / "journal.sqlite", read_only=True) as journal:
        assert isinstance(journal.events(key(0, 0))[-1], Failed)
    assert writ("run", pack, *options[:4], "--retries", "0", "--out", "out", cwd=tmp_path).returncode == 1
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["retried"] == 4
