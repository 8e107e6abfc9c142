"""Models that only word what a deterministic party decided: the asking, and whether a new wording says all of it and no more."""
