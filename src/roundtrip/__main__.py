"""`python -m roundtrip`: the same as the command `roundtrip`."""

from .cli import main

main()
