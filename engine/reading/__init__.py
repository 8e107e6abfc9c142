"""What plain text says, as far as it can be told with certainty: consent, refusals, claims, a customer who plays the agent,
amounts and ids.

Pure functions of text, for parties whose words have no meaning given. Where a text does not say it for certain they say so:
a wrong answer costs a trajectory, an unsure one nothing.
"""
