"""The command line of the engine: one file a command, and only the file of the command that was asked for is imported.

A module here with an `add(app)` is a command by its name; `import_` is `import`. Exit status: 0 done, 1 something could
not be carried out or written, 2 bad input, 130 and 143 stopped by SIGINT and SIGTERM, 130 also by a budget.
"""

import importlib
import os
import pkgutil
import signal
import sys
from pathlib import Path
from typing import Any

import typer

USAGE_ERROR = typer.BadParameter.__mro__[2]
"""What typer raises for a command line that it cannot read; it has an `exit_code` and a `format_message()`."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command line, by default this process's own, and exit.

    What a person can mend leaves as one line on standard error and an exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status = _carried_out(sys.argv[1:] if arguments is None else arguments)
    except BaseException as error:
        status = _reported(error)
    sys.exit(status)


def program() -> str:
    """How the program was called, for telling people what to type."""
    name = Path(sys.argv[0]).name
    return name if name == "writ" else "python -m engine"


def _carried_out(arguments: list[str]) -> int:
    app = typer.Typer(
        help="Synthesis of agent trajectories with verifiable outcomes: scenarios in, judged conversations out.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(lambda: None)
    files = [module.name for module in pkgutil.iter_modules(__path__)]
    asked = [name for name in files if arguments and name.rstrip("_") == arguments[0]]
    for name in asked or files:
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "add"):
            module.add(app)
    status = app(args=arguments or ["--help"], prog_name=program(), standalone_mode=False)
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _reported(error: BaseException) -> int:
    """Say what is wrong and answer the exit status; what nobody expected is raised again."""
    if isinstance(error, BrokenPipeError):
        _silence(sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return 128 + signal.SIGINT
    if isinstance(error, USAGE_ERROR):
        usage: Any = error
        message, status = f"{usage.format_message().rstrip('.')} ('--help' shows what there is)", usage.exit_code
    else:
        from engine.cli.failures import explained  # knows every part of the engine, which a good run need not load

        message, status = explained(error)
        if isinstance(error, OSError):
            _silence(sys.stdout.fileno())
    sys.stderr.write(" ".join(message.split()) + "\n")
    return int(status)


def _silence(stream: int) -> None:
    """What is still waiting to be written there goes nowhere, instead of failing once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
