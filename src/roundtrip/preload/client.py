"""Hands a command over to the helper, and acts as that command until it ends.

    python -I -S client.py FOLDER KIND PROGRAM [ARGUMENT …]

FOLDER is the helper's; KIND is `flask`, `module` or `probe` (`server.py` says what they are);
PROGRAM and the arguments are the plain command, which runs instead where the helper takes none.
Signals that come here are passed on, and this process ends as the command did. Imports little: it
is started for every command.
"""

import _signal  # with `os`, `signal` and `socket` themselves, Python would take twice the time
import _socket
import posix
import struct
import sys

_PATIENCE = 2.0
"""Seconds in which the helper has to answer."""

_LOOKS_UP = 0.2
"""Seconds after which it looks for signals: one may come right before it begins to wait."""

_NUMBER = struct.Struct("q")

_AS_GIVEN = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
"""Back to the bytes that a word of the command line had."""

_FORWARDED = _signal.valid_signals() - {
    *(_signal.SIGKILL, _signal.SIGSTOP, _signal.SIGCHLD),
    *(_signal.SIGSEGV, _signal.SIGBUS, _signal.SIGFPE, _signal.SIGILL),  # our own mistakes
    *(_signal.SIGTSTP, _signal.SIGTTIN, _signal.SIGTTOU),  # we would go on
}


def main() -> None:
    """Have the command run, and end as it ends."""
    folder, kind, *command = (word.encode(*_AS_GIVEN) for word in sys.argv[1:])
    env = dict(posix.environ)
    # The command sees the PATH that it would have without a helper.
    path = env.get(b"PATH", b"").split(b":")
    if path != [b""]:
        env[b"PATH"] = b":".join(place for place in path if place != folder + b"/bin")
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    if pid := _hand_over(connection, folder, kind, command, env):
        _proxy(connection, pid)
    posix.execve(command[0], command, env)


def _hand_over(
    connection: "_socket.socket",
    folder: bytes,
    kind: bytes,
    command: list[bytes],
    env: dict[bytes, bytes],
) -> int:
    """Ask the helper to run it; the number of the process that does, or 0.

    What else a command inherits (its folder, umask, limits, …) the helper reads in /proc, as long
    as this process waits for its answer.
    """
    if connection.fileno() < 3 or _is_unusual():
        return 0
    variables = [name + b"=" + value for name, value in env.items()]
    request = b"\0".join([kind, b"%d" % len(command), *command, *variables])
    streams = struct.pack("3i", 0, 1, 2)
    try:
        connection.settimeout(_PATIENCE)
        connection.connect(folder + b"/socket")
        if not connection.recv(1):  # a stream that is sent to nobody would stay open
            return 0
        connection.sendmsg(
            [_NUMBER.pack(len(request))],
            [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)],
        )
        connection.sendall(request)
        (pid,) = _NUMBER.unpack(connection.recv(_NUMBER.size))
        _forward(pid)
        connection.sendall(b".")  # from here on it runs there and nowhere else
        connection.settimeout(_LOOKS_UP)
        return pid
    except (OSError, struct.error):  # no helper, or it takes nothing
        return 0


def _is_unusual() -> bool:
    """Whether there is something around this process that a helper could not give a command.

    A person at a terminal, more streams than three, signals that wait.
    """
    return (
        any(map(posix.isatty, range(3)))
        or len(posix.listdir("/proc/self/fd")) > 5  # three, the connection, and this look itself
        or bool(_signal.pthread_sigmask(_signal.SIG_BLOCK, ()))
    )


def _proxy(connection: "_socket.socket", pid: int) -> None:
    """Wait for the command, and end as it ended."""
    answer = None
    while answer is None:
        try:
            answer = connection.recv(_NUMBER.size)
        except TimeoutError:
            pass  # a signal that came as this began is passed on now, and not at its end
        except OSError:
            answer = b""
    if not answer:  # whoever watched the command for us was killed: so is the command
        _send(pid, _signal.SIGKILL)
    code = posix.waitstatus_to_exitcode(_NUMBER.unpack(answer)[0]) if answer else -_signal.SIGKILL
    if code < 0:
        if -code != _signal.SIGKILL:
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


def _forward(pid: int) -> None:
    """Pass signals on to the command. What `execve` runs instead has handlers of its own."""
    for number in _FORWARDED:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, lambda number, _: _send(pid, number))


def _send(pid: int, number: int) -> None:
    try:  # noqa: SIM105 - contextlib would have to be imported
        posix.kill(pid, number)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    main()
