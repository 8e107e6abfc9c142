"""`run --dry-run N`: a few of a run's conversations, and what all of them would come to. What is played is kept for the run."""

import sys
from typing import Any

import msgspec

from engine.config import Running


def sampled(running: Running, conversations: int | None) -> Running:
    """The run with no more scenarios than give so many conversations."""
    if conversations is None:
        return running
    few = max(1, conversations // running.trials)
    return running.model_copy(update={"limit": min(few, running.limit or few)})


def estimated(total: int, summary: dict[str, Any], concurrency: int, *, as_json: bool) -> int:
    """Say what all would come to by what those of a summary did."""
    played, usage = summary["conversations"], summary.get("usage", {})
    seconds = 0.0
    for role in usage.get("roles", {}).values():
        seconds += role["seconds"]
    parts = total / played
    found = {
        "conversations": total,
        "played": played,
        "accepted": round(summary["accepted"] * parts),
        "tokens": round(usage.get("tokens", 0) * parts),
        "cost": round(usage.get("cost", 0.0) * parts, 4),
        "unpriced": round(usage.get("unpriced", 0) * parts),
        "hours": round(max(seconds * parts / min(concurrency, total), seconds / played) / 3_600, 4),
    }
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        unknown = f" and {found['unpriced']:,} replies without a known price" if found["unpriced"] else ""
        sys.stdout.write(
            f"by {played} of {total:,} conversations: {found['tokens']:,} tokens, {found['cost']:,.2f} USD{unknown}, "
            f"{found['hours']:.2f} h with {concurrency} at once, {found['accepted']:,} accepted\n"
        )
    return 0
