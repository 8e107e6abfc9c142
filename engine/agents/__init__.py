"""Agents that need no model: the expert, which works from its policy and what it is told, and gold, which plays a list."""
