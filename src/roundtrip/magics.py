"""What the cells of a lesson call: `%lesson`, `%finish`, `%board` and the others, and the `!` hook.

Thin: each magic reads its line, calls one function of the modules below, and prints.
"""

from __future__ import annotations

import os
import shlex
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.display import display
from IPython.utils.text import SList

from . import (
    board,
    card,
    environment,
    flask_shell,
    holding,
    lesson,
    messages,
    page,
    questions,
    record,
    show,
    terminal,
    trip,
    workspace,
)
from .course import Lesson, find_course
from .errors import CommandFailed, Refused, RoundtripError
from .facts import State
from .hints import Hints
from .progress import Bar
from .questions import Answer, Question
from .reading import Reader


@magics_class
class RoundtripMagics(Magics):
    """The magics and the hook of one kernel. Knows which lesson runs here and who we are."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._course = find_course()
        self._home = workspace.find_home(self._course.folder)
        self._token = uuid.uuid4().hex
        self._lesson: Lesson | None = None
        self._reader = Reader(self._home.project)
        self._last_look: State | None = None
        self._hints = Hints()
        self._guesses: dict[str, Answer] = {}

    def hook(self) -> None:
        """Take over `!command` and `name = !command`, and put walls round what is run otherwise."""
        environment.shield(self._home.project)
        self.shell.system = self._system
        self.shell.getoutput = self._getoutput
        self.shell.events.register("pre_run_cell", self._stand_back)

    @line_magic("lesson")
    def start_lesson(self, line: str) -> None:
        """`%lesson N`: begin lesson N from its start state. `--continue`: go on where it stands."""
        terminal.prepare(self._home.project)
        number, going_on, fresh = _lesson_line(line)
        found = self._course.lesson(number)
        os.chdir(self._home.root)  # Windows moves no folder that is a working directory
        try:
            report = self._begin(found, going_on, fresh)
        finally:
            with suppress(OSError):  # also after a failure: the old workspace is still there
                os.chdir(self._home.project)
            environment.shield(self._home.project)
        if said := workspace.notice(self._home, self._course.folder):
            report.append(said)
        print("\n".join(report))
        noted = record.started(self._home, found)
        shown = card.card(self._course, noted)
        _display(card.sentence(self._course, noted), **{"text/html": shown})

    def _begin(self, found: Lesson, going_on: bool, fresh: bool) -> list[str]:
        """Make the workspace ours, at the lesson's start or as it stands; what to tell of it."""
        if going_on:
            if not self._home.project.is_dir():
                raise Refused(
                    "There is no workspace to go on with: its folder was moved or deleted. "
                    f"Run `%lesson {found.number}` for a new one."
                )
            report = [f"Lesson {found.number:02d} · {found.title}"]
            report.append("Start: where the workspace stands; nothing was replaced.")
            workspace.take(self._home, self._token, found.number)
        else:
            with Bar() as bar:
                started = lesson.start(
                    self._course, self._home, found, bar.show, fresh, self._token
                )
            report = messages.started(started, self._home)
        self._lesson, self._last_look = found, None
        self._hints, self._guesses = Hints(), {}
        return report

    @line_magic
    def restart(self, line: str) -> None:
        """`%restart`: begin this lesson again; what you have goes to the attic."""
        self.start_lesson(f"{self._here().number} {line}")

    @line_magic
    def finish(self, line: str) -> None:
        """`%finish`: hold the lesson's goals against the workspace, keep its end state."""
        with self._mine() as here:
            now, anyway = self._reader.read(), "--anyway" in line.split()
            done = lesson.finish(self._course, self._home, here, now, anyway)
            self._hints.note(done.results)
            print(messages.finished(done))
            met = sum(result.met for result in done.results)
            noted = record.finished(self._home, here, met, len(done.results))
            if noted.remark:
                print(f"Progress: {noted.remark}")

    @line_magic("check")
    def check_exercise(self, line: str) -> None:
        """`%check NAME`: hold the goals of an exercise against the workspace."""
        with self._mine() as here:
            goals = here.exercise(line.strip()).goals
            results = lesson.hold(goals, self._home, self._reader.read())
            self._hints.note(results)
            print(messages.practised(results))

    @line_magic
    def hint(self, line: str) -> None:
        """`%hint`: more on the first goal that was not met; each time stronger."""
        print(self._hints.next())

    @line_magic
    def ask(self, line: str) -> None:
        """`%ask NAME`: a question to choose an answer to. `%ask NAME b` chooses it."""
        name, _, letter = line.strip().partition(" ")
        question = questions.find(self._course, name)
        if letter:
            print(self._choose(question, question.choose(letter)))
        else:
            form = questions.form(question, lambda answer: self._choose(question, answer))
            _display(question.words(), **form)

    @line_magic("answer")
    def tell(self, line: str) -> None:
        """`%answer NAME`: what the workspace says to a guess, and why."""
        with self._mine():
            question = questions.find(self._course, line.strip())
            right = question.right(self._reader.read(), self._home.project)
            print(questions.told(question, right, self._guesses.get(question.name)))

    def _choose(self, question: Question, answer: Answer) -> str:
        """Note a guess until `%answer`; a question that is no guess is answered at once."""
        self._guesses[question.name] = answer
        if question.is_guess:
            return f"Noted: {answer.letter}. Run on; the answer comes below."
        return questions.said(answer, question.marked)

    @line_magic("board")
    def draw_board(self, line: str) -> None:
        """`%board`: the four places now. Takes `--env-file FILE`; `--trip` shows all steps."""
        with self._mine() as here:
            options = _words(line)
            env_file = options[1] if options[:1] == ["--env-file"] and len(options) > 1 else None
            current = self._reader.read(env_file)
            if "--trip" in options:
                steps = trip.steps(self._course, self._home, here, current)
                _draw(board.strip_text(steps), board.strip_svg(steps))
                return
            since = None if env_file else self._last_look
            _draw(board.text(current, since), board.svg(current, since))
            if not env_file:
                self._last_look = current

    @line_magic("show")
    def show_file(self, line: str) -> None:
        """`%show FILE`: a file of the project, or all that a glob names; a database's rows."""
        with self._mine():
            for pattern in _words(line):
                for shown in show.show(self._home.project, pattern):
                    _display(shown.text, **{"text/markdown": shown.markdown})

    @line_magic("page")
    def show_page(self, line: str) -> None:
        """`%page /`: start the app, ask it for this page, show the answer, stop the app."""
        with self._mine():
            *options, path = _words(line) or ["/"]
            answer = page.get(path, shlex.join(options), self._home.project)
            print(f"GET {path} → {answer.status} {answer.reason}")
            if answer.problem:
                raise CommandFailed(f"The page could not be made: {answer.problem}")
            print(answer.text)
            _display("(the same page as a browser shows it)", **{"text/html": answer.frame})

    @cell_magic("flask_shell")
    def talk(self, line: str, cell: str) -> None:
        """`%%flask_shell`: type these lines into a real `flask shell`."""
        with self._mine():
            ended = flask_shell.converse(cell, line, self._home.project, Path.cwd(), _write)
            if not ended.started:
                raise CommandFailed(
                    f"`flask shell` did not start (exit code {ended.code}); the reason is above."
                )
            if ended.failed:
                rest = " What comes after it was not sent." if ended.unsent else ""
                first = ended.failed.strip().splitlines()[0]
                raise CommandFailed(
                    f"The statement `{first}` did not go through; the lines above say why.{rest}"
                )

    @cell_magic
    def writefile(self, line: str, cell: str) -> None:
        """`%%writefile FILE`: write the cell into a file of the project; makes its folder."""
        with self._mine():
            target = (self._home.project / line.strip()).resolve()
            if not line.strip() or not target.is_relative_to(self._home.project.resolve()):
                raise Refused("%%writefile needs the name of a file inside the workspace.")
            verb = "Overwriting" if target.exists() else "Writing"
            workspace.write_text(target, cell)
            print(f"{verb} {target.relative_to(self._home.project.resolve()).as_posix()}")

    @line_magic("doctor")
    def examine(self, line: str) -> None:
        """`%doctor`: is everything here that the course needs?"""
        from . import doctor

        for finding in doctor.report():
            print(f"{'ok     ' if finding.ok else 'PROBLEM'} {finding.name}")
            if not finding.ok:
                print(f"        {finding.found} {finding.cure or ''}")

    def _system(self, command: str) -> None:
        """`!command`: run it in the workspace; a non-zero exit code fails the cell."""
        code = self._run(command, _write)
        if code:
            name = command.strip().splitlines()[0]
            raise CommandFailed(
                f"`{name}` ended with exit code {code}. The reason is in the lines above; "
                "read the first error, then the last line."
            )

    def _getoutput(self, command: str, split: bool = True, depth: int = 0) -> SList | str:
        """`lines = !command`: its output as a list of lines."""
        pieces: list[str] = []
        code = self._run(command, pieces.append)
        text = "".join(pieces)
        if code:
            print(text, end="")
            raise CommandFailed(f"`{command.strip()}` ended with exit code {code}.")
        return SList(text.splitlines()) if split else text

    def _run(self, command: str, write) -> int:
        with self._mine():
            expanded = self.shell.var_expand(command, depth=2)
            return terminal.stream(expanded, self._home.project, Path.cwd(), write)

    def _here(self) -> Lesson:
        """The lesson that this notebook has started."""
        if self._lesson is None:
            raise Refused(
                "No lesson has been started since this kernel started, so nothing was run. Run the "
                "notebook's first cell, which begins the lesson; or `%lesson N --continue`, with "
                "the lesson's number for N, to go on with the workspace as it stands."
            )
        return self._lesson

    @contextmanager
    def _mine(self) -> Iterator[Lesson]:
        """The lesson here, while the workspace is ours, we are in it, and nobody can take it."""
        here = self._here()
        with holding.hold(self._home, self._token, here):
            yield here

    def _stand_back(self, *_: object) -> None:
        """Before each cell: leave a workspace that is no longer ours, for what looks at nothing.

        `%%bash` and Python's own `subprocess` ask nobody. They find no project and no repository
        then; `%lesson` gives both back.
        """
        if self._lesson is not None and not holding.is_ours(self._home, self._token):
            os.chdir(self._home.root)
            os.environ["GIT_DIR"] = os.devnull


def load(shell: InteractiveShell) -> None:
    """Register the magics and the hook in this kernel, once."""
    if RoundtripMagics.__name__ in shell.magics_manager.registry:
        return  # by `guard`, before the first cell
    magics = RoundtripMagics(shell)
    shell.register_magics(magics)
    magics.hook()


def _lesson_line(line: str) -> tuple[int, bool, bool]:
    words = line.split()
    numbers = [word for word in words if word.isdigit()]
    unknown = [w for w in words if not w.isdigit() and w not in ("--continue", "--fresh")]
    if len(numbers) != 1 or unknown:
        raise RoundtripError(
            "%lesson needs one number, such as `%lesson 3`; "
            "`--continue` goes on where the workspace stands."
        )
    return int(numbers[0]), "--continue" in words, "--fresh" in words


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise RoundtripError(f"A quotation mark is missing in: {line}") from None


def _draw(text: str, svg: str) -> None:
    _display(text, **{"image/svg+xml": svg})


def _display(text: str, **more: Any) -> None:
    display({"text/plain": text, **more}, raw=True)


def _write(text: str) -> None:
    if text:
        print(text, end="", flush=True)
