"""Settings of a run, in two parts kept apart: what makes the bytes, and how it runs.

A change of the first under an old output folder is refused; the second may change when a run is resumed.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from engine import VERSION

_TOOLS = re.compile(r"direct|mcp|mcp\+https?://[^/?#]+:[0-9]+/?|mcp\+stdio:.*\S.*", re.DOTALL)


def _way(tools: str) -> str:
    if not _TOOLS.fullmatch(tools):
        raise PydanticCustomError("tools", "input should be 'mcp', 'direct', 'mcp+http://HOST:PORT' or 'mcp+stdio:COMMAND'")
    return tools


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(_Part):
    """What makes the bytes. `scenarios` is the sha256 over the files' contents, in order."""

    scenarios: str = ""
    agent: Literal["expert", "gold"] = "expert"
    user: Literal["scripted"] = "scripted"
    reasoning: Literal["none", "brief", "full"] = "none"
    seed: int = 0
    first: Literal["user", "agent"] = "user"
    max_moves: int = Field(default=60, ge=1)
    max_calls: int = Field(default=120, ge=1)
    imported_rows: bool = False
    version: str = VERSION

    @property
    def digest(self) -> str:
        """Names the run: sha256 (hex) over everything here."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Running(_Part):
    """How it runs. `limit` and `trials` may grow on a later run of the same folder."""

    out: Path | None = None
    tools: Annotated[str, AfterValidator(_way)] = "mcp"
    concurrency: int = Field(default=100, ge=1, le=100_000)
    trials: int = Field(default=1, ge=1, le=1 << 16)
    limit: int | None = Field(default=None, ge=1)

    def folder(self, content: Content) -> Path:
        """The output folder: as given, or named by what makes the bytes."""
        return self.out or Path("runs") / content.digest[:12]


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
