"""Tasks that somebody else made, as scenarios: one file a source."""
