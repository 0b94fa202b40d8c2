"""What follows a magic's name is taken, or named; it is never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernels import Kernel, kernel

from roundtrip.errors import RoundtripError
from roundtrip.magics import options
from roundtrip.magics.options import given, words

BOARD = "%board [--env-file FILE] [--trip]"
PAGE = "%page [--env-file FILE] [PATH]"
LESSON = "%lesson NUMBER [--continue] [--fresh]"


@pytest.mark.parametrize(
    ("form", "line", "found"),
    [
        (BOARD, "", {}),
        (BOARD, "--env-file production.env", {"--env-file": "production.env"}),
        (BOARD, "--env-file=production.env", {"--env-file": "production.env"}),
        (BOARD, "--env-file='my own.env' --trip", {"--env-file": "my own.env", "--trip": ""}),
        (BOARD, "--trip --env-file a=b.env", {"--env-file": "a=b.env", "--trip": ""}),
        (PAGE, "/", {"PATH": "/"}),
        (PAGE, "/?name=Ada --env-file p.env", {"PATH": "/?name=Ada", "--env-file": "p.env"}),
        (LESSON, "--fresh 3", {"NUMBER": "3", "--fresh": ""}),
    ],
)
def test_what_is_taken(form, line, found):
    assert given(line, form) == found


@pytest.mark.parametrize(
    ("form", "line", "said"),
    [
        (BOARD, "production.env", "%board does not take `production.env`"),
        (BOARD, "--env-fil production.env", "%board does not take `--env-fil`"),
        (BOARD, "--trip=yes", "%board does not take `--trip=yes`"),
        (BOARD, "--env-file", "%board needs a FILE after `--env-file`"),
        (BOARD, "--env-file=", "%board needs a FILE after `--env-file`"),
        (BOARD, "--env-file --trip", "%board needs a FILE after `--env-file`"),
        (PAGE, "/ /more", "%page does not take `/more`"),
        (PAGE, "-e production.env", "%page does not take `-e`"),
        (LESSON, "", "%lesson needs a NUMBER"),
        (LESSON, "3 4", "%lesson does not take `4`"),
        ("%doctor", "now", "%doctor does not take `now`"),
    ],
)
def test_what_is_not_taken_is_named_with_the_form(form, line, said):
    with pytest.raises(RoundtripError) as caught:
        given(line, form)
    assert str(caught.value) == f"{said}, so nothing was done; write it like this: {form}"


def test_a_quotation_mark_that_is_missing():
    with pytest.raises(RoundtripError, match="A quotation mark is missing in: it's"):
        words("it's")


@pytest.mark.parametrize(("sep", "found"), [("/", ["ab c#d"]), ("\\", ["a\\b c#d"])])
def test_a_backslash_is_part_of_a_path_on_windows_only(monkeypatch, sep, found):
    monkeypatch.setattr(options.os, "sep", sep)
    assert words('a\\b" c#d"') == found


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory):
    with kernel(tmp_path_factory.mktemp("learner")) as started:
        for cell in ("%load_ext roundtrip\n%lesson 1", "%%writefile production.env\n# empty"):
            assert started.run(cell).error is None
        yield started


def _board(notebook: Kernel, line: str) -> str:
    answer = notebook.run(line)
    assert answer.error is None, answer.value
    return answer.displays[0]["text/plain"]


def test_the_board_is_never_another_databases_than_the_one_asked_for(notebook):
    assert "(production.env)" not in _board(notebook, "%board")
    for line in ("--env-file production.env", "--env-file=production.env"):
        assert "(production.env)" in _board(notebook, f"%board {line}")


@pytest.mark.parametrize(
    "cell",
    [
        *("%board production.env", "%board nonsense", "%finish --anway", "%restart --continue"),
        *("%page --env-fil=production.env /", "%doctor now", "%hint more", "%lesson ²"),
        *("%lesson 1.5", "%lesson", "%lesson 1 --contine"),
        *("%%writefile -a notes.txt\nmore", "%%writefile my notes.txt\nmore", "%%writefile\n1"),
        "%show",
    ],
)
def test_no_magic_passes_over_what_it_does_not_know(notebook, cell):
    before = _everything(notebook)
    answer = notebook.run(cell)
    assert answer.error == "RoundtripError"
    assert answer.traceback == [f"RoundtripError: {answer.value}"]
    assert cell.split()[0] in answer.value
    assert (answer.text, answer.displays) == ("", [])
    assert _everything(notebook) == before


@pytest.mark.parametrize("cell", ["%%flask_shell --env-file 'other\n1", "%show 'a.txt"])
def test_a_quotation_mark_that_is_missing_is_said(notebook, cell):
    answer = notebook.run(cell)
    assert answer.traceback[0].startswith("RoundtripError: A quotation mark is missing in: ")


def test_a_name_in_quotation_marks_is_written_without_them(notebook):
    answer = notebook.run('%%writefile "my folder/my notes.txt"\none')
    assert (answer.error, answer.text) == (None, "Writing my folder/my notes.txt\n")
    found = {place for place in _everything(notebook) if "my notes" in place}
    assert [Path(place).read_text() for place in found] == ["one\n"]


@pytest.mark.parametrize("cell", ["%%writefile {}\none", "%show {}", "%board --env-file {}"])
def test_a_name_that_no_file_can_have_is_said(notebook, cell):
    answer = notebook.run(cell.format("a" * 300))
    assert answer.traceback == [f"RoundtripError: {answer.value}"]
    assert "No file can have a name as long as aaa" in answer.value


def test_no_link_leads_writefile_out_of_the_workspace(notebook, tmp_path):
    notebook.run(f"import os\nos.symlink({str(tmp_path)!r}, 'away')")
    assert notebook.run("%%writefile away/x.txt\none").error == "Refused"
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_in_a_circle_is_written_over(notebook):
    assert notebook.run("import os\nos.symlink('circle', 'circle')").error is None
    answer = notebook.run("%%writefile circle\none")
    assert (answer.error, answer.text) == (None, "Writing circle\n")


def test_the_repository_is_written_by_git_alone(notebook):
    assert "leaves .git alone" in notebook.run("%%writefile .git/config\n[core]").value


@pytest.mark.parametrize("name", [".", "..", "../x.txt", "demo_app/../../x.txt", '""'])
def test_no_file_is_written_outside_the_workspace(notebook, name):
    before = _everything(notebook)
    assert notebook.run(f"%%writefile {name}\none").error == "Refused"
    assert _everything(notebook) == before


def _everything(notebook: Kernel) -> set[str]:
    home = Path(notebook.run("import os\nprint(os.environ['ROUNDTRIP_HOME'])").text.strip())
    return {str(path) for path in home.rglob("*")}
