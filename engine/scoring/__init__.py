"""What a run says of its agent: pass^k, a public benchmark's reward, and how it stands against another run."""
