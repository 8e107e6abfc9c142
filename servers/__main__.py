"""`python -m servers`: see cli.py."""

from servers.cli import main

if __name__ == "__main__":
    main()
