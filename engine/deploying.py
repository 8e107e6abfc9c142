"""From a run's settings to where its models are, and what is refused of that before anything is asked."""

import os
from collections.abc import Mapping
from pathlib import Path

from engine.config import BadSettings, Content, Running
from engine.folder import BadRun
from engine.models.deployment import Deployment
from engine.models.endpoint import Role
from engine.models.pacing import Limits
from engine.models.prices import prices

JOURNAL = "journal.sqlite"
KEY = "OPENAI_API_KEY"


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
            key=running.key_env or KEY,
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
    if running.replay is None and running.key_env is not None and not os.environ.get(running.key_env, "").strip():
        raise BadSettings(f"--key-env: the environment has no {running.key_env}; set it to the key")
    try:
        prices(running.prices)
    except ValueError as error:
        raise BadSettings(f"--prices: {error}") from None


def _refuse_replay(there: Path, folder: Path, models: bool) -> None:
    if not (there / JOURNAL).is_file():
        raise BadRun(f"{there}: no run is there (it has no {JOURNAL})")
    if not models:
        raise BadSettings("--replay: no model takes part; name the agent, the user and the judge of that run")
    if folder.resolve() == there.resolve():
        raise BadRun(f"{there}: a run is not replayed into itself; choose another --out")
