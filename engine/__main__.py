"""`python -m engine`: the same as `writ`."""

from engine.cli import main

main()
