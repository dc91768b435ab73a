"""`python -m saoctl`: the command line without the console script."""

from saoctl.cli.app import main

if __name__ == "__main__":
    main()
