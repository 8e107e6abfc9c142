"""`python -m bench.peer PATH…`: serve on loopback until SIGTERM or SIGINT; the first line is the base URL."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.peer.faults import NAMES, Faults
from bench.peer.latency import FORMS, latency
from bench.peer.places import BadParts, Places
from bench.peer.record import kept
from bench.peer.rehearsing import rehearsed
from bench.peer.server import Peer
from bench.peer.serving import listening, serve
from engine.journal import JournalFailed
from engine.scenario import BadScenario


def main(words: Sequence[str] | None = None) -> None:
    """Serve what was asked for."""
    parser = _parser()
    asked = parser.parse_args(words)
    try:
        faults = Faults(
            shares=(dict.fromkeys(NAMES, asked.faults) if asked.faults else {}) | dict(map(_share, asked.fault)),
            seed=asked.seed,
            retry_after=asked.retry_after,
            burst=asked.burst,
            drip=asked.drip,
        )
        takes = latency(asked.latency) if asked.latency else None
        rehearsal = rehearsed(asked.paths, asked.run)
        places = Places(rehearsal.parts, rehearsal.briefs)
    except (BadScenario, BadParts, JournalFailed, ValueError) as error:
        parser.error(str(error))
    with kept(asked.log) as (tell, flush):
        peer = Peer(places, faults=faults, latency=takes, key=asked.key, model=asked.model, tell=tell)
        with listening(asked.port) as listener:
            serve(peer, listener, flush)


def _share(written: str) -> tuple[str, float]:
    name, equals, share = written.rpartition("=")
    if not equals:
        raise ValueError(f"--fault {written}: is written NAME=SHARE")
    return name, float(share)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.peer", description=__doc__)
    add = parser.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH", help="scenario files, or folders of them")
    add("--run", type=Path, help="a run's folder: its moves, instead of playing the scenarios")
    add("--latency", help=f"how long a reply takes: {FORMS}")
    add("--faults", type=float, default=0.0, metavar="SHARE", help="the share of requests that has each fault")
    add("--fault", action="append", default=[], metavar="NAME=SHARE", help=f"that of one fault: {', '.join(NAMES)}")
    add("--retry-after", type=float, default=1.0, metavar="S", help="what a 429 asks to wait (1)")
    add("--burst", type=float, default=1.0, metavar="S", help="how long a burst of 503 lasts (1)")
    add("--drip", type=float, default=3.0, metavar="S", help="how long a slow drip takes (3)")
    add("--seed", type=int, default=0, help="of all that is drawn (0)")
    add("--log", type=Path, metavar="FILE", help="a line of JSON for every request")
    add("--key", help="the key that is wanted")
    add("--model", help="the model that there is; any, if none is named")
    add("--port", type=int, default=0, help="the port on 127.0.0.1; 0 takes a free one")
    return parser


if __name__ == "__main__":
    main()
