"""What a dataset is made of: counted over a run, for a person (a page and plots) and for scripts (JSON)."""
