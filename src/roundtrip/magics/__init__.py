"""What the cells of a lesson call: `%lesson`, `%finish`, `%board` and the others, and the `!` hook.

Thin: each magic reads its line, calls one function of the modules below, and prints.
"""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from .. import terminal
from .commands import CommandMagics
from .lessons import LessonMagics
from .looks import LookMagics
from .session import Session


def load(shell: InteractiveShell) -> None:
    """Register the magics and the hook in this kernel, once, and have its commands start faster."""
    if CommandMagics.__name__ in shell.magics_manager.registry:
        return  # by `guard`, before the first cell
    session = Session()
    commands = CommandMagics(shell, session)
    shell.register_magics(LessonMagics(shell, session), LookMagics(shell, session), commands)
    commands.hook()
    terminal.prepare(session.home.project)
