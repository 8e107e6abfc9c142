"""Settings of a run, in two parts kept apart: what makes the bytes, and how it runs.

A change of the first under an old output folder is refused; the second may change when a run is resumed.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine import VERSION


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
    tools: Literal["mcp", "direct"] = "mcp"
    concurrency: int = Field(default=100, ge=1, le=100_000)
    trials: int = Field(default=1, ge=1, le=1 << 16)
    limit: int | None = Field(default=None, ge=1)

    def folder(self, content: Content) -> Path:
        """The output folder: as given, or named by what makes the bytes."""
        return self.out or Path("runs") / content.digest[:12]


def content_of(files: Sequence[Path]) -> str:
    """sha256 (hex) over the contents of files, in order; where they lie makes no difference."""
    hasher = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            hasher.update(hashlib.file_digest(file, "sha256").digest())
    return hasher.hexdigest()
