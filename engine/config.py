"""Settings of a run, in two parts kept apart: what makes the bytes, and how it runs.

A change of the first under an old output folder is refused; the second may change when a run is resumed.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from engine import VERSION
from engine.casting import AGENTS, USERS
from engine.checkers import names as check_names
from engine.checkers.gates import Gates
from engine.models.endpoint import Role
from engine.models.naming import GUIDED, OPENAI, model_of, way_of
from engine.shards import Shard
from engine.toolboxes.bounded import CALL_SECONDS

POLICY = "{policy}"
"""Where the policy stands in a system prompt of somebody's own."""

_TOOLS = re.compile(r"direct|mcp|mcp\+https?://[^/?#]+:[0-9]+/?|mcp\+stdio:.*\S.*", re.DOTALL)


def _way(tools: str) -> str:
    if not _TOOLS.fullmatch(tools):
        raise PydanticCustomError("tools", "input should be 'mcp', 'direct', 'mcp+http://HOST:PORT' or 'mcp+stdio:COMMAND'")
    return tools


def _shard(written: object) -> Shard:
    try:
        return written if isinstance(written, Shard) else Shard.parse(str(written))
    except ValueError:
        raise PydanticCustomError("shard", "input should be i/n, the first of four being 1/4 and the last 4/4") from None


def _checks(named: str) -> str:
    """Names of checks by commas, sorted, each once."""
    wanted = sorted({name.strip() for name in named.split(",") if name.strip()})
    for name in wanted:
        if name not in check_names():
            raise PydanticCustomError(
                "checks", "input should name checks by commas: {known}", {"known": ", ".join(check_names())}
            )
    return ",".join(wanted)


def _deciding(named: str) -> str:
    return named if named == "all" else _checks(named)


def _sampling(written: object) -> object:
    """Parameters of sampling: an object, or its JSON."""
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PydanticCustomError("sampling", 'input should be a JSON object, such as {"top_k": 20}')
    return found


def _urls(written: object) -> object:
    return (written,) if isinstance(written, str) else written


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    """One of these names, or a model. A wrong one is answered with those of its family (`flawed:…`), or with the families."""

    def known(name: str) -> str:
        if name not in names and not model_of(name):
            family = [each for each in names if each.startswith(f"{name.partition(':')[0]}:")]
            families = dict.fromkeys(
                f"{head}:NAME" if tail else head for head, _, tail in (each.partition(":") for each in names)
            )
            listed = ", ".join(family or [*families, f"{OPENAI}:MODEL", f"{GUIDED}:MODEL"])
            raise PydanticCustomError("name", "input should be one of {names}", {"names": listed})
        return name

    return known


_Sampling = Annotated[dict[str, Any], BeforeValidator(_sampling)]
_Urls = Annotated[tuple[str, ...], BeforeValidator(_urls)]
_Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_Model = Annotated[str, Field(pattern=r"^[A-Za-z0-9][^\s\x00-\x1f]*$")]


JUDGING = ("judge", "judge_sampling")
"""What is asked of a run's conversations after them: it may differ from time to time in the same folder."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(_Part):
    """What makes the bytes. `scenarios` is the sha256 over the files' contents, in order.

    `gates`: the checks that decide, by commas; `unsure`: those whose `unsure` rejects as well. What is sampled as None is left
    to the endpoint; a role's own `…_sampling` wins. `prompt` is the text of the agent's own system prompt. `judge` and
    `judge_sampling` make no bytes of the conversations: they may come later.
    """

    scenarios: str = ""
    agent: Annotated[str, AfterValidator(_one_of(AGENTS))] = "expert"
    user: Annotated[str, AfterValidator(_one_of(tuple(USERS)))] = "scripted"
    reasoning: Literal["none", "brief", "full"] = "none"
    seed: int = 0
    first: Literal["user", "agent"] = "user"
    max_moves: int = Field(default=100, ge=1)
    max_calls: int = Field(default=200, ge=1)
    imported_rows: bool = False
    gates: Annotated[str, AfterValidator(_deciding)] = "all"
    unsure: Annotated[str, AfterValidator(_checks)] = ""
    version: str = VERSION
    temperature: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens_a_reply: int | None = Field(default=None, ge=1)
    sampling_seed: int | None = None
    agent_sampling: _Sampling | None = None
    user_sampling: _Sampling | None = None
    judge_sampling: _Sampling | None = None
    prompt: str | None = None
    judge: _Model | None = None

    @property
    def deciding(self) -> Gates:
        """The gates of its verdicts. Gold plays a list and asks nobody: its outcome alone is judged, unless gates are named."""
        outcome = frozenset({"answer", "state"}) if self.agent == "gold" else None
        failing = outcome if self.gates == "all" else frozenset(self.gates.split(","))
        return Gates(failing=failing, unsure=frozenset(filter(None, self.unsure.split(","))))

    @property
    def digest(self) -> str:
        """Names the run: sha256 (hex) over everything here that is set, but who judges what it made."""
        return hashlib.sha256(self.model_dump_json(exclude_none=True, exclude=set(JUDGING)).encode()).hexdigest()

    def sampling(self, role: Role) -> dict[str, Any]:
        """The parameters of a role's requests. A judge samples nothing that it is not told to."""
        named = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens_a_reply,
            "seed": self.sampling_seed,
        }
        own = {"agent": self.agent_sampling, "user": self.user_sampling, "judge": self.judge_sampling}[role] or {}
        return {name: value for name, value in named.items() if value is not None and role != "judge"} | own

    def system(self, policy: str) -> str:
        """The agent's system message: the policy, in a prompt of somebody's own where `{policy}` stands, or else behind it."""
        if self.prompt is None:
            return policy
        prompt = self.prompt if POLICY in self.prompt else f"{self.prompt.rstrip()}\n\n{POLICY}"
        return prompt.replace(POLICY, policy)

    def models(self) -> dict[Role, str]:
        """The models that take part in the conversations, by role."""
        found: dict[Role, str] = {"agent": model_of(self.agent), "user": model_of(self.user)}
        return {role: model for role, model in found.items() if model}


