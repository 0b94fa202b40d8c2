"""The magics of a lesson: begin and finish it, its exercises, its questions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress

from IPython.core.magic import line_magic, magics_class

from .. import attic, card, environment, holding, lesson, messages, progress, questions, terminal
from ..bar import Bar
from ..checks import Result
from ..course import Goal, Lesson, command
from ..errors import RoundtripError, in_words
from ..home import notice
from ..questions import Answer, Question
from .options import given
from .session import SessionMagics, show


@magics_class
class LessonMagics(SessionMagics):
    """`%lesson`, `%restart`, `%finish`; `%check`, `%hint`; `%ask`, `%answer`; `%progress`."""

    @line_magic("lesson")
    def start_lesson(self, line: str) -> None:
        """`%lesson N`: begin lesson N from its start state. `--continue`: go on with it as it is.

        `--fresh`: from the course's start state, also where your own end of the lesson before is.
        """
        terminal.prepare(self._session.home.project)
        number, going_on, fresh = _lesson_line(line)
        found = self._session.course.lesson(number)
        os.chdir(self._session.home.root)  # Windows moves no folder that is a working directory
        try:
            with in_words():
                report = self._begin(found, going_on, fresh)
        finally:
            with suppress(OSError):  # also after a failure: the old workspace is still there
                os.chdir(self._session.home.project)
            environment.shield(self._session.home.project)
        if said := notice(self._session.home, self._session.course.folder):
            report.append(said)
        if stray := self._session.stray:
            report.append(
                f"Careful: this notebook is in {stray}, and its kernel works in "
                f"{self._session.home.root}. To work there, start JupyterLab from there: "
                "python3 start.py"
            )
        print("\n".join(report))
        noted = progress.started(self._session.home, found)
        shown = card.card(self._session.course, noted)
        show(card.sentence(self._session.course, noted), **{"text/html": shown})

    def _begin(self, found: Lesson, going_on: bool, fresh: bool) -> list[str]:
        """Make the workspace ours, at the lesson's start or as it is; what to tell of it."""
        if going_on:
            said, fresh = self._go_on(found)
            report = [f"Lesson {found.number:02d} · {found.title}", *said]
        else:
            with closing(Bar()) as bar:
                started = lesson.start(
                    self._session.course,
                    self._session.home,
                    found,
                    bar.show,
                    fresh,
                    self._session.token,
                )
            report = messages.started(started, self._session.home)
        self._session.begin(found, fresh)
        return report

    def _go_on(self, found: Lesson) -> tuple[list[str], bool]:
        """Make the workspace ours as it is; what to tell of it, also whose it was until now.

        And whether this lesson was begun afresh there.
        """
        home = self._session.home
        with holding.alone(home):
            holding.must_exist(home, found)
            holder = holding.owner(home)
            fresh = holder is not None and holder.lesson == found.number and holder.fresh
            holding.take(home, self._session.token, found.number, fresh)
        report = ["Start: the workspace as it is; nothing was replaced."]
        if holder and holder.lesson != found.number:
            entry = progress.read(home).lessons.get(holder.lesson)
            still = ", which is not finished" if entry and not entry.completed else ""
            said = f"It is the one of lesson {holder.lesson:02d}{still}."
            if yours := attic.newest(home, found.number):
                back = f"`{command()} attic restore {yours.name}` puts it back"
                said += f" Yours is in {home.shown(yours)}; {back}."
            report.append(said)
        return report, fresh

    @line_magic
    def restart(self, line: str) -> None:
        """`%restart`: begin this lesson again; what you have goes to the attic. Takes `--fresh`.

        A lesson that was begun with it is so again.
        """
        fresh = "--fresh" in given(line, "%restart [--fresh]") or self._session.fresh
        self.start_lesson(f"{self._session.here().number}{' --fresh' if fresh else ''}")

    @line_magic
    def finish(self, line: str) -> None:
        """`%finish`: hold the lesson's goals against the workspace, keep its end state.

        `--anyway`: keep it also where not all goals are met.
        """
        anyway = "--anyway" in given(line, "%finish [--anyway]")
        with self._session.mine() as here:
            now = self._session.reader.read()
            done = lesson.finish(self._session.course, self._session.home, here, now, anyway)
            self._session.hints.note(done.results)
            print(messages.finished(done, self._session.hints.more))
            noted = progress.finished(self._session.home, here, done.met, len(done.results))
            if noted.remark:
                print(f"Progress: {noted.remark}")

    @line_magic("check")
    def check_exercise(self, line: str) -> None:
        """`%check NAME`: hold the goals of an exercise against the workspace.

        Without a name it is the lesson's only one.
        """
        with self._session.mine() as here:
            goals = here.exercise(line.strip()).goals
            results = self._held(here, goals)
            self._session.hints.note(results)
            print(messages.practised(results, self._session.hints.more))

    @line_magic
    def hint(self, line: str) -> None:
        """`%hint`: more on the first goal that is not met; each time stronger."""
        given(line, "%hint")
        hints = self._session.hints
        if hints.goals:
            with self._session.mine() as here:
                hints.look_again(self._held(here, hints.goals))
        print(hints.next())

    @line_magic("progress")
    def tell_progress(self, line: str) -> None:
        """`%progress`: lessons done, goals met, minutes."""
        given(line, "%progress")
        print(card.table(self._session.course, progress.read(self._session.home)))

    @line_magic
    def ask(self, line: str) -> None:
        """`%ask NAME`: a question to choose an answer to. `%ask NAME b` chooses it."""
        name, _, letter = line.strip().partition(" ")
        question = questions.find(self._session.course, name)
        if letter:
            print(self._choose(question, question.choose(letter)))
        else:
            form = questions.form(question, lambda answer: self._choose(question, answer))
            show(question.words(), **form)

    @line_magic("answer")
    def tell(self, line: str) -> None:
        """`%answer NAME`: what the workspace says to a guess, and why."""
        with self._session.mine():
            question = questions.find(self._session.course, line.strip())
            right = question.right(self._session.reader.read(), self._session.home.project)
            print(questions.told(question, right, self._session.guesses.get(question.name)))

    def _held(self, here: Lesson, goals: Sequence[Goal]) -> tuple[Result, ...]:
        """Goals of the lesson here, held against the workspace now."""
        now = self._session.reader.read()
        return lesson.held(self._session.course, self._session.home, here, goals, now)

    def _choose(self, question: Question, answer: Answer) -> str:
        """Note a guess until `%answer`; a question that is no guess is answered at once."""
        self._session.guesses[question.name] = answer
        if question.is_guess:
            return f"Noted: {answer.letter}. Go on; the answer comes below."
        return questions.said(answer, question.marked)


def _lesson_line(line: str) -> tuple[int, bool, bool]:
    options = given(line, "%lesson NUMBER [--continue] [--fresh]")
    if not options["NUMBER"].isdecimal():
        raise RoundtripError(
            "%lesson needs one number, such as `%lesson 3`; "
            "`--continue` goes on with the workspace as it is."
        )
    return int(options["NUMBER"]), "--continue" in options, "--fresh" in options
