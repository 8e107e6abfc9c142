"""How deterministic parties put meaning into words."""
