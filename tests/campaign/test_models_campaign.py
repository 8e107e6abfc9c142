"""Five hundred conversations of a model agent and a model user with everything that endpoints do wrong, and three kills."""

import json
import resource
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

import servers
from bench.peer.faults import NAMES
from bench.peer.record import Line, read
from bench.peer.started import started
from engine.scenario import encode, stream
from engine.synthesis.generate import generate
from servers.worlds import open_world
from tests.campaign.commands import PACK, journal_bytes, killed_after, run
from tests.engine import peers

pytestmark = pytest.mark.campaign

CONVERSATIONS, AT_ONCE, KILLS = 500, 100, 3
CLOSING = 10
"""Connections that may be on their way to an end while others have come in their place."""
SECONDS = 900.0
"""In which a run has come to its end."""
RUNNING = ("--concurrency", str(AT_ONCE), "--reply-seconds", "5")
LATENCY = ("--latency", "lognormal:0.02,0.6", "--seed", "6")
FAULTS = ("--faults", "0.008", "--retry-after", "0.2", "--burst", "0.8", "--drip", "1")
TOO_MUCH = {"429": 0.004, "429 with Retry-After": 0.004, "503 burst": 0.0005}
LONG = {"hang": 0.002, "drip without end": 0.001, "500 for long": 0.0005}
"""What takes a while each time, or slows everybody down."""
WRONG = (*LATENCY, *FAULTS, *(f"--fault={name}={share}" for name, share in (TOO_MUCH | LONG).items()))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped scenarios, and others of the shop."""
    path, shipped = tmp_path_factory.mktemp("pack") / "pack.jsonl", list(stream([PACK]))
    shop = servers.load("retail")
    more = generate(shop, open_world(shop, "small:7"), CONVERSATIONS - len(shipped), 606, Counter())
    path.write_bytes(b"".join(map(encode, [*shipped, *more])))
    return path


@pytest.fixture(scope="module")
def rehearsal(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run without models whose moves the peer knows."""
    out = tmp_path_factory.mktemp("rehearsal") / "run"
    run(out, "--tools", "direct", pack=pack)
    return out


class Passed(msgspec.Struct, kw_only=True):
    """A run, its peer at the end, what that was asked, and the kills in between."""

    out: Path
    lines: list[Line]
    most_in_flight: int
    most_connections: int
    kills: list[peers.Killed]
    wall: float
    cpu: float

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "summary.json").read_bytes())
        return found

    def figures(self) -> dict[str, object]:
        """A column of the table."""
        wrong = Counter(name for line in self.lines for name in (line.way, line.fault) if name)
        summary, again = self.summary, peers.sent_again(self.lines, self.kills)
        return {
            "conversations": summary["conversations"],
            "accepted": summary["accepted"],
            "begun anew (environment)": summary["retried"],
            "kills": len(self.kills),
            "replies in the journal at each kill": " ".join(str(len(had)) for _, had in self.kills) or "-",
            "requests": len(self.lines),
            "replies handed over": sum(line.replied for line in self.lines),
            "replies in the journal": len(peers.journaled(self.out)),
            "given twice (killed before the journal had it)": peers.given_twice(self.lines),
            "sent again although journaled": len(again),
            "most requests in flight": self.most_in_flight,
            "most connections open": self.most_connections,
            "wall seconds": round(self.wall),
            "CPU seconds, engine and peer": round(self.cpu),
            **{f"– {name}": wrong[name] for name in NAMES},
        }


def test_the_same_is_accepted_whatever_an_endpoint_does_wrong_and_nothing_is_paid_for_twice(
    pack: Path, rehearsal: Path, tmp_path: Path
) -> None:
    """Three runs: nothing wrong; every fault; every fault and three kills. The last two are equal byte for byte, and without what
    faults left in their rows equal to the first."""
    calm = passed(pack, rehearsal, tmp_path / "calm", LATENCY)
    faulty = passed(pack, rehearsal, tmp_path / "faulty", WRONG)
    killed = passed(pack, rehearsal, tmp_path / "killed", WRONG, journal_bytes(faulty.out))
    say({"undisturbed": calm, "faults": faulty, "faults, kills": killed})
    assert calm.summary["accepted"] >= 0.99 * CONVERSATIONS
    assert len(killed.kills) == KILLS
    assert peers.rows(killed.out) == peers.rows(faulty.out)
    assert list(map(peers.cleared, peers.accepted(killed.out))) == list(map(peers.cleared, peers.accepted(calm.out)))
    assert peers.rejected(killed.out) == peers.rejected(calm.out)
    for each in (calm, faulty, killed):
        assert peers.sent_again(each.lines, each.kills) == []
        assert peers.journaled(each.out) <= {line.id for line in each.lines if line.replied}
        assert each.most_connections <= AT_ONCE + CLOSING
    for each in (faulty, killed):
        assert {name for line in each.lines for name in (line.way, line.fault) if name} == set(NAMES)


def passed(pack: Path, rehearsal: Path, out: Path, words: tuple[str, ...], size: int = 0) -> Passed:
    """A run against a peer of its own, killed three times on the way to a journal of some size, if one is given."""
    begun, spent = time.monotonic(), _spent()
    log = out.with_suffix(".log")
    with started(pack, *words, run=rehearsal, log=log) as peer:
        kills = []
        for mark in _marks(size):
            if killed_after(peers.engine(pack, out, peer.url, *RUNNING), out, mark):
                kills.append((peer.quiet().requests, peers.journaled(out)))
        left = peers.carried_out(pack, out, peer.url, *RUNNING, seconds=SECONDS)
        assert (left.descriptors, left.tasks) == ([], [])
        standing = peer.quiet()
    return Passed(
        out=out,
        lines=read(log),
        most_in_flight=standing.most_in_flight,
        most_connections=standing.most_connections,
        kills=kills,
        wall=time.monotonic() - begun,
        cpu=_spent() - spent,
    )


def _marks(size: int) -> list[int]:
    random = Random("three kills")
    return sorted(random.randrange(size // 10, size * 9 // 10) for _ in range(KILLS)) if size else []


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(columns: dict[str, Passed]) -> None:
    """Shown by `make campaign`."""
    figures = {name: column.figures() for name, column in columns.items()}
    print("\n" + f"{'':<50}" + "".join(f"{name:>18}" for name in figures))
    for row in next(iter(figures.values())):
        print(f"{row:<50}" + "".join(f"{each[row]!s:>18}" for each in figures.values()))
