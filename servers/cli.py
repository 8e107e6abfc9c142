"""The command line of the servers: list the domains, make a world, serve one over stdio or all over HTTP, apply calls."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

import servers
from servers.domain import Domain, Party, ToolCall
from servers.http.serving import BadAddress, listening
from servers.http.serving import serve as serve_http
from servers.http.workspaces import Limits
from servers.mcp import serve_stdio
from servers.replay import ToolCrashed, apply
from servers.state import State, World
from servers.worlds import BadWorld, open_world, save_world

app = typer.Typer(
    help="The worlds that agents act in: domains of tools over records.", add_completion=False, pretty_exceptions_enable=False
)

DomainName = Annotated[str, typer.Argument(help="A domain of the list, or a module that defines DOMAIN.", metavar="DOMAIN")]
WorldSource = Annotated[str, typer.Option("--world", help="SIZE:SEED, or a file.", metavar="SIZE:SEED|FILE[@POLICY]")]

_LIMITS = Limits()

_PARTIES: dict[Any, Party] = {"assistant": "agent", "agent": "agent", "user": "user"}


class BadCalls(ValueError):
    """A file of calls that cannot be read or has a line that is none: file, line, what is wrong."""


def main() -> None:
    """Run the command line; exit status 2 for bad input, 1 for a tool that broke."""
    app(prog_name="python -m servers")


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_domains()


@app.command("list")
def list_domains() -> None:
    """List the domains with their tools, the sizes of their worlds and the policies that these may have."""
    for name in servers.names():
        domain = servers.load(name)
        sys.stdout.write(f"{name}: {domain.title}\n")
        sys.stdout.write(f"  worlds  {', '.join(f'{size}:SEED' for size in domain.sizes)}\n")
        if domain.variants is not None:
            named = ", ".join(f"@{policy}" for policy in domain.variants.named)
            sys.stdout.write(f"  policy  {named}, @SEED\n")
        for tool in domain.tools:
            owner = "" if tool.owner == "agent" else f", the {tool.owner}'s"
            sys.stdout.write(f"  {tool.kind:7} {tool.name}{owner}\n")


@app.command()
def serve(
    domains: Annotated[
        list[str] | None, typer.Argument(help="Over stdio one; over HTTP all by default.", metavar="DOMAIN…")
    ] = None,
    world: WorldSource = "small:7",
    http: Annotated[str | None, typer.Option(help="Serve over HTTP: a workspace for each client.", metavar="HOST:PORT")] = None,
    worlds: Annotated[Path | None, typer.Option(help="Files here may be named as worlds over HTTP.", metavar="FOLDER")] = None,
    allow_host: Annotated[list[str] | None, typer.Option(help="A Host that clients may use.", metavar="HOST:PORT|*")] = None,
    allow_origin: Annotated[list[str] | None, typer.Option(help="An Origin, of a page.", metavar="SCHEME://HOST:PORT")] = None,
    allow_size: Annotated[list[str] | None, typer.Option(help="A size of world for clients: large.", metavar="SIZE")] = None,
    max_workspaces: Annotated[int, typer.Option(min=1, help="Workspaces at once.")] = _LIMITS.workspaces,
    max_worlds: Annotated[int, typer.Option(min=1, help="Worlds at once.")] = _LIMITS.worlds,
    max_body: Annotated[int, typer.Option(min=1024, help="Bytes of a request.")] = _LIMITS.body,
    max_requests: Annotated[float, typer.Option(min=1, help="Requests a second, of each workspace.")] = _LIMITS.requests,
    max_calls: Annotated[int, typer.Option(min=1, help="Calls of each workspace.")] = _LIMITS.calls,
    ttl: Annotated[float, typer.Option(min=1, help="Seconds that a workspace lives at most.")] = _LIMITS.ttl,
    idle: Annotated[float, typer.Option(min=1, help="Seconds without a request after which it ends.")] = _LIMITS.idle,
) -> None:
    """Serve worlds over MCP: one fresh world on standard input and output, or, with --http, to many clients.

    Over HTTP, POST /workspaces {"domain", "world"?, "ttl"?} opens a workspace and answers its URL and tokens.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    if http is None:
        _serve_stdio(domains or [], world)
        return
    limits = Limits(
        body=max_body,
        workspaces=max_workspaces,
        worlds=max_worlds,
        requests=max_requests,
        calls=max_calls,
        ttl=ttl,
        idle=idle,
    )
    with _reported():
        loaded = {domain.name: domain for domain in map(servers.load, domains or servers.names())}
        hosts, origins, sizes = allow_host or [], allow_origin or [], allow_size or []
        serve_http(loaded, listening(http), limits, hosts=hosts, origins=origins, folder=worlds, sizes=sizes)


