"""Settings of a run, in two parts kept apart: what makes the bytes, and how it runs.

A change of the first under an old output folder is refused; the second may change when a run is resumed.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from engine import VERSION
from engine.casting import AGENTS, USERS
from engine.checkers import names as check_names
from engine.checkers.gates import Gates
from engine.shards import Shard
from engine.toolboxes.bounded import CALL_SECONDS

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


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    """One of these names. A wrong one is answered with those of its family (`flawed:…`), or with the families."""

    def known(name: str) -> str:
        if name not in names:
            family = [each for each in names if each.startswith(f"{name.partition(':')[0]}:")]
            families = dict.fromkeys(
                f"{head}:NAME" if tail else head for head, _, tail in (each.partition(":") for each in names)
            )
            raise PydanticCustomError("name", "input should be one of {names}", {"names": ", ".join(family or families)})
        return name

    return known


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(_Part):
    """What makes the bytes. `scenarios` is the sha256 over the files' contents, in order.

    `gates`: the checks that decide, by commas; `unsure`: those whose `unsure` rejects as well.
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

    @property
    def deciding(self) -> Gates:
        """The gates of its verdicts. Gold plays a list and asks nobody: its outcome alone is judged, unless gates are named."""
        outcome = frozenset({"answer", "state"}) if self.agent == "gold" else None
        failing = outcome if self.gates == "all" else frozenset(self.gates.split(","))
        return Gates(failing=failing, unsure=frozenset(filter(None, self.unsure.split(","))))

    @property
    def digest(self) -> str:
        """Names the run: sha256 (hex) over everything here."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Running(_Part):
    """How it runs. `limit` and `trials` may grow on a later run of the same folder; `shard` may not change there.

    `retries`: how often a conversation is begun anew when the environment failed. `call_seconds`: how long a call may take.
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

    def folder(self, content: Content) -> Path:
        """The output folder: as given, or named by what makes the bytes, and by the shard."""
        part = "" if self.shard.whole else f"-{self.shard.index}-of-{self.shard.of}"
        return self.out or Path("runs") / f"{content.digest[:12]}{part}"


class BadSettings(ValueError):
    """A setting that is not known or cannot have that value: which, where, what it may be."""


def settings(file: Path | None, options: Mapping[str, Any]) -> tuple[Content, Running]:
    """The settings of a TOML file with those given as options, which win. Raises BadSettings."""
    known = [*(name for name in Content.model_fields if name not in ("scenarios", "version")), *Running.model_fields]
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
    return content, running


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
