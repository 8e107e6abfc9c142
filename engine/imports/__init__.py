"""What somebody else made, tasks and conversations with their tasks, as scenarios: one file a source."""