class Running(_Part):
    """How it runs. `limit` and `trials` may grow on a later run of the same folder; `shard` may not change there.

    `retries`: how often a conversation is begun anew when the environment failed. `call_seconds`: how long a call may take.
    Several base URLs are replicas; a role without its own has those of all. `patience`: seconds that an endpoint may be away.
    `floor`: the accept rate under which a warning is due. `replay`: the run whose replies are played again.
    """

    out: Path | None = None
    tools: Annotated[str, AfterValidator(_way)] = "mcp"
    concurrency: int = Field(default=100, ge=1, le=100_000)
    trials: int = Field(default=1, ge=1, le=1 << 16)
    limit: int | None = Field(default=None, ge=1)
    shard: Annotated[Shard, PlainValidator(_shard), PlainSerializer(str)] = Shard()
    workers: int = Field(default=1, ge=1, le=1_000)
    retries: int = Field(default=2, ge=0, le=1_000)
    call_seconds: float = Field(default=CALL_SECONDS, gt=0, allow_inf_nan=False)
    base_url: _Urls = ()
    user_base_url: _Urls = ()
    judge_base_url: _Urls = ()
    key_env: _Variable | None = None
    user_key_env: _Variable | None = None
    judge_key_env: _Variable | None = None
    requests_a_minute: int | None = Field(default=None, ge=1)
    tokens_a_minute: int | None = Field(default=None, ge=1)
    max_in_flight: int = Field(default=2_000, ge=1)
    reply_seconds: float = Field(default=600.0, gt=0, allow_inf_nan=False)
    patience: float = Field(default=1_800.0, ge=0, allow_inf_nan=False)
    on_bad_endpoint: Literal["end", "pause"] = "end"
    max_tokens: int | None = Field(default=None, ge=1)
    max_cost: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    prices: Path | None = None
    floor: float | None = Field(default=None, ge=0, le=1)
    replay: Path | None = None
    system_prompt: Path | None = None

    def folder(self, content: Content) -> Path:
        """The output folder: as given, or named by what makes the bytes, and by the shard."""
        part = "" if self.shard.whole else f"-{self.shard.index}-of-{self.shard.of}"
        again = "" if self.replay is None else "-replayed"
        return self.out or Path("runs") / f"{content.digest[:12]}{part}{again}"


_GIVEN = ("scenarios", "version", "prompt")
"""What nobody sets: it follows from files, and from the version."""


class BadSettings(ValueError):
    """A setting that is not known or cannot have that value: which, where, what it may be."""


def settings(file: Path | None, options: Mapping[str, Any]) -> tuple[Content, Running]:
    """The settings of a TOML file with those given as options, which win. Raises BadSettings."""
    known = [*(name for name in Content.model_fields if name not in _GIVEN), *Running.model_fields]
    found = {name.replace("-", "_"): value for name, value in _toml(file).items()} if file else {}
    for name in found:
        if name not in known:
            raise BadSettings(f"{file}: there is no setting '{name}'; known are {', '.join(known)}")
    values = {**found, **options}
    try:
        content = Content.model_validate({name: value for name, value in values.items() if name in Content.model_fields})
        running = Running.model_validate({name: value for name, value in values.items() if name in Running.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        where = f"--{name.replace('_', '-')}" if name in options else f"{file}: {name}"
        what = first["msg"][0].lower() + first["msg"][1:]
        raise BadSettings(f"{where}: {what}, not {values.get(name)!r}") from None
    _refuse_deaf(content)
    if running.system_prompt is not None:
        content = content.model_copy(update={"prompt": _read(running.system_prompt)})
    return content, running


def _refuse_deaf(content: Content) -> None:
    """An agent that understands meanings alone would understand nothing of what a model says as the customer. Gold listens to
    nobody. Raises BadSettings."""
    if way_of(content.user) == OPENAI and content.agent != "gold" and way_of(content.agent) != OPENAI:
        model = model_of(content.user)
        raise BadSettings(
            f"--agent {content.agent}: cannot read what the model {model} writes as the customer: take --agent {OPENAI}:MODEL, "
            f"or --user {GUIDED}:{model}"
        )


def _read(prompt: Path) -> str:
    try:
        return prompt.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadSettings(f"{prompt}: the system prompt cannot be read: {why}") from None


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{file}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise BadSettings(f"{file}: is not TOML: {error}") from None


def content_of(files: Sequence[Path]) -> str:
    """sha256 (hex) over the contents of files, in order; where they lie makes no difference."""
    hasher = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            hasher.update(hashlib.file_digest(file, "sha256").digest())
    return hasher.hexdigest()
