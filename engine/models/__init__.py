"""Models behind OpenAI-compatible endpoints: what is asked of them, what they reply, and how not to be a nuisance to them."""
