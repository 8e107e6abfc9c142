"""Two hundred kills, counted by their moment: every run ends in the bytes of one that nothing happened to."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from engine.run import JOURNAL
from tests.campaign.commands import command, journal_bytes, killed_after
from tests.engine.kills import Left, carried_out, drawn, killed, mixed
from tests.engine.moments import MOMENTS
from tests.engine.test_kills import FILE, LOG, Whole, becomes, damaged, halfway, lamps, page_of_garbage, undisturbed

__all__ = ["halfway", "lamps"]

pytestmark = pytest.mark.campaign

AT_MOMENTS, ANYWHERE, RUNS = 140, 60, 6

Counts = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Some conversations of every domain, of those that are shipped."""
    folder = tmp_path_factory.mktemp("every")
    return undisturbed(mixed(folder / "pack.jsonl", 8), folder / "whole")


def test_two_hundred_kills_and_every_run_ends_as_an_undisturbed_one(every: Whole, lamps: Whole, tmp_path: Path) -> None:
    """A hundred and forty at ten known moments, over both toolboxes; sixty wherever a run happens to be, ten in each of six."""
    counts: Counts = {moment: Counter() for moment in [*MOMENTS, "anywhere"]}
    for name, whole in (("every", every), ("lamps", lamps)):
        _at_moments(name, whole, counts, tmp_path)
    for number in range(RUNS):
        _anywhere(number, every, counts["anywhere"], tmp_path)
    _say("killed", counts, ("tried", "hit", "equal"))
    assert all(count["equal"] == count["tried"] and count["hit"] for count in counts.values())
    assert sum(count["hit"] for count in counts.values()) >= 190


def _at_moments(name: str, whole: Whole, counts: Counts, folder: Path) -> None:
    """Each kill in a folder of its own."""
    pack, undisturbed_run, expected = whole
    for place, kill in enumerate(drawn(f"campaign {name}", AT_MOMENTS // 2, undisturbed_run)):
        out = folder / f"{name}-{place}"
        counts[kill.moment].update(tried=1, hit=killed(kill, pack, out), equal=_equal(pack, out, kill.tools, expected))
        shutil.rmtree(out)


def _anywhere(number: int, whole: Whole, counts: Counter[str], folder: Path) -> None:
    """One run, killed from outside ten times as its journal grows."""
    pack, undisturbed_run, expected = whole
    out, choice = folder / f"anywhere-{number}", random.Random(f"anywhere {number}")
    size = journal_bytes(undisturbed_run)
    marks = sorted(choice.randrange(1, size) for _ in range(ANYWHERE // RUNS))
    words = command(out, "--concurrency", "4", "--tools", ("mcp", "direct")[number % 2], pack=pack)
    hits = sum(killed_after(words, out, mark) for mark in marks)
    equal = _equal(pack, out, "direct", expected)
    counts.update(tried=len(marks), hit=hits, equal=len(marks) * equal)


def _equal(pack: Path, out: Path, tools: str, expected: Left) -> bool:
    return carried_out(pack, out, tools) == expected


def test_every_page_of_a_journal_that_turns_to_garbage_is_seen_or_makes_no_difference(
    lamps: Whole, halfway: Path, tmp_path: Path
) -> None:
    """And all that may happen to its end and to the log beside it."""
    pages = (halfway / JOURNAL).stat().st_size // 4_096
    counts: Counts = {
        "a page of garbage": Counter(page_of_garbage(lamps, halfway, page, tmp_path / str(page)) for page in range(pages))
    }
    for how, damage in (LOG | FILE).items():
        counts[how] = Counter([becomes(lamps, damaged(halfway, damage, tmp_path / how))])
    _say("damaged", counts, ("equal", "refused"))
    assert all(not counts[how]["refused"] for how in LOG) and all(not counts[how]["equal"] for how in FILE)


def _say(what: str, counts: Counts, names: tuple[str, ...]) -> None:
    """Shown by `make campaign`."""
    width = max(map(len, counts))
    print(f"\n{what:<{width}}", *(f"{name:>8}" for name in names))
    for where, count in counts.items():
        print(f"{where:<{width}}", *(f"{count[name]:>8}" for name in names))
    total = Counter[str]()
    for count in counts.values():
        total.update(count)
    print(f"{'all':<{width}}", *(f"{total[name]:>8}" for name in names))
