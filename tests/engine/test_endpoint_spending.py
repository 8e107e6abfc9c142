"""What replies used and cost, and when a run may begin nothing more."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.conversation.events import Opened, Replied
from engine.models.budget import Budget, unpriced
from engine.models.prices import Price, Prices, priced, prices
from engine.models.usage import Ledger, Spent, by_party, used

PRICE = Price(prompt=2.0, completion=8.0, cached=0.5)


def _body(usage: Any, **more: Any) -> str:
    return json.dumps({"choices": [{"message": {"content": "yes"}}], "usage": usage, **more})


def test_a_cost_is_of_prompt_completion_and_what_was_cached() -> None:
    raw = _body({"prompt_tokens": 1_000_000, "completion_tokens": 500_000, "prompt_tokens_details": {"cached_tokens": 400_000}})
    assert used(raw, 10, PRICE) == {
        "prompt_tokens": 1_000_000,
        "completion_tokens": 500_000,
        "cached_tokens": 400_000,
        "cost": pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8),
    }
    assert Price(prompt=2, completion=8).cost(1_000_000, 0, 1_000_000) == 2.0


@pytest.mark.parametrize("usage", [None, [], "many", {"prompt_tokens": "7"}, {"prompt_tokens": True, "completion_tokens": 3}])
def test_where_an_endpoint_does_not_say_it_is_estimated_and_said_so(usage: Any) -> None:
    told = used(_body(usage), 4_001, PRICE)
    assert (told["prompt_tokens"], told["estimated"]) == (1_001, True)
    assert told["cost"] > 0


@pytest.mark.parametrize("raw", ["", "<html>", '{"error": {"message": "x"}}', '{"choices": []}', "[1]", '{"choices": [{"m'])
def test_what_is_no_completion_used_nothing_that_is_known(raw: str) -> None:
    assert used(raw, 4_000, PRICE) == {}


def test_an_unknown_price_is_no_cost_of_nought_unless_the_endpoint_tells_it() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2}
    assert "cost" not in used(_body(usage), 10, None)
    assert used(_body({**usage, "cost": 0.25}), 10, None)["cost"] == 0.25


def test_the_table_knows_dated_names_and_a_persons_own_file_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["gpt-4o"]\nprompt = 1\ncompletion = 1\n["home/llama"]\nprompt = 0\ncompletion = 0\n')
    known = prices(own)
    assert known.of("gpt-4o-2024-08-06") == Price(prompt=1, completion=1)
    assert known.of("home/llama") == Price(prompt=0, completion=0)
    assert known.of("gpt-4o-mini") == prices().of("gpt-4o-mini") != None  # noqa: E711
    assert unpriced(["nobody", "gpt-4o", "nobody"], known) == ["nobody"]


@pytest.mark.parametrize("text", ["prompt = 1", '["m"]\nprompt = 1', '["m"]\nprompt = -1\ncompletion = 1', "["])
def test_a_file_that_is_no_table_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(ValueError, match="no table of prices") as refused:
        prices(own)
    assert "\n" not in str(refused.value).replace("\\n", "")


def test_a_reply_that_had_no_price_has_one_when_its_model_has() -> None:
    """As if it had been known when it came; what is known stays, and what has no price."""
    known = Prices({"m": PRICE})
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 500_000, "cached_tokens": 400_000, "model": "m"}
    assert priced(usage, known) == usage | {"cost": PRICE.cost(1_000_000, 500_000, 400_000)}
    for as_it_was in ({"model": "m"}, usage | {"cost": 0.0}, usage | {"model": "another"}):
        assert priced(as_it_was, known) == as_it_was


def test_a_ledger_adds_up_by_role() -> None:
    ledger = Ledger()
    ledger.add("agent", {"prompt_tokens": 100, "completion_tokens": 10, "cost": 0.5, "seconds": 1.5})
    ledger.add("agent", {"prompt_tokens": 50, "completion_tokens": 5, "cached_tokens": 40})
    ledger.add("user", {})
    assert ledger.roles["agent"] == Spent(
        replies=2, prompt_tokens=150, completion_tokens=15, cached_tokens=40, cost=0.5, unpriced=1, seconds=1.5
    )
    assert ledger.run.replies == 3
    assert ledger.run.tokens == 165


def test_a_conversations_share_is_in_its_events() -> None:
    events = [
        Opened(domain="d", scenario="s", trial=0, first="user"),
        Replied(party="user", move=1, attempt=0, raw="", usage={"prompt_tokens": 7, "completion_tokens": 1}),
        Replied(party="agent", move=2, attempt=0, raw="", usage={"prompt_tokens": 9, "completion_tokens": 2}),
        Replied(party="agent", move=2, attempt=1, raw="", usage={"prompt_tokens": 9, "completion_tokens": 2}),
    ]
    assert {party: spent.tokens for party, spent in by_party(events).items()} == {"user": 8, "agent": 22}


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        (Budget(), ""),
        (Budget(max_tokens=111), ""),
        (Budget(max_tokens=110), "--max-tokens is reached: 110 of 110 tokens are spent"),
        (Budget(max_cost=0.6), ""),
        (Budget(max_cost=0.5), "--max-cost is reached: 0.50 of 0.50 USD are spent"),
    ],
)
def test_what_is_spent_admits_nothing_more(budget: Budget, says: str) -> None:
    budget.spent({"prompt_tokens": 100, "completion_tokens": 10, "cost": 0.5})
    assert budget.why() == says
    assert budget.admits() is not bool(says)


def test_a_cost_that_nobody_knows_cannot_be_held() -> None:
    budget = Budget(max_cost=100)
    budget.spent({"prompt_tokens": 100, "completion_tokens": 10})
    assert "the cost of 1 replies is unknown" in budget.why()
    assert Budget(max_cost=100).admits()
