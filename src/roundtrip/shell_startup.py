"""Run by `flask shell` at its start (PYTHONSTARTUP): makes a program able to talk to it.

A prompt is `\\x1e`, the token of this conversation, `1` (a new statement) or `2` (the statement
goes on), `!` when the statement before raised an error, else a blank, and `\\x1f`. Python asks a
prompt object for its text each time it shows it (`sys.ps1` in the documentation of `sys`).
"""


def _install() -> None:
    import builtins
    import os
    import sys

    token = os.environ.pop("ROUNDTRIP_TOKEN", "")

    class Prompt:
        def __init__(self, kind: str) -> None:
            self.kind = kind

        def __str__(self) -> str:
            error = getattr(sys, "last_value", None)
            sys.last_value = None
            return f"\x1e{token}{self.kind}{' ' if error is None else '!'}\x1f"

    # The statements come through a copy of standard input. The original is empty, so that
    # whatever asks the learner a question gets no answer instead of the next statement.
    statements = os.fdopen(os.dup(0), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    ask, transcript = builtins.input, sys.__stdout__ or sys.stdout

    def read(prompt: object = "", /) -> str:
        if not isinstance(prompt, Prompt):
            return ask(prompt)
        sys.stdout.flush()
        transcript.write(str(prompt))
        transcript.flush()
        line = statements.readline()
        if not line:
            raise EOFError
        return line.removesuffix("\n")

    builtins.input = read
    sys.ps1, sys.ps2 = Prompt("1"), Prompt("2")
    vars(sys)["__interactivehook__"] = (
        None  # it would read and rewrite the learner's ~/.python_history
    )


_install()
del _install
