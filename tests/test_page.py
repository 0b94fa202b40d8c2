"""A page of the learner's app: asked for from a real server, which is gone afterwards."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import psutil
import pytest
from kernels import make_project

from roundtrip import page
from roundtrip.errors import RoundtripError
from roundtrip.page import Page, get

APP = """
import sys
from flask import Flask, flash, get_flashed_messages, redirect, request

app = Flask(__name__)
app.secret_key = "x"

@app.get("/")
def home():
    return "<h1>Users &amp; ages</h1><p>é " + request.args.get("q", "") + "</p>"

@app.get("/fails")
def fails():
    raise ValueError("no such column: user.age")

@app.get("/noisy")
def noisy():
    print("x" * 500_000, file=sys.stderr)
    return "quiet"

@app.get("/go")
def go():
    flash("3 users saved")
    return redirect("/there")

@app.get("/there")
def there():
    return " ".join(get_flashed_messages())

@app.get("/away")
def away():
    return redirect("http://127.0.0.1:9/elsewhere")
"""


def _runs_in(folder: Path, process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder)
    except psutil.Error:
        return False


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "workspace"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    (folder / ".flaskenv").write_text("FLASK_DEBUG=1\nFLASK_RUN_HOST=0.0.0.0\n")
    yield folder.resolve()
    servers = [p.pid for p in psutil.process_iter() if _runs_in(folder.resolve(), p)]
    assert servers == [], "a server was left running"


def test_the_users_of_the_demo_app(tmp_path):
    project = make_project(tmp_path / "my home" / "workspace")
    answer = get("/", [], project)
    assert (answer.status, answer.reason, answer.problem) == (200, "OK", None)
    assert "Users\nThe database has no user table yet." in answer.text


def test_a_path_with_signs_and_a_query(project):
    answer = get("?q=a b<ü>", [], project)
    assert answer.status == 200
    assert answer.text == "Users & ages\né a b<ü>"
    assert "<p>é a b<ü></p>" in answer.html


@pytest.mark.parametrize("more", ["", "\napp.config['PROPAGATE_EXCEPTIONS'] = True\n"])
def test_an_error_in_the_app_gives_500_and_its_line(project, more):
    (project / "app.py").write_text(APP + more)
    answer = get("/fails", [], project)
    assert answer.status == 500
    assert answer.problem == "ValueError: no such column: user.age"
    assert 'File "workspace/app.py", line ' in answer.log


def test_a_page_that_is_not_there(project):
    answer = get("nowhere", [], project)
    assert (answer.status, answer.reason, answer.problem) == (404, "NOT FOUND", None)


def test_a_server_that_prints_much_does_not_stand_still(project):
    assert get("/noisy", [], project).text == "quiet"


def test_redirects_are_followed_inside_the_app_only(project):
    assert get("/go", [], project).text == "3 users saved"
    assert get("/away", [], project).status == 302


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module\n", "No module named 'no_such_module' (app.py, line 1)"),
        ("x = (\n", "SyntaxError: '(' was never closed (app.py, line 1)"),
        ("y = 1\nx = y + z\n", "NameError: name 'z' is not defined (app.py, line 2)"),
        ("def create_app():\n    return z\n", "name 'z' is not defined (app.py, line 2)"),
        ("import json\n\njson.loads('{')\n", "line 1 column 2 (char 1) (app.py, line 3)"),
        ("name = 'no app in here'\n", "Failed to find Flask application"),
        ("y = 1\nx = y + z\n", "\ndo:    Look for a typo in it; if there is none, add it to the"),
        (None, "Could not locate a Flask application"),
        (
            None,
            "\nmeans: `flask` does not know which app to load: no `.flaskenv` says so.\ndo:    ",
        ),
    ],
)
def test_an_app_that_does_not_start(project, source, reason):
    (project / ".flaskenv").write_text("")
    if source is None:
        (project / "app.py").unlink()
    else:
        (project / "app.py").write_text(source)
    with pytest.raises(RoundtripError, match="The app did not start: ") as caught:
        get("/", [], project)
    assert reason in str(caught.value)
    assert str(project) not in str(caught.value)


def test_an_app_that_does_not_answer(project, monkeypatch):
    (project / "app.py").write_text(APP + "\nimport time; time.sleep(60)\n")
    monkeypatch.setattr(page, "_PATIENCE", 1.0)
    with pytest.raises(RoundtripError, match="did not answer within 1 seconds"):
        get("/", [], project)


class _Frame(HTMLParser):
    found: dict[str, str | None]

    def handle_starttag(self, tag, attrs):
        assert tag == "iframe"
        self.found = dict(attrs)


def test_the_frame_holds_the_page_and_nothing_gets_out():
    html = '<p title="a">x &amp; y</p></iframe><script>alert(1)</script>"\' onload="x"'
    frame = _Frame()
    frame.feed(Page(200, "OK", html, None).frame)
    frame.close()
    assert frame.found["srcdoc"] == html
    assert frame.found["sandbox"] == ""
    assert frame.found["title"]


def test_the_words_of_a_page():
    html = (
        "<title>no</title><style>no</style></style><h1>Users</h1><table><tr><th>id<th>name</tr>"
        "<tr><td>1</td><td>Ada\n Lovelace</td></tr></table>after<br>all<script>no</script>"
    )
    assert Page(200, "OK", html, None).text == ("Users\n  id  name\n  1   Ada Lovelace\nafter\nall")
