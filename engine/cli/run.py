"""`run`: play and judge scenarios, write the dataset."""

import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from engine.cli import program
from engine.cli.dry_run import estimated, sampled
from engine.cli.model_options import with_models
from engine.cli.progress import Told, money
from engine.cli.screen import screen, table
from engine.cli.stopping import Interrupted, Stopping
from engine.config import Content, Running, settings
from engine.deploying import deployments
from engine.run import Run, Stopped

STOPPED = 128 + signal.SIGINT
"""The exit status of a run that a budget stopped: as if a person had."""
STANDINGS = ("accepted", "rejected", "failed")
AGENT = "expert|gold|openai:MODEL|guided:MODEL|flawed:NAME|varied:NAME"
USER = "scripted|hesitant|puzzled|openai:MODEL|guided:MODEL|flawed:NAME"
TOOLS = "mcp|direct|mcp+http://HOST:PORT|'mcp+stdio:COMMAND {domain} {world}'"


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(run)


@with_models
def run(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", metavar="PATH…")],
    out: Annotated[Path | None, typer.Option(help="The output folder; by default named by what makes the rows.")] = None,
    agent: Annotated[str | None, typer.Option(metavar=AGENT, help="Who plays the agent.")] = None,
    user: Annotated[str | None, typer.Option(metavar=USER, help="Who plays the customer.")] = None,
    tools: Annotated[str | None, typer.Option(metavar=TOOLS, help="How calls reach the tools.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Conversations at once.")] = None,
    trials: Annotated[int | None, typer.Option(help="Conversations for each scenario.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first scenarios.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all that is drawn.")] = None,
    reasoning: Annotated[str | None, typer.Option(metavar="none|brief|full", help="How much the expert thinks aloud.")] = None,
    first: Annotated[str | None, typer.Option(metavar="user|agent", help="Who begins.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that play, each a part of the scenarios.")] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Every N-th scenario from the I-th on; see 'merge'.")] = None,
    retries: Annotated[int | None, typer.Option(help="How often to begin anew what the environment failed.")] = None,
    call_seconds: Annotated[float | None, typer.Option(help="How long a tool call may take.")] = None,
    max_moves: Annotated[int | None, typer.Option(help="Moves after which a conversation is cut off.")] = None,
    max_calls: Annotated[int | None, typer.Option(help="Tool calls after which it is cut off.")] = None,
    gates: Annotated[str | None, typer.Option(metavar="all|CHECK,…", help="The checks that decide; all are run.")] = None,
    unsure: Annotated[str | None, typer.Option(metavar="CHECK,…", help="Checks that reject also when they are unsure.")] = None,
    imported_rows: Annotated[bool | None, typer.Option(help="Keep rows of tasks that somebody else made.")] = None,
    config: Annotated[Path | None, typer.Option(help="TOML with any of these settings; options win.", metavar="FILE")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    dry_run: Annotated[int | None, typer.Option(help="Only so many conversations, and what all would come to.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
    **models: Any,
) -> int:
    """Play and judge scenarios, and write accepted.jsonl, rejected.jsonl and summary.json.

    Repeating the command goes on where it stopped; what is finished is not played again.
    """
    mine = ("paths", "config", "quiet", "as_json", "dry_run", "models")
    given = {name: value for name, value in locals().items() if name not in (*mine, "mine")} | models
    content, running = settings(config, {name: value for name, value in given.items() if value not in (None, [])})
    return _run(paths, content, running, dry_run, quiet=quiet, as_json=as_json)


def _run(paths: list[Path], content: Content, running: Running, dry_run: int | None, *, quiet: bool, as_json: bool) -> int:
    with Stopping() as stopping:
        try:
            made = Run(paths, content, sampled(running, dry_run))
            stopping.stop = made.stop
            with Told(quiet=quiet, floor=running.floor) as told:
                summary = made.carry_out(told.heard, told.begun, told.watch)
        except Interrupted:
            _stopped("", "")
            return stopping.status or STOPPED
        except Stopped as stopped:
            if stopped.summary is not None:
                say(made.folder, stopped.summary, quiet=quiet, as_json=as_json, again=f"the command, once you {stopped.advice},")
            _stopped(str(stopped), stopped.advice)
            return stopping.status or STOPPED
    if made.without:
        sys.stderr.write(f"{made.without} conversations have no answer of the judge; {_asking(running)}\n")
    if dry_run is not None:
        whole = Run(paths, content, running).total
        return estimated(whole, summary, running.concurrency, deployments(content, running), as_json=as_json)
    say(made.folder, summary, quiet=quiet, as_json=as_json)
    if made.overrun:
        sys.stderr.write(f"spent {made.overrun}\n")
    return 1 if summary["failed"] else 0


def _asking(running: Running) -> str:
    if running.replay is None or running.judge_base_url or running.base_url:
        return "the same command asks again"
    return f"{running.replay} has none either: give --judge-base-url to ask now"


def _stopped(how_far: str, advice: str) -> None:
    state = f"{how_far}; what has happened is kept" if how_far else "nothing is lost"
    command = f"{program()} {shlex.join(sys.argv[1:])}"
    sys.stderr.write(f"stopped: {state}. To go on{f', {advice}' if advice else ''}: {command}\n")


def say(folder: Path, summary: dict[str, Any], *, quiet: bool, as_json: bool, again: str = "the same command") -> None:
    """Tell a person or a script what became of a run. `again` is what carries out what has failed."""
    if as_json:
        sys.stdout.write(msgspec.json.encode(summary | {"out": str(folder)}).decode() + "\n")
    elif not quiet:
        _show(folder, summary)
    if summary["failed"]:
        failed = f"{summary['failed']} conversations could not be carried out or judged"
        sys.stderr.write(f"{failed}; {again} tries them again\n")


def _show(folder: Path, summary: dict[str, Any]) -> None:
    console, counts = screen(), table("", *(f"#{name}" for name in STANDINGS))
    for part in ("by_domain", "by_kind"):
        for name, row in summary[part].items():
            counts.add_row(name, *(str(row[standing]) for standing in STANDINGS))
    counts.add_row("all", *(str(summary[standing]) for standing in STANDINGS), style="bold")
    console.print(counts)
    for reason, count in summary["reasons"].items():
        console.print(f"  {count} × {reason}")
    rate = summary["conversations"] / max(summary["wall_s"], 1e-3)
    if summary["retried"]:
        console.print(f"{summary['retried']} times a conversation was begun anew because the environment failed")
    console.print(f"{summary['tool_calls']} tool calls in {summary['wall_s']:.1f} s, {rate:.1f} conversations a second")
    if usage := summary.get("usage"):
        console.print(_spent(usage))
    left_out = summary["accepted"] - summary["rows"]
    made_elsewhere = f" ({left_out} of tasks made elsewhere left out; --imported-rows keeps them)" if left_out else ""
    console.print(f"{folder / 'accepted.jsonl'}: {summary['rows']} rows{made_elsewhere}")
    console.print(f"{folder / 'rejected.jsonl'}: {summary['rejected'] + summary['failed']} rows")
    console.print(f"{folder / 'summary.json'}, {folder / 'journal.sqlite'} ('{program()} show {folder}')")


def _spent(usage: dict[str, Any]) -> str:
    whole = f"{usage['tokens']:,} tokens, {money(usage['cost'], usage['unpriced'], 4)}"
    if not usage["accepted"]:
        return whole
    each = usage["cost_per_accepted"]
    share = "" if each is None else f" and {money(each, 0, 4)}"
    return f"{whole}; {usage['tokens_per_accepted']:,.0f} tokens{share} an accepted trajectory"
