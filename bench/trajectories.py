"""A trajectory: played, judged, kept in the journal and written as a row, a hundred at once."""

import importlib
import math
import tempfile
import time
from functools import partial
from pathlib import Path

import anyio

from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import scenarios
from bench.stage import jobs, play, recordings, staged, tuned
from bench.yardstick import yardstick
from engine.checkers import judge
from engine.config import Content, Running
from engine.dataset.write import write_dataset
from engine.journal import Journal, writer
from engine.run import Run
from engine.worlds import Worlds

CONVERSATIONS, CONCURRENCY = 1_000, 100
AIMS = {"direct": "≤ 2.5", "mcp": "≤ 4"}
PARTS = ("play", "judge", "journal", "rows")


def figures(setting: Setting) -> list[Figure]:
    """CPU and wall time a trajectory over both toolboxes, the parts apart, and what a run spends before the first."""
    path, found = str(setting.pack), []
    trials = math.ceil(CONVERSATIONS / len(scenarios(path)))
    kinds = [(tools, kind) for kind in (whole, parts) for tools in AIMS]
    measured = in_turn(
        setting.runs, {f"{tools} {kind.__name__}": partial(apart, kind, tools, path, trials) for tools, kind in kinds}
    )
    for tools, aim in AIMS.items():
        samples, inside = measured[f"{tools} whole"], measured[f"{tools} parts"]
        found.append(Figure(what=f"a trajectory, {tools}: CPU", unit="ms", samples=samples["cpu"], aim=aim))
        found.append(Figure(what=f"a trajectory, {tools}: wall", unit="ms", samples=samples["wall"]))
        found += [Figure(what=f"– of it {part}, CPU alone", unit="ms", samples=inside[part]) for part in PARTS]
        found.append(Figure(what=f"start-up, {tools}: imports, CPU", unit="ms", samples=samples["imports"]))
        found.append(Figure(what=f"start-up, {tools}: worlds and scenarios, CPU", unit="ms", samples=samples["checking"]))
    yardsticks = [value for samples in measured.values() for value in samples.get("yardstick", ())]
    return [*found, Figure(what="beside them, the yardstick: CPU", unit="ms", samples=yardsticks)]


def whole(tools: str, path: str, trials: int) -> Measured:
    """A run from its first conversation to its dataset, ms a trajectory; one with a single conversation goes before."""
    if tools == "mcp":
        importlib.import_module("engine.toolboxes.mcp")
    imported = time.process_time()
    first = _run(tools, path, 1, limit=1)
    second = _run(tools, path, trials)
    checked = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        _carried_out(first, Path(folder, "first"))
        cpu, wall = time.process_time(), time.perf_counter()
        count = _carried_out(second, Path(folder, "second"))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "yardstick": yardstick(),
        "cpu": cpu / count * 1e3,
        "wall": wall / count * 1e3,
        "imports": imported * 1e3,
        "checking": (checked - imported) * 1e3,
    }


def _run(tools: str, path: str, trials: int, limit: int | None = None) -> Run:
    running = Running.model_validate({"tools": tools, "trials": trials, "limit": limit, "concurrency": CONCURRENCY})
    return Run([Path(path)], Content(), running)


def _carried_out(run: Run, folder: Path) -> int:
    run.folder = folder
    return int(run.carry_out(lambda *_: None)["conversations"])


def parts(tools: str, path: str, trials: int) -> Measured:
    """The same work one part after the other, CPU ms a trajectory."""
    return anyio.run(_parts, tools, path, trials)


async def _parts(tools: str, path: str, trials: int) -> Measured:
    worlds, todo = Worlds(), list(jobs(path, trials))
    tuned()
    async with staged(tools, worlds) as stage:
        await play(stage, todo[:1])
        times = [time.process_time()]
        sink = await play(stage, todo, CONCURRENCY)
        times.append(time.process_time())
    fresh, rows = recordings(sink, todo, worlds), [(job.place, job.scenario, job.trial) for job in todo]
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "journal.sqlite")) as journal:
        times.append(time.process_time())
        for recording in fresh:
            judge(recording)
        times.append(time.process_time())
        async with writer(journal) as out:
            for entry in sink.entries:
                await out.send(entry)
        times.append(time.process_time())
        write_dataset(Path(folder), journal, rows, worlds, Content(imported_rows=True))
        times.append(time.process_time())
    begun, played, before, judged, kept, written = (moment / len(todo) * 1e3 for moment in times)
    judging = judged - before
    return {"play": played - begun - judging, "judge": judging, "journal": kept - judged, "rows": written - kept}
