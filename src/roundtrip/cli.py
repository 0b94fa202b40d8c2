"""The command `roundtrip`: the course from a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NoReturn

import click

from . import environment, holding, jupyter, snapshots
from .bar import Bar
from .course import Course, Lesson, find_course
from .errors import RoundtripError, in_words
from .home import Home, find_home, notice

_PASS_ON = {"ignore_unknown_options": True, "help_option_names": []}


class _Spoken(click.Group):
    """A group that says a `RoundtripError` as one sentence."""

    def invoke(self, context: click.Context) -> object:
        try:
            with in_words():
                return super().invoke(context)
        except RoundtripError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Spoken)
@click.version_option(package_name="roundtrip", prog_name="roundtrip")
@click.pass_context
def main(context: click.Context) -> None:
    """Roundtrip: learn schema migrations by making the whole trip with the real tools."""
    with suppress(RoundtripError, OSError):  # said by those commands that need a home
        course, home = _course_and_home()
        os.environ.update(jupyter.environment(home))
        if context.invoked_subcommand != "lab" and (said := notice(home, course.folder)):
            click.echo(said, err=True)


@main.command(context_settings=_PASS_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """Open JupyterLab on the first notebook. OPTIONS go to JupyterLab."""
    from . import terminal

    course = find_course()
    home = find_home(course.folder)
    if home.root != course.folder.resolve():
        click.echo(notice(home, course.folder) or f"Your work is kept in {home.root}.")
    jupyter.switch_news_off(home)
    environment.keep_out(home.root)
    # One helper for all notebooks. It ends with JupyterLab, which this process becomes.
    terminal.prepare(home.project)
    _become("jupyterlab", [*jupyter.arguments(course, home), *options], course.folder)


@main.command(context_settings=_PASS_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def test(options: tuple[str, ...]) -> None:
    """Run every notebook and every test, side by side. OPTIONS, if any, go to pytest instead."""
    # One more than there are processors, as some tests wait. A third of the time goes to those in
    # the browser, which one worker takes, so that more than four would wait for it.
    workers = min(os.cpu_count() or 1, 3) + 1
    _become("pytest", ["--nbval", *(options or ("-n", str(workers)))], find_course().folder)


@main.command()
def doctor() -> None:
    """Check that this machine has what the course needs."""
    from .doctor import report

    findings = report()
    for finding in findings:
        click.echo(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.name}: {finding.found}")
        if finding.cure and not finding.ok:
            click.echo(f"         {finding.cure}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command(short_help="Begin a lesson: its start state goes into the workspace.")
@click.argument("number", type=int)
@click.option("--fresh", is_flag=True, help="Do not use your own end state of the lesson before.")
def restart(number: int, fresh: bool) -> None:
    """Put the start state of lesson NUMBER in the workspace; what is there goes to the attic.

    This does not count as begun in `roundtrip progress`: running the lesson's notebook does.
    """
    from . import lesson

    course, home = _course_and_home()
    with closing(Bar(quiet=not sys.stdout.isatty())) as bar:
        started = lesson.start(course, home, course.lesson(number), bar.show, fresh)
    click.echo(f"The workspace is at the start of {started.lesson.name}.")
    _tell_of(started.aside, home)


@main.command()
def progress() -> None:
    """Show how far you are: lessons done, goals met, minutes."""
    from . import card
    from .progress import read

    course, home = _course_and_home()
    click.echo(card.table(course, read(home)))


@main.command()
@click.option("--env-file", help="Settings that name another database, such as production.env.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture.")
def board(env_file: str | None, svg: Path | None) -> None:
    """Show the four places of the workspace."""
    from . import board as drawing
    from .reading.reader import Reader

    course, home = _course_and_home()
    if not home.project.is_dir():
        raise RoundtripError("There is no workspace yet; start a lesson first.")
    holding.must_exist(home, course.lessons[0])
    state = Reader(home.project).read(env_file)
    if svg:
        try:
            svg.write_text(drawing.svg(state), encoding="utf-8")
        except OSError as error:
            raise RoundtripError(
                f"The picture could not be written to {svg} ({error.strerror}); name a file in a "
                "folder that is there and that you can write to."
            ) from None
        click.echo(f"Wrote {svg}")
    else:
        click.echo(drawing.text(state))


@main.group(invoke_without_command=True, short_help="List what was set aside, or restore it.")
@click.pass_context
def attic(context: click.Context) -> None:
    """List what was set aside; `roundtrip attic restore NAME` puts one back."""
    if context.invoked_subcommand is None:
        from .attic import names

        _, home = _course_and_home()
        click.echo("\n".join(names(home)) or "The attic is empty.")


@attic.command("restore")
@click.argument("name")
def attic_restore(name: str) -> None:
    """Put a copy of NAME from the attic in the workspace; what is there goes to the attic."""
    from .attic import lesson_of, restore

    _, home = _course_and_home()
    aside = restore(home, name)
    number = lesson_of(name)
    where = "a notebook" if number is None else f"the notebook of lesson {number:02d}"
    going_on = f"%lesson {'N' if number is None else number} --continue"
    click.echo(f"The workspace is {name} again. In {where}, go on with {going_on}")
    _tell_of(aside, home)


def _tell_of(aside: Path | None, home: Home) -> None:
    """Say where the workspace before went."""
    from .attic import left_behind

    if aside:
        click.echo(f"What was there is now in {home.shown(aside)}")
    for line in left_behind(aside):
        click.echo(line)


@main.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--every-output", is_flag=True, help="Rewrite all, so that random ids agree again.")
def refresh(numbers: tuple[int, ...], every_output: bool) -> None:
    """Run notebooks again and rewrite the outputs that really changed. NUMBERS: default all."""
    from .refresh import refresh as rewrite

    course = find_course()
    wanted = [course.lesson(n) for n in numbers] if numbers else list(course.lessons)
    for report in rewrite(course, wanted, every_output):
        click.echo(report)


@main.command(hidden=True)
@click.argument("numbers", type=int, nargs=-1)
def make(numbers: Sequence[int]) -> None:
    """Replay these lessons in ROUNDTRIP_HOME; a line `lesson done/all` for each cell."""
    from .replay import replay

    course, home = _course_and_home()
    if holding.owner(home) or any(snapshots.own(home, each).exists() for each in course.lessons):
        raise RoundtripError(f"{home.root} is a learner's, and this is made in an empty folder.")

    def tell(lesson: Lesson, done: int, total: int) -> None:
        click.echo(f"{lesson.number} {done}/{total}")

    replay(home, [course.lesson(number) for number in numbers], tell)


def _course_and_home() -> tuple[Course, Home]:
    course = find_course()
    return course, find_home(course.folder)


def _become(module: str, options: Sequence[str], folder: Path) -> NoReturn:
    """Go on as another Python program: its exit code is ours, and Ctrl-C reaches it alone.

    `-P`: no file in `folder` is taken for a module that the program imports.
    """
    os.chdir(folder)
    arguments = [sys.executable, "-P", "-m", module, *options]
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(arguments[0], arguments)
    process = subprocess.Popen(arguments)
    while True:
        with suppress(KeyboardInterrupt):  # the program has got it too, and knows what to do
            sys.exit(process.wait())
