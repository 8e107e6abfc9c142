"""Whatever an endpoint does wrong, and killed in the midst of it: the same is accepted, and nothing is paid for twice."""

import signal
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bench.peer.faults import NAMES, Faults
from bench.peer.latency import latency
from bench.peer.places import BadParts, Places
from bench.peer.record import Line, read
from bench.peer.rehearsing import Rehearsal, rehearsed
from bench.peer.started import quiet, started
from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Reply
from engine.models.endpoint import Ask
from engine.models.rehearsed import FAULTS as IN_REPLIES
from engine.models.rehearsed import body_of, due
from engine.scenario import encode, stream
from engine.simulation import simulate
from tests.conftest import ROOT
from tests.engine import peers, stages
from tests.engine.rehearsals import Answering, Models, parts
from tests.engine.serving import KEY, Server, serving
from tests.engine.test_retries import trying

EACH, SHARE, LAST = 5, 0.02, 120
RARE = {"500 for long": 0.0, "hang": 0.005, "drip without end": 0.005, "503 burst": 0.005}
"""What takes a while each time; the campaign has more of it."""
FAULTS = Faults(shares=dict.fromkeys(NAMES, SHARE) | RARE, seed=3, retry_after=0.05, burst=0.6, drip=0.4)
RUNNING = ("--concurrency", "12", "--reply-seconds", "1")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some scenarios of either domain."""
    path = tmp_path_factory.mktemp("pack") / "pack.jsonl"
    files = [ROOT / "scenarios" / domain / "first.jsonl" for domain in ("airline", "retail")]
    path.write_bytes(b"".join(encode(each) for file in files for each in islice(stream([file]), EACH)))
    return path


@pytest.fixture(scope="module")
def known(pack: Path) -> Rehearsal:
    return rehearsed([pack])


def test_with_every_fault_and_a_kill_the_same_is_accepted_and_nothing_is_sent_again_that_was_journaled(
    pack: Path, known: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are those of a run with the same faults that nobody killed; without what faults left in them they are those of a
    run without any."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with started(pack, "--latency", "fixed:0.001", log=tmp_path / "log") as peer:
        peers.carried_out(pack, tmp_path / "calm", peer.url, *RUNNING, seconds=120)
        assert peer.quiet().requests == len(peers.journaled(tmp_path / "calm"))
    assert {line.id for line in read(tmp_path / "log") if line.replied} == peers.journaled(tmp_path / "calm")
    with serving(known, FAULTS, latency("uniform:0.001,0.02")) as server:
        carried_out(server, pack, tmp_path / "faulty")
        assert len(set(server.peer.stand().wrong)) >= 0.8 * len(NAMES)
        assert peers.sent_again(server.lines, []) == []
    with serving(known, FAULTS, latency("uniform:0.001,0.02")) as server:
        kills = [killed(server, pack, tmp_path / "killed")]
        carried_out(server, pack, tmp_path / "killed")
        assert peers.sent_again(server.lines, kills) == [] and kills[0][1]
    assert peers.rows(tmp_path / "killed") == peers.rows(tmp_path / "faulty")
    accepted, plain = (peers.accepted(tmp_path / name) for name in ("faulty", "calm"))
    assert list(map(peers.cleared, accepted)) == list(map(peers.cleared, plain))
    assert len(plain) == 2 * EACH and accepted != plain


def test_without_a_seed_a_mistake_that_is_made_again_is_another_request(
    pack: Path, known: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what was answered by no completion is asked as it was: nothing can be told a model about that."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    faults = Faults(shares={"empty": 0.2, "truncated": 0.1, "no json": 0.1}, seed=3)
    with serving(known, faults, latency("fixed:0.001")) as server:
        peers.carried_out(pack, tmp_path / "run", server.url, *RUNNING, seconds=120, seeded=False)
        lines = server.lines
    assert peers.sent_again(lines, [], seeded=False) == []
    again = peers.sent_again(lines, [])
    assert again and {line.digest for line in again} <= {line.digest for line in lines if line.fault in peers.NO_COMPLETION}
    assert len(peers.accepted(tmp_path / "run")) == 2 * EACH


def carried_out(server: Server, pack: Path, out: Path) -> None:
    left = peers.carried_out(pack, out, server.url, *RUNNING, seconds=120)
    assert (left.descriptors, left.tasks) == ([], [])
    assert peers.journaled(out) <= {line.id for line in server.lines if line.replied}
    assert quiet(server.url).in_flight == 0


def killed(server: Server, pack: Path, out: Path) -> peers.Killed:
    """A run that is killed when it sends a request."""

    def kill(number: int, _body: Mapping[str, Any]) -> None:
        if number == LAST:
            process.send_signal(signal.SIGKILL)

    server.before = kill
    with peers.started(pack, out, server.url, *RUNNING) as process:
        assert process.wait(120) == -signal.SIGKILL
    server.before = None
    return quiet(server.url).requests, peers.journaled(out)


def test_what_was_sent_again_is_found() -> None:
    """By the journal where a kill came between; in one life by what was given."""
    sent = [("a", True), ("b", True), ("c", False), ("c", True), ("c", True), ("b", True), ("a", False)]
    lines = [Line(number=number, digest=digest * 64, id="x", whole=whole) for number, (digest, whole) in enumerate(sent, 1)]
    again = peers.sent_again(lines, [(5, {"a" * 24}), (6, set())])
    assert [line.number for line in again] == [5, 7]
    assert peers.given_twice(lines) == 2


def test_what_was_answered_by_no_completion_is_not_sent_again_in_vain() -> None:
    """Where no seed tells one attempt from the next."""
    faults = ["no json", "error", "", ""]
    lines = [Line(number=number, digest="a" * 64, id="x", whole=True, fault=fault) for number, fault in enumerate(faults, 1)]
    assert [line.number for line in peers.sent_again(lines, [], seeded=False)] == [4]
    assert [line.number for line in peers.sent_again(lines, [])] == [2, 3, 4]


def test_what_came_instead_of_a_reply_is_not_asked_for_again_when_another_request_fails() -> None:
    """Only where nothing else came, as often as it was asked, the same is asked once more."""
    known, failed = parts(1), set[str]()

    class Odd(Answering):
        async def complete(self, ask: Ask) -> Reply:
            if (ask.role, ask.attempt) == ("agent", 1) and not failed:
                failed.add(ask.conversation)
                raise PartyFailed("environment", "endpoint failed")
            return await super().complete(ask)

    def answer(ask: Ask) -> bytes:
        move = due(known[ask.conversation]["agent" if ask.role == "agent" else "user"], ask.messages)
        return IN_REPLIES["no json"](move) if (ask.role, ask.attempt) == ("agent", 0) else body_of(move)

    endpoint, kept = Odd(answer), stages.Kept()
    run_virtual(simulate, stages.jobs(1), trying(1, casting=Models(endpoint)), kept, 1, lambda *_: None)
    assert failed and kept.standings() == {("accepted", "", None): 1}
    places = [(ask.role, ask.move, ask.attempt) for ask in endpoint.asked]
    assert len(places) == len(set(places))


def test_two_customers_who_begin_with_the_same_words_are_refused(known: Rehearsal) -> None:
    """An agent could not tell them apart."""
    name = next(iter(known.parts))
    with pytest.raises(BadParts, match="begin with the same words"):
        Places({**known.parts, "another": known.parts[name]}, known.briefs)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("often:1", "a latency is one of fixed:SECONDS"),
        ("uniform:1", "uniform is written uniform:LOW,HIGH"),
        ("fixed:-1", "fixed"),
    ],
)
def test_a_latency_that_cannot_be_is_refused(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        latency(written)


def test_a_fault_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no fault 'earthquake'; there are 429, "):
        Faults(shares={"earthquake": 0.5})
