"""The figures' section of README.md: written anew between two markers by a whole run."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures: written by `python -m bench` -->", "<!-- end of figures -->"
LIBRARIES = ("anyio", "mcp", "msgspec", "pydantic")


def machine(day: str) -> str:
    """On what it was measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    system = f"{cores} cores, {platform.system()} {platform.machine()}"
    return f"{day}: {system}; {python}, {libraries}; load {os.getloadavg()[0]:.1f} when it began."


def rewrite(section: str) -> None:
    """Put a section between the markers. Raises ValueError when they are not there."""
    before, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README.name}: the markers '{BEGIN}' and '{END}' are gone")
    README.write_text(f"{before}{BEGIN}\n\n{section}\n\n{END}{after}", encoding="utf-8")
