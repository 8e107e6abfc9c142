"""From a run's settings to where its models are, and what is refused of that before anything is asked."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from engine.config import BadSettings, Content, Running
from engine.folder import BadRun
from engine.models.budget import unpriced
from engine.models.deployment import Deployment
from engine.models.endpoint import Role
from engine.models.pacing import Limits
from engine.models.prices import prices

JOURNAL = "journal.sqlite"
KEY = "OPENAI_API_KEY"
ITS_OWNER = {"https://api.openai.com"}
"""Where the key of that name may go whatever else is configured."""


def deployments(content: Content, running: Running) -> Mapping[Role, Deployment]:
    """The deployment of each role that a model has: of the parties, and of the judge. Raises BadSettings."""
    models: dict[Role, str] = {**content.models(), **({"judge": content.judge} if content.judge else {})}
    if running.replay is not None:
        return {role: Deployment(model=model) for role, model in models.items()}
    own = {"agent": (), "user": running.user_base_url, "judge": running.judge_base_url}
    return {role: _deployment(role, model, own[role] or running.base_url, content, running) for role, model in models.items()}


def _deployment(role: Role, model: str, urls: tuple[str, ...], content: Content, running: Running) -> Deployment:
    if not urls:
        named = "" if role == "agent" else f" or --{role}-base-url"
        raise BadSettings(f"--base-url{named}: where is the model {model}? for OpenAI's own: https://api.openai.com/v1")
    try:
        return Deployment(
            model=model,
            urls=urls,
            key=_key(role, urls, running),
            sampling=content.sampling(role),
            limits=Limits(
                first=min(Limits().first, running.max_in_flight),
                most=running.max_in_flight,
                requests_a_minute=running.requests_a_minute,
                tokens_a_minute=running.tokens_a_minute,
            ),
            seconds=running.reply_seconds,
            patience=running.patience,
            pauses=running.on_bad_endpoint == "pause",
        )
    except ValueError as error:
        raise BadSettings(f"the {role}'s endpoint: {error}") from None


def _key(role: Role, urls: tuple[str, ...], running: Running) -> str:
    """The environment variable of a role's key; empty: none is sent. The common key goes where --base-url leads, and to no
    other host. Without that it goes to the only one there is.
    """
    own = {"agent": None, "user": running.user_key_env, "judge": running.judge_key_env}[role]
    if own is not None:
        return own
    here = _origins(urls)
    common = _origins(running.base_url or (*running.user_base_url, *running.judge_base_url))
    if here <= common and (running.base_url or len(common) == 1):
        return running.key_env or KEY
    return KEY if here <= ITS_OWNER else ""


def _origins(urls: tuple[str, ...]) -> set[str]:
    """Scheme, host and port of each."""
    return {f"{(at := urlsplit(url)).scheme}://{at.netloc.lower()}" for url in urls}


def refuse_unusable(content: Content, running: Running) -> None:
    """Raises BadSettings and BadRun for what would fail once it is needed."""
    roles = deployments(content, running)
    if running.replay is not None:
        _refuse_replay(running.replay, running.folder(content), bool(roles))
    if not roles:
        return
    if content.models() and running.workers > 1:
        raise BadSettings(
            "--workers: models are asked by one process, which bears thousands of conversations; leave it out, or use --shard"
        )
    if running.replay is None:
        _refuse_keyless(running)
    try:
        table = prices(running.prices)
    except ValueError as error:
        raise BadSettings(f"--prices: {error}") from None
    missing = unpriced((one.model for one in roles.values()), table)
    if running.replay is None and running.max_cost is not None and missing:
        raise BadSettings(
            f"--max-cost: there is no price for the model {', '.join(missing)}: name it in a table (--prices FILE), "
            "or take --max-tokens"
        )


def _refuse_keyless(running: Running) -> None:
    named = {"key": running.key_env, "user-key": running.user_key_env, "judge-key": running.judge_key_env}
    for option, name in named.items():
        if name is not None and not os.environ.get(name, "").strip():
            raise BadSettings(f"--{option}-env: the environment has no {name}; set it to the key")


def _refuse_replay(there: Path, folder: Path, models: bool) -> None:
    if not (there / JOURNAL).is_file():
        raise BadRun(f"{there}: no run is there (it has no {JOURNAL})")
    if not models:
        raise BadSettings("--replay: no model takes part; name the agent, the user and the judge of that run")
    if folder.resolve() == there.resolve():
        raise BadRun(f"{there}: a run is not replayed into itself; choose another --out")
