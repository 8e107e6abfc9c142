"""What happens: scenarios, conversations, checkers, journal, dataset, command line."""

VERSION = "0.1.0"
"""Stands in every row of a dataset; a change of it may change bytes."""
