"""What is told to type is the same in a cell and in a terminal."""

from __future__ import annotations

from roundtrip.state import State


def typed(state: State) -> State:
    """The same state; none of the commands that its rules tell has what IPython takes for Python.

    https://ipython.readthedocs.io/en/stable/interactive/reference.html, System shell access
    """
    for said in state.disagreements:
        assert not {*"{}$"} & {*said.next, *said.back}, said
    return state
