"""`python -m bench [NAME…]`: measure, print the tables, and after a whole run write them into README.md."""

import argparse
import datetime
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import bench
from bench.apart import ROOT
from bench.figure import Setting, table
from bench.pack import pack, scenarios
from bench.report import machine, rewrite


def benchmarks() -> dict[str, ModuleType]:
    """Every module here that has figures, by its name."""
    names = (module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "figures")}


def main() -> None:
    """Run what was asked for."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure; a whole run rewrites the figures in bench/README.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(known)}")
    parser.add_argument("--runs", type=int, default=7, help="measurements of each figure (7)")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day that is written beside the figures (today)")
    parser.add_argument("--large", action="store_true", help="the large world too: some minutes and gigabytes")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    section = [machine(asked.date)]
    with tempfile.TemporaryDirectory() as scratch:
        setting = Setting(runs=asked.runs, pack=pack(Path(scratch)), large=asked.large)
        section.append(_described(setting))
        for name in asked.names or known:
            print(name, file=sys.stderr)
            title = (known[name].__doc__ or "").strip().partition("\n")[0]
            section.append(f"### {name}\n\n{title}\n\n{table(known[name].figures(setting))}")
    print("\n\n".join(section))
    if not asked.names:
        rewrite("\n\n".join(section))


def _described(setting: Setting) -> str:
    where = "`scenarios/`" if setting.pack.is_relative_to(ROOT) else "a pack made for the occasion"
    return f"Pack: {len(scenarios(str(setting.pack)))} scenarios of {where}. Runs of a figure: {setting.runs}, fewer where one takes long."


if __name__ == "__main__":
    main()
