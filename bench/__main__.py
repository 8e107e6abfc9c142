"""`python -m bench [NAME…]`: measure, print the tables, and after a whole run write them into README.md."""

import argparse
import datetime
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import bench
from bench.apart import ROOT
from bench.figure import Setting, table
from bench.pack import DOMAIN, WORLD, pack, scenarios
from bench.report import machine, rewrite


def benchmarks() -> dict[str, ModuleType]:
    """Every module here that has figures, by its name."""
    names = (module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "figures")}


def main() -> None:
    """Run what was asked for."""
    known = benchmarks()
    asked = _asked(known)
    section = [machine(asked.date)]
    with tempfile.TemporaryDirectory() as scratch:
        setting = Setting(runs=asked.runs, pack=(asked.pack or pack(Path(scratch))).resolve(), large=asked.large)
        section.append(_described(setting))
        for name in asked.names or known:
            print(name, file=sys.stderr)
            title = (known[name].__doc__ or "").strip().partition("\n")[0]
            section.append(f"### {name}\n\n{title}\n\n{table(known[name].figures(setting))}")
    print("\n\n".join(section))
    if not asked.names:
        rewrite("\n\n".join(section))


def _asked(known: Iterable[str]) -> argparse.Namespace:
    names = ", ".join(known)
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure, and print tables; a whole run rewrites those in bench/README.md."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {names}")
    parser.add_argument("--runs", type=int, default=7, help="measurements of each figure (7)")
    parser.add_argument("--pack", type=Path, help="the scenarios that are played (scenarios/, or some that are made for it)")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day that is written beside them (today)")
    parser.add_argument("--large", action="store_true", help="the large world too: some minutes and gigabytes")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {names}")
    if asked.runs < 1 or (asked.pack and not asked.pack.exists()):
        parser.error(f"{asked.pack}: no such file or folder" if asked.runs > 0 else "--runs must be at least 1")
    return asked


def _described(setting: Setting) -> str:
    inside = setting.pack.is_relative_to(ROOT)
    where = f"in `{setting.pack.relative_to(ROOT)}`" if inside else f"made with `{DOMAIN} {WORLD}`, of each kind in turn"
    count = len(scenarios(str(setting.pack)))
    return f"The pack: {count} scenarios, {where}. Runs of a figure: {setting.runs}, fewer where one takes long."


if __name__ == "__main__":
    main()
