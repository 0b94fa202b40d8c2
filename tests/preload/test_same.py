"""Pre-loaded commands: the same as plain ones, to the letter."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from preloaded import Ended, begin, blind, finish, same
from states import USERS


def both(lines: list[str], project: Path, folder: str) -> list[Ended]:
    """Run the lines in the project plain and pre-loaded; both must end alike. How they ended.

    The project is put back in between.
    """
    found = []
    aside = project.with_name("before")
    for where in (None, folder):
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(project, aside, symlinks=True)
        ended = [finish(begin(line, project, where)) for line in lines]
        found.append((ended, sorted(blind(p.name) for p in project.rglob("*"))))
        shutil.rmtree(project)
        aside.rename(project)
    (plain, left), (loaded, left_by_loaded) = found
    for one, other in zip(loaded, plain, strict=True):
        assert same(one).code == same(other).code, one
        assert same(one).out.splitlines() == same(other).out.splitlines()
        assert same(one).err.splitlines() == same(other).err.splitlines()
    assert left_by_loaded == left
    return plain


ADD = f"""flask shell <<'END'
for name, email in {USERS!r}:
    db.session.add(User(name=name, email=email))

db.session.commit()
User.query.all()
END"""

TRIP = [
    "flask db init && flask db migrate -m 'Create the user table'",
    "flask db upgrade && flask db current",
    ADD,
    "python -c \"p='demo_app/models.py'; s=open(p).read(); "
    "open(p,'w').write(s.rstrip()+'\\n    age: Mapped[int | None]\\n')\"",
    *("flask db check", "python -m flask db migrate -m 'Add age'", "flask db upgrade --sql"),
    *("flask db upgrade", "flask db downgrade", "flask db stamp head", "flask db history -v"),
    *("flask routes", "flask --help", "flask --version"),
]
"""The notebooks hold the course's commands against one record, plain and pre-loaded."""


def test_the_whole_trip_is_the_same(helper, app):
    ended = both(TRIP, app, helper)
    assert [e.code for e in ended].count(0) == len(TRIP) - 1  # `flask db check` says 1
    assert "IntegrityError" not in "".join(e.err for e in ended)


