"""The policy as text."""


def policy(facts):
    return ""
