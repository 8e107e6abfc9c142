"""Users that need no model."""
