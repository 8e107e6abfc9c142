"""Worlds served to many over HTTP: each client has a workspace with a state of its own. `serving.serve` starts it.

Not a domain. Above: outside agents, trainers, the engine's `--tools mcp+http://…`. Below: `servers.mcp`, `replay.apply`.
"""
