"""The options of `run` that are about models: beside the others, since most runs have none."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

_CONTENT = {
    "temperature": (float, "T", "Sampling of both parties."),
    "top_p": (float, "P", "Sampling of both parties."),
    "max_tokens_a_reply": (int, "N", "Tokens that a reply may have."),
    "sampling_seed": (int, "S", "Seed of sampling; mixed with the place of each reply."),
    "agent_sampling": (str, "JSON", "More of what the agent's requests have; wins over the others."),
    "user_sampling": (str, "JSON", "The same for the customer's."),
    "judge_sampling": (str, "JSON", "All of the judge's."),
    "system_prompt": (
        Path,
        "FILE",
        "The agent's system prompt; the policy stands where it has {policy}, or else behind it.",
    ),
    "judge": (str, "MODEL", "Who judges what public tasks say in words."),
}
_RUNNING = {
    "base_url": (list[str], "URL", "Where the models are; several are replicas of each other."),
    "user_base_url": (list[str], "URL", "Where the customer's is, if it is elsewhere."),
    "judge_base_url": (list[str], "URL", "Where the judge's is, if it is elsewhere."),
    "key_env": (
        str,
        "NAME",
        "The environment variable that has the key for --base-url, OPENAI_API_KEY by default; no other host is sent it.",
    ),
    "user_key_env": (str, "NAME", "The one for --user-base-url, where that is another host; none by default."),
    "judge_key_env": (str, "NAME", "The one for --judge-base-url, where that is another host; none by default."),
    "requests_a_minute": (int, "N", "Requests that each endpoint may be given a minute."),
    "tokens_a_minute": (int, "N", "Tokens that each endpoint may be given a minute."),
    "max_in_flight": (int, "N", "Requests that each endpoint may be given at once."),
    "reply_seconds": (float, "S", "How long a reply may take."),
    "patience": (float, "S", "How long an endpoint may be away."),
    "on_bad_endpoint": (str, "end|pause", "What an endpoint that cannot be used does to the run."),
    "max_tokens": (int, "N", "Begin no more conversations once so many tokens are spent."),
    "max_cost": (
        float,
        "USD",
        "Begin no more conversations once so much is spent; those that run, up to --concurrency, still come to their end, and "
        "are paid for. Every model needs a price.",
    ),
    "prices": (Path, "FILE", "TOML with prices of models, in USD per million tokens; they win over those that are built in."),
    "floor": (float, "SHARE", "Warn when fewer are accepted."),
    "replay": (Path, "RUN", "Play that run again from its replies, without any network."),
}


def with_models(command: Callable[..., int]) -> Callable[..., int]:
    """A command that takes these options as well, as keyword arguments: None where they are not given."""
    signature = inspect.signature(command)
    own = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    more = [_option(name, *of) for name, of in (_CONTENT | _RUNNING).items()]
    command.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    return command


def _option(name: str, kind: Any, metavar: str, told: str) -> inspect.Parameter:
    option = Annotated[kind | None, typer.Option(metavar=metavar, help=told)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
