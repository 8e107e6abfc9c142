"""How a conversation reaches its tools, with equal answers on every way.

`direct` calls `apply`, `mcp` goes through MCP in process, `remote` to servers elsewhere, over HTTP or stdio.
"""
