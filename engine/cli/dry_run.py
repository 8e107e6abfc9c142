"""`run --dry-run N`: a few of a run's conversations, and what all of them would come to. What is played is kept for the run."""

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.cli.progress import money
from engine.config import Running
from engine.models.deployment import Deployment
from engine.models.endpoint import Role
from engine.models.pacing import MINUTE


def sampled(running: Running, conversations: int | None) -> Running:
    """The run with no more scenarios than give so many conversations."""
    if conversations is None:
        return running
    few = max(1, conversations // running.trials)
    return running.model_copy(update={"limit": min(few, running.limit or few)})


def estimated(
    total: int, summary: dict[str, Any], concurrency: int, deployments: Mapping[Role, Deployment], *, as_json: bool
) -> int:
    """Say what all would come to by what those of a summary did, at the pace that endpoints may be asked at."""
    played, usage = summary["conversations"], summary.get("usage", {})
    roles, seconds, parts = usage.get("roles", {}), 0.0, total / played
    for role in roles.values():
        seconds += role["seconds"]
    least = max(seconds * parts / min(concurrency, total), seconds / played, _paced(roles, parts, deployments))
    cost, unpriced = usage.get("cost", 0.0), round(usage.get("unpriced", 0) * parts)
    found = {
        "conversations": total,
        "played": played,
        "accepted": round(summary["accepted"] * parts),
        "tokens": round(usage.get("tokens", 0) * parts),
        "cost": None if cost is None else round(cost * parts, 4),
        "unpriced": unpriced,
        "hours": round(least / 3_600, 4),
    }
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        sys.stdout.write(
            f"by {played} of {total:,} conversations: {found['tokens']:,} tokens, {money(found['cost'], unpriced)}, "
            f"{found['hours']:.2f} h with {concurrency} at once, {found['accepted']:,} accepted\n"
        )
    return 0


def _paced(roles: Mapping[str, Any], parts: float, deployments: Mapping[Role, Deployment]) -> float:
    """Seconds until the busiest endpoint has been given so many times what each role asked for, within its limits.

    A role's requests are spread over its replicas; roles with the same model at the same address share it.
    """
    loads: dict[tuple[str, str], tuple[float, float, float]] = {}
    longest = 0.0
    for role in deployments.keys() & roles.keys():
        deployed, used = deployments[role], roles[role]
        limits = deployed.limits
        for url in deployed.urls:
            share = parts / len(deployed.urls)
            asked = used["replies"], used["prompt_tokens"] + used["completion_tokens"], used["seconds"]
            before = loads.get((url, deployed.model), (0.0, 0.0, 0.0))
            requests, tokens, seconds = (had + share * more for had, more in zip(before, asked, strict=True))
            loads[url, deployed.model] = (requests, tokens, seconds)
            longest = max(
                longest,
                seconds / limits.most,
                requests * MINUTE / limits.requests_a_minute if limits.requests_a_minute else 0.0,
                tokens * MINUTE / limits.tokens_a_minute if limits.tokens_a_minute else 0.0,
            )
    return longest
