"""How fast it is. Every module here that has `figures` is a benchmark: adding one adds a file. `python -m bench` runs all."""
