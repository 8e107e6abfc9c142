"""What a person is told of a budget that is spent: how much more than that, and what lets the run go on."""

from engine.models.budget import Budget


def overrun(budget: Budget) -> str:
    """By how much it is exceeded; empty where it is not. What runs when it is spent comes to its end, and costs more."""
    found, spent = [], budget.so_far
    if budget.max_tokens is not None and spent.tokens > budget.max_tokens:
        found.append(f"{spent.tokens - budget.max_tokens:,} tokens more than --max-tokens {budget.max_tokens:,}")
    if budget.max_cost is not None and spent.cost > budget.max_cost:
        found.append(f"{spent.cost - budget.max_cost:.4f} USD more than --max-cost {budget.max_cost:g}")
    return f"{' and '.join(found)}: what had begun came to its end" if found else ""


def way_on(budget: Budget) -> str:
    """What to change before the command is repeated."""
    spent, raised = budget.so_far, []
    if budget.max_tokens is not None and spent.tokens >= budget.max_tokens:
        raised.append("--max-tokens")
    if budget.max_cost is not None and spent.cost >= budget.max_cost:
        raised.append("--max-cost")
    return f"raise {' and '.join(raised)}" if raised else "give --prices, or leave --max-cost out"
