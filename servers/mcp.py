"""A domain's tools over MCP: the only importer of `mcp.server`.

Above: clients of the protocol, in process (the engine's toolbox) or outside (stdio, HTTP). Below: `replay.apply`.
A server keeps no state: each request asks for the one that it means, by its `_meta` or by the HTTP request
that it came with. Three things may come of a call. The tool's answer or refusal is a result (`is_error` tells
which). What the caller did wrong, an unknown tool or conversation, is the protocol error INVALID_PARAMS. A tool
that broke is INTERNAL_ERROR with `data == CRASHED`, the mark by which a client tells it from trouble of the
transport: the environment has failed.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import RequestBodyLimitMiddleware, TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp_types import Tool as ListedTool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from servers.arguments import schema
from servers.domain import Domain, Outcome, Tool, ToolCall
from servers.replay import ToolCrashed, apply
from servers.state import State, World

CONVERSATION = "dev.writ-engine/conversation"
"""The key in a request's `_meta` that names the conversation whose state is meant."""

CRASHED = "dev.writ-engine/tool-crashed"
"""The `data` of the protocol error that a broken tool answers with."""

_MARKDOWN = "text/markdown"

Meta = Mapping[str, Any]
StateOf = Callable[[Meta | None], State]
Context = ServerRequestContext[Any]
CarryOut = Callable[[Context, ToolCall], Outcome]
PolicyOf = Callable[[Context], str]
_Listing = Callable[[Context, PaginatedRequestParams | None], Awaitable[ListResourcesResult]]
_Reading = Callable[[Context, ReadResourceRequestParams], Awaitable[ReadResourceResult]]

_log = logging.getLogger(__name__)


class UnknownState(LookupError):
    """A resolver knows no state for a request; the message says what it looked for."""


class NotServed(Exception):
    """A request that is understood and not carried out, such as one beyond a quota; the caller reads the message."""


def build_server(
    domain: Domain, tools: tuple[Tool, ...], state_of: StateOf, *, policy: str | None = None, name: str | None = None
) -> Server[Any]:
    """A server of these tools of a domain, each called as the party that owns it.

    `state_of` answers the state for a request's `_meta`, or raises UnknownState. `policy` becomes the
    resource `policy://<domain>`. Raises ValueError when two tools have one name.
    """

    def carry_out(context: Context, call: ToolCall) -> Outcome:
        return apply(domain, state_of(context.meta), call)

    return server_of(domain, tools, carry_out, (lambda _context: policy) if policy is not None else None, name=name)


def server_of(
    domain: Domain, tools: tuple[Tool, ...], carry_out: CarryOut, policy_of: PolicyOf | None, *, name: str | None = None
) -> Server[Any]:
    """`build_server` for those who find their states otherwise, or do more with a call than to apply it.

    `carry_out` and `policy_of` may raise UnknownState and NotServed, `carry_out` also ToolCrashed.
    """
    known = {tool.name: tool for tool in tools}
    if len(known) < len(tools):
        raise ValueError(f"two of the tools to be served for {domain.name} have the same name")
    listed = ListToolsResult(tools=[_listed(tool) for tool in tools])
    schemas = {tool.name: tool.input_schema for tool in listed.tools}

    async def list_tools(_context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return listed

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = known.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool {params.name!a}; there is {', '.join(known)}")
        return _called(carry_out, context, tool, params.arguments)

    list_resources, read_resource = _policy_handlers(domain, policy_of) if policy_of is not None else (None, None)
    server = Server[Any](
        name or domain.name,
        title=domain.title,
        get_tool_input_schema=schemas.get,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )
    if hasattr(server, "middleware"):
        server.middleware.clear()
    return server


async def serve_stdio(domain: Domain, world: World) -> None:
    """Serve the agent's tools on one fresh state over standard input and output, until the input ends.

    Nothing but the protocol goes to standard output.
    """
    state = world.open()
    server = build_server(domain, domain.tools_of("agent"), lambda _meta: state, policy=domain.policy(world.facts))
    async with stdio_server() as (requests, answers):
        await server.run(requests, answers, server.create_initialization_options())


@asynccontextmanager
async def over_http(server: Server[Any], body: int) -> AsyncIterator[ASGIApp]:
    """A server as an endpoint of streamable HTTP, in both protocol eras, for requests of at most `body` bytes.

    No request leaves anything behind: sessions would outlive the states that they talk about. Answers are streams,
    since a plain JSON answer would go on being made after its caller has left.
    """
    manager = StreamableHTTPSessionManager(server, stateless=True, json_response=False, max_request_body_size=body)
    async with manager.run():
        yield manager.handle_request


def guarded(app: ASGIApp, *, hosts: list[str], origins: list[str], body: int) -> ASGIApp:
    """The application behind the protocol's own checks: 421 for a foreign Host, 403 for a foreign Origin, 413 for too much.

    `hosts` are HOST:PORT, `origins` SCHEME://HOST:PORT; a port may be `*`. A POST must be of JSON, or is answered 400.
    """
    checks = TransportSecurityMiddleware(TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins))
    limited = RequestBodyLimitMiddleware(app, body)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] == "http":
            refusal = await checks.validate_request(Request(scope), is_post=scope["method"] == "POST")
        await (refusal or limited)(scope, receive, send)

    return guard


def _called(carry_out: CarryOut, context: Context, tool: Tool, arguments: dict[str, Any] | None) -> CallToolResult:
    call = ToolCall(name=tool.name, arguments={} if arguments is None else arguments, requestor=tool.owner)
    try:
        outcome = carry_out(context, call)
    except UnknownState as error:
        raise MCPError(INVALID_PARAMS, str(error)) from None
    except NotServed as error:
        raise MCPError(INVALID_REQUEST, str(error)) from None
    except ToolCrashed as crash:
        _log.error("%s", crash, exc_info=crash.__cause__)
        raise MCPError(INTERNAL_ERROR, f"{tool.name} is out of order; nothing was changed", CRASHED) from None
    return CallToolResult(content=[TextContent(text=outcome.text)], is_error=outcome.error)


def _listed(tool: Tool) -> ListedTool:
    looks = tool.kind != "write" and not tool.terminal
    hints = ToolAnnotations(
        read_only_hint=looks, destructive_hint=tool.kind == "write", idempotent_hint=looks, open_world_hint=False
    )
    return ListedTool(name=tool.name, description=tool.description, input_schema=schema(tool), annotations=hints)


def _policy_handlers(domain: Domain, policy_of: PolicyOf) -> tuple[_Listing, _Reading]:
    uri = f"policy://{domain.name}"
    resource = Resource(uri=uri, name="policy", description="What the agent may and must do.", mime_type=_MARKDOWN)

    async def list_resources(_context: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[resource])

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        if str(params.uri) != uri:
            raise MCPError(INVALID_PARAMS, f"Unknown resource {str(params.uri)!a}; there is {uri}")
        try:
            text = policy_of(context)
        except UnknownState as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=_MARKDOWN, text=text)])

    return list_resources, read_resource
