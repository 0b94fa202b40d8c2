"""The magics that look: the board, files, a page of the app, the machine."""

from __future__ import annotations

from itertools import chain

from IPython.core.magic import line_magic, magics_class

from .. import board, diagnosis, page, trip
from .. import show as files
from ..errors import CommandFailed
from .options import given, names
from .session import SessionMagics, show


@magics_class
class LookMagics(SessionMagics):
    """`%board`, `%show`, `%page`, `%doctor`."""

    @line_magic("board")
    def draw_board(self, line: str) -> None:
        """`%board`: the four places now. Takes `--env-file FILE`; `--trip` shows all steps."""
        options = given(line, "%board [--env-file FILE] [--trip]")
        with self._session.mine() as here:
            env_file = options.get("--env-file")
            current = self._session.reader.read(env_file)
            if "--trip" in options:
                steps = trip.steps(self._session.course, self._session.home, here, current)
                _draw(board.strip_text(steps), board.strip_svg(steps))
                return
            since = None
            if not env_file:
                current, since = self._session.looked(current), self._session.last_look
            _draw(board.text(current, since), board.svg(current, since))
            if not env_file:
                self._session.last_look = current

    @line_magic("show")
    def show_file(self, line: str) -> None:
        """`%show FILE`: a file of the project, or all that a glob names; a database's rows."""
        with self._session.mine():
            for pattern in names(line, "%show FILE"):
                for shown in files.show(self._session.home.project, pattern):
                    show(shown.text, **{"text/markdown": shown.markdown})

    @line_magic("page")
    def show_page(self, line: str) -> None:
        """`%page /`: start the app, ask it for this page, show the answer, stop the app.

        Takes `--env-file FILE`, as `flask` does.
        """
        options = given(line, "%page [--env-file FILE] [PATH]")
        path = options.pop("PATH", "/")
        chosen = [*chain(*options.items())]
        with self._session.mine():
            answer = page.get(path, chosen, self._session.home.project)
            print(f"GET {path} → {answer.status} {answer.reason}")
            if answer.problem:
                print(diagnosis.lines(" ".join(["flask", *chosen, "run"]), answer.log), end="")
                raise CommandFailed(f"The page could not be made: {answer.problem}")
            print(answer.text)
            show("(the same page as a browser shows it)", **{"text/html": answer.frame})

    @line_magic("doctor")
    def examine(self, line: str) -> None:
        """`%doctor`: is everything here that the course needs?"""
        from .. import doctor

        given(line, "%doctor")
        for finding in doctor.report():
            print(f"{'ok     ' if finding.ok else 'PROBLEM'} {finding.name}")
            if not finding.ok:
                print(f"        {finding.found} {finding.cure}".rstrip())


def _draw(text: str, svg: str) -> None:
    show(text, **{"text/html": board.html(svg, text), "image/svg+xml": svg})
