"""`python -m phasemetrics` is the same program."""

from phasemetrics.cli import main

main()
