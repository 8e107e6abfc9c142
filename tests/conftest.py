"""What tests of every folder share: where the public data lies, and a world that a few records make."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from servers.state import World
from servers.worlds import open_world
from tests.servers import shelf

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def tau2() -> Path:
    """The folder of public worlds, tasks and recorded answers; tests that need it are skipped where it is missing."""
    folder = Path(os.environ.get("TAU2_DATA", ROOT.parent / "shared" / "tau2"))
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}; set TAU2_DATA to its folder")
    return folder


@pytest.fixture
def library() -> World:
    """A fresh world of the smallest domain."""
    return open_world(shelf.DOMAIN, "tiny:1")


settings.register_profile("ci", derandomize=True)  # a gate must not fall by chance; at home every run looks elsewhere
if os.environ.get("CI"):
    settings.load_profile("ci")
