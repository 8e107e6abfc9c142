"""How a conversation reaches its tools. Two ways with equal answers: `direct` calls `apply`, `mcp` goes through MCP."""