def _serve_stdio(domains: list[str], world: str) -> None:
    if len(domains) != 1:
        raise typer.BadParameter("name one domain to serve on standard input and output, or serve all with --http HOST:PORT")
    with _reported():
        loaded, opened = _opened(domains[0], world)
    try:
        anyio.run(serve_stdio, loaded, opened)
    except* BrokenPipeError:
        pass  # the client is gone, and with it the conversation


@app.command("world")
def make_world(
    domain: DomainName,
    world: Annotated[str, typer.Argument(help="What to generate.", metavar="SIZE:SEED")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")],
) -> None:
    """Generate a world and write it to a file; prints its digest."""
    with _reported():
        _, opened = _opened(domain, world)
        save_world(opened, out)
    sys.stdout.write(f"{opened.digest}\n")


@app.command("call")
def call_tools(
    domain: DomainName,
    calls: Annotated[str, typer.Option("--calls", help="JSON lines, '-' for standard input.", metavar="FILE")],
    world: WorldSource = "small:7",
    sha256: Annotated[bool, typer.Option(help="Print the digest of the whole database after each call.")] = True,
) -> None:
    """Apply calls to a fresh world and print what comes of each.

    A line of input is {"name", "arguments", "requestor"}, or {"reset": true} for a fresh world. A line of output is
    {"text", "error", "changed", "sha256"}.
    """
    with _reported():
        loaded, opened = _opened(domain, world)
        for row in _outcomes(loaded, opened, calls, digests=sha256):
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()


@contextmanager
def _reported() -> Iterator[None]:
    """What a person can mend leaves as one line on standard error and an exit status."""
    try:
        yield
    except (servers.UnknownDomain, BadWorld, BadCalls, BadAddress) as error:
        message, status = str(error), 2
    except ToolCrashed as crash:
        message, status = f"a tool broke, which is a fault of the domain: {crash}", 1
    else:
        return
    typer.echo(" ".join(message.encode(errors="backslashreplace").decode().split()), err=True)
    raise typer.Exit(status)


def _opened(domain: str, source: str) -> tuple[Domain, World]:
    loaded = servers.load(domain)
    return loaded, open_world(loaded, source)


def _outcomes(domain: Domain, world: World, calls: str, *, digests: bool) -> Iterator[dict[str, Any]]:
    state: State = world.open()
    fresh = digest = state.public_sha256() if digests else ""
    for call in _calls(calls):
        if call is None:
            state, digest = world.open(), fresh
            continue
        outcome = apply(domain, state, call)
        row: dict[str, Any] = {"text": outcome.text, "error": outcome.error, "changed": outcome.changed}
        if digests:
            digest = state.public_sha256() if outcome.changed else digest
            row["sha256"] = digest
        yield row


def _calls(name: str) -> Iterator[ToolCall | None]:
    """The calls of a file in their order, None where a fresh state is asked for."""
    for number, line in enumerate(_lines(name), start=1):
        try:
            if line.strip():
                yield _call(line)
        except BadCalls as error:
            raise BadCalls(f"{'standard input' if name == '-' else name}, line {number}: {error}") from None


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as lines:
            yield from lines
    except OSError as error:
        raise BadCalls(f"{name}: cannot be read: {error.strerror or error}") from None


def _call(line: bytes) -> ToolCall | None:
    try:
        row = json.loads(line.decode())
    except RecursionError:
        raise BadCalls("is nested too deeply") from None
    except ValueError as error:
        raise BadCalls(f"is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise BadCalls('must be an object such as {"name": "…", "arguments": {}}')
    if row.get("reset") is True:
        return None
    name, arguments, requestor = row.get("name"), row.get("arguments", {}), row.get("requestor", "assistant")
    if not isinstance(name, str) or not name:
        raise BadCalls("has no 'name', the tool that is called")
    if not isinstance(arguments, dict):
        raise BadCalls("'arguments' must be an object")
    if not isinstance(requestor, str) or requestor not in _PARTIES:
        raise BadCalls("'requestor' must be 'assistant' or 'user'")
    return ToolCall(name=name, arguments=arguments, requestor=_PARTIES[requestor])
