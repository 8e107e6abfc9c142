"""What comes out: rows of accepted trajectories, verdicts of the rejected, and a summary."""