ERRORS = {
    "no app": ("rm -r demo_app", "flask db upgrade"),
    "no such command": ("true", "flask db upgrad"),
    "no folder": ("true", "flask db upgrade"),
    "a mistake in the app": ("echo 'def :' >> demo_app/models.py", "flask db current"),
    "an app that raises": ("echo 'x = {}[1]' >> demo_app/models.py", "python -m flask db current"),
    "not up to date": ("flask db init && flask db migrate", "flask db migrate"),
    "a lost revision": (
        "flask db init && flask db migrate && flask db upgrade && rm migrations/versions/*.py",
        "flask db upgrade",
    ),
    "a table that is there": (
        "flask db init && flask db migrate && flask db upgrade && flask db stamp base",
        "flask db upgrade",
    ),
    "a migration that raises": (
        "flask db init && flask db migrate && "
        "python -c \"import glob; p=glob.glob('migrations/versions/*.py')[0]; s=open(p).read(); "
        "open(p,'w').write(s.replace('def upgrade():', 'def upgrade():\\n    1 / 0'))\"",
        "flask db upgrade",
    ),
    "two heads": (
        "flask db init && flask db migrate && flask db upgrade && flask db revision -m one && "
        "flask db revision -m two --head base --splice",
        "flask db upgrade",
    ),
    "a shell that raises": ("true", "echo '1 / 0' | flask shell"),
    "words too many": ("true", "flask db init && flask db migrate -m add age"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_the_same(helper, app, name):
    prepare, line = ERRORS[name]
    ready = finish(begin(prepare, app, helper))
    assert ready.code == 0, ready.err
    (ended,) = both([line], app, helper)
    assert ended.code or "ZeroDivisionError" in ended.err


LINES = {
    "surroundings": "umask 027; cd ..; trap '' INT USR1; export TZ=Asia/Kolkata FLASK_DEBUG=1; "
    "PATH=\"/tmp:$PATH\" FLASK_APP=workspace/app.py ODD='a=b\nc ü' flask surroundings",
    "as a module": "python -m flask surroundings",
    "a lower priority, the name to be ended by": "nice -n 3 flask do 'import os, time; "
    'print(os.nice(0), time.tzname, open("/proc/self/comm").read())\'',
    "words": "echo 'wörter' | flask echo ünïcödé '' 'a b' \"$(printf 'a\\nb')\" '*' '🐍'",
    "bytes that are no text": "flask echo \"$(printf 'a\\377b')\"",
    "input from a file": "flask echo < app.py",
    "no input": "flask echo <&-",
    "no output": "flask echo >&-; echo $?",
    "no errors": "flask echo 2>&-; echo $?",
    "no room for the output": "flask echo > /dev/full; echo $?",
    "output to files": "flask echo one > a 2> b; cat a b; flask echo two >> a 2>&1; cat a",
    "a pipe that is closed": "flask do 'while True: print(1)' | head -1",
    "and, or": "flask echo 1 && flask echo 2 || flask echo 3; (exit 3) || flask echo 4",
    "in the background": "flask echo one & wait; flask echo two",
    "exit codes": 'for n in 0 3 256 -1 True 2.5; do flask do "exit($n)"; echo $?; done',
    "another Python setting": "PYTHONHASHSEED=7 flask surroundings; PYTHONUTF8=0 flask echo",
    "the file itself": 'for p in python python3; do $p "$(command -v flask)" --version; done',
    "a file that hides a library": "echo 'found = 1' > code.py; flask do 'print(sys.argv[0][:0])'",
    "a package here that adds commands": "mkdir x.egg-info; "
    "printf '[flask.commands]\\nsqueak = squeak:it\\n' > x.egg-info/entry_points.txt; "
    "printf 'import click\\nit = click.Command(None, callback=lambda: print(1))' > squeak.py; "
    "python -m flask squeak",
    "what was logged since": "flask do 'import logging, time; time.sleep(0.3); logging.basicConfig("
    'format="%(relativeCreated)d"); e = logging.makeLogRecord({}); '
    "print(e.relativeCreated < 3000)'",
    "loggers of engines, and models, that are there": "flask do 'import logging; "
    "from sqlalchemy.orm import DeclarativeBase; known = logging.root.manager.loggerDict; "
    'print(sorted(n for n in known if ".engine" in n or ".pool" in n), '
    "[each.__name__ for each in DeclarativeBase.__subclasses__()])'",
    "signals of every kind": ": > a; flask do 'import signal, time; seen = []; "
    "got = lambda n, f: seen.append(n) or print(n, flush=True); "
    "[signal.signal(n, got) for n in (28, 23, 29, 27, 26, 24, 5, 31, 34)]; "
    'print("ready", flush=True)\nwhile len(seen) < 9: time.sleep(0.1)\' > a & k=0; '
    "for n in 0 28 23 29 27 26 24 5 31 34; do [ $n = 0 ] || kill -$n $!; k=$((k + 1)); "
    "while [ $(wc -l < a) != $k ]; do sleep 0.02; done; done; wait $!; echo $?; cat a",
    "a folder that is gone": "mkdir a && cd a && rmdir ../a && flask --version 2>/dev/null",
    "a folder that was renamed": "mkdir a && cd a && mv ../a ../b && flask --app ../app.py echo",
    "a folder whose name is no text": "d=$(printf 'a\\377'); mkdir $d && cd $d && "
    "flask --app ../app.py surroundings",
    "another language": "LC_ALL=C flask echo ü",
    "more than one folder": "mkdir -p a/b && cd a/b && flask --app ../../app.py surroundings",
}


@pytest.mark.parametrize("name", LINES)
def test_shell_lines_are_the_same(helper, strange, name):
    both([LINES[name]], strange, helper)


BEHAVIOUR = {
    "an error": "raise Own('no')",
    "a chain of errors": "try: 1/0\nexcept Exception as e: raise Own(2) from e",
    "a sentence as exit code": "sys.exit('a sentence')",
    "the hard way out": "os._exit(5)",
    "interrupted": "raise KeyboardInterrupt",
    "killed by itself": "os.kill(os.getpid(), 9)",
    "an abort": "os.abort()",
    "out of stack": "f = lambda: f()\nf()",
    "exits that say something": "import atexit; atexit.register(print, 'bye')",
    "globals that are taken apart": "sys.kept = Loud(); app.kept = Loud()",
    "a built-in name that is taken apart": "import builtins; builtins.kept = Loud()",
    "a daemon": "threading.Thread(target=signal.pause, daemon=True).start(); sys.exit(3)",
    "output that is not flushed": "sys.kept = open(1, 'w', closefd=False); sys.kept.write('late')",
    "what only a collection of garbage ends": "import tempfile\n"
    "class Ring:\n    def __init__(self): self.me = self; self.f = tempfile.NamedTemporaryFile()\n"
    "    def __del__(self): print('ring')\n"
    "def count():\n    try: yield\n    finally: print('finally')\n"
    "async def never(): pass\n"
    "app.ring = Ring(); app.counts = count(); next(app.counts); app.never = never()",
    "a database that is left open": "import sqlite3\nold = app.db = sqlite3.connect('x.db')\n"
    "app.me = app; old.execute('PRAGMA journal_mode=WAL'); old.execute('CREATE TABLE t (x)')\n"
    "old.execute('INSERT INTO t VALUES (1)')",
    "what the streams and the program are": "for s in (sys.stdin, sys.stdout, sys.stderr):\n"
    "    print(s, s.encoding, s.errors, s.line_buffering, s.write_through, s.mode, s.seekable(),\n"
    "        type(s.buffer), s.buffer, s.name)\n"
    "m = sys.modules['__main__']\nprint(sorted(vars(m)), m.__loader__)\n"
    "sys.f = open('x', 'w'); sys.f.write('y')  # and is not closed",
    "threads that go on": "threading.Timer(0.2, print, ['late']).start()",
    "a thread that raises": "threading.Thread(target=exit, args=[Own]).start(); 1/0",
    "a hook of its own": "sys.excepthook = lambda *a: print('mine', a[:2]); 1/0",
    "a child, one that is Flask, many of them, and a fork": "import concurrent.futures as c\n"
    "print(subprocess.run('echo child; exit 3', shell=True))\n"
    "print(subprocess.run(['flask', 'echo', 'x'], stdin=subprocess.DEVNULL))\n"
    "with c.ProcessPoolExecutor(2) as p: print(list(p.map(abs, [-1, 2])))\n"
    "p = os.fork(); p and os.wait(); print(p > 0, flush=True)",
    "a question": "print(input('really? '))",
    "imports, and warnings": "import alembic, sqlalchemy.orm as o\nprint(alembic, o, __name__)\n"
    "warnings.warn('careful')\nwarnings.warn('old', DeprecationWarning)",
    "parts of packages that nobody has imported": "import flask_migrate, flask_sqlalchemy\n"
    "import logging, sqlalchemy.dialects as d\n"
    "print(hasattr(logging, 'handlers'), hasattr(d, 'sqlite'))\n"
    "from sqlalchemy.dialects.sqlite import base, insert\n"
    "print(d.sqlite.base is base, insert, d.sqlite.__spec__, sys.meta_path)",
    "a megabyte": "[print('x' * 99) for _ in range(10_000)]; print('end', file=sys.stderr)",
}


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_whatever_an_app_does_is_the_same(helper, strange, name):
    code = f"import os, signal, subprocess, sys, threading, warnings; {BEHAVIOUR[name]}"
    if "\n" in code:
        code = code.replace("; ", "\n", 1)
    (ended,) = both([f"ulimit -c 0; flask do {shlex.quote(code)}; echo $?"], strange, helper)
    assert "Usage: flask" not in ended.err


def test_chance_differs_from_one_command_to_the_next(helper, strange):
    line = "flask do 'import random, uuid; print(random.random(), uuid.uuid4(), os.urandom(4))'"
    line = line.replace("import ", "import os, ")
    said = {finish(begin(line, strange, helper)).out for _ in range(3)}
    assert len(said) == 3
