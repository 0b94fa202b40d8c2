"""Hints: three for each goal, one after the other, and the last one names a place that exists."""

from __future__ import annotations

import re

import nbformat
import pytest
from kernels import kernel

from roundtrip import messages
from roundtrip.checks import Result
from roundtrip.checks.finding import Cure, Finding, begin_again, unmet
from roundtrip.course import Goal, Lesson, find_course
from roundtrip.hints import Hints
from roundtrip.lesson import Finished

LESSONS = [lesson for lesson in find_course().lessons if lesson.goals]
LAST = LESSONS[-1].number


def exercises_of(lesson: Lesson, check: str) -> list[str]:
    """The exercise cells above a check, down from the one before it."""
    found: list[str] = []
    for cell in nbformat.read(lesson.notebook, as_version=4).cells:
        if cell.cell_type == "code" and cell.source == check:
            return found
        if cell.source.startswith("%check"):
            found = []
        if "exercise" in cell.metadata.get("tags", ()):
            found.append(cell.source)
    raise AssertionError(check)


def headings(lesson: Lesson) -> set[str]:
    cells = nbformat.read(lesson.notebook, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return set(re.findall(r"^#{2,3} (.+)$", text, re.MULTILINE))


def checked_by(lesson: Lesson, goal: Goal) -> str:
    """The cell that looks at a goal."""
    names = [exercise.name for exercise in lesson.exercises if goal in exercise.goals]
    return f"%check {names[0]}" if names else "%finish"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_goal_has_three_and_the_last_names_a_heading_of_the_lesson(lesson: Lesson):
    exercises = [goal for exercise in lesson.exercises for goal in exercise.goals]
    for goal in (*lesson.goals, *exercises):
        assert len(set(goal.hints)) == 3, goal.text
        there = headings(lesson)
        if other := re.search(r"in lesson (\d\d)", goal.hints[2]):
            there = headings(find_course().lesson(int(other[1])))
        named = re.findall(r"“(.+?)”", goal.hints[2])
        cells = {name for name in named if name.startswith("#")}
        assert {*named} - cells <= there | {"Answer"}, goal.hints[2]
        assert cells <= {*exercises_of(lesson, checked_by(lesson, goal))}, goal.hints[2]
        assert named or "%restart" in goal.hints[2] or lesson.number == LAST


def test_a_hint_before_the_repository_is_made_does_not_ask_git():
    goals = find_course().lesson(1).goals
    before = goals[: [goal.check for goal in goals].index("commits")]
    assert before and not [hint for goal in before for hint in goal.hints if "`git " in hint]


CHANGES = re.compile(
    r"flask db (?:migrate|upgrade|downgrade|stamp|merge)|git (?:reset|clean|restore|commit|rm|add)"
)
NOT_IN_THE_LESSON = {
    *((2, "flask db downgrade"), (3, "flask db downgrade")),  # an upgrade that came too early
    *((2, "git clean -f"), (3, "git clean -f")),  # a script that came too early, or is wrong
    (3, "git restore --staged"),
    (7, "git restore demo_app/models.py"),
    (LAST, 'git commit -m "…"'),
}
"""Commands of hints that take back what the lesson did not ask for."""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_what_they_tell_to_run_is_run_in_the_lesson(lesson: Lesson):
    cells = "\n".join(cell.source for cell in nbformat.read(lesson.notebook, as_version=4).cells)
    exercises = [goal for exercise in lesson.exercises for goal in exercise.goals]
    told = {
        command
        for goal in (*lesson.goals, *exercises)
        for hint in goal.hints
        for command in re.findall(r"`([^`]+)`", hint)
        if CHANGES.match(command) and not command.startswith("git commit --amend -m ")
    }
    elsewhere = {command for number, command in NOT_IN_THE_LESSON if number == lesson.number}
    assert {command for command in told if command not in cells} == elsewhere


def test_they_come_one_after_the_other(tmp_path):
    with kernel(tmp_path / "home") as notebook:
        notebook.run("%load_ext roundtrip\n%lesson 2")
        nothing = notebook.run("%hint")
        assert not nothing.error and "First run the next cell with %check" in nothing.text
        finished = " ".join(notebook.run("%finish").text.split())
        hints = find_course().lesson(2).goals[0].hints
        assert f"hint: {hints[0]}" in finished
        said = [notebook.run("%hint").text for _ in range(3)]
        hinted = [" ".join(text.partition("\n")[2].split()) for text in said]
        assert hinted == [hints[1], hints[2], hints[2]]
        assert said[0].splitlines()[0] == find_course().lesson(2).goals[0].text


def test_after_a_look_at_which_all_was_met_it_says_where_to_ask():
    """A met lesson above an exercise that nobody has checked yet: the hint is for neither."""
    goal = find_course().lesson(2).goals[0]
    met, waits = Result(goal, Finding(True, "found")), Result(goal, Finding(False, "found", "why"))
    hints = Hints()
    hints.note([waits])
    hints.look_again([met])
    assert "is met now. Run that cell again" in hints.next()
    hints.note([met])
    assert "All goals of the last look are met. For an exercise, run its %check" in hints.next()


def test_for_another_mistake_they_begin_anew():
    goal = find_course().lesson(2).goals[0]
    first, other = (Result(goal, Finding(False, "found", cause)) for cause in ("this", "that"))
    hints = Hints()
    hints.note([first])
    said = [hints.next() for _ in range(2)]
    hints.note([first])
    said.append(hints.next())
    assert [text.splitlines()[1].strip() for text in said] == [*goal.hints[1:], goal.hints[2]]
    hints.note([other])
    assert goal.hints[1] in hints.next()


def test_where_something_else_comes_first_it_is_named_with_the_place_of_the_answer():
    goal = find_course().lesson(2).goals[0]
    hints = Hints()
    hints.note([Result(goal, unmet("found", Cure("It waits.", "git status", repair=True)))])
    first, again = hints.next(), hints.next()
    assert "Next: git status" in first and goal.hints[2] in " ".join(first.split())
    assert first == again and "no stronger hint" not in first


def test_what_is_lost_comes_first():
    some, rows = find_course().lesson(2).goals[0], find_course().lesson(2).goals[-1]
    hints = Hints()
    waits = Result(some, unmet("found", Cure("It waits.", "git status")))
    hints.note([waits, Result(rows, unmet("found", begin_again("The rows are gone.")))])
    assert hints.next().startswith(rows.text)


def test_hints_that_do_not_lead_to_the_next_command_are_not_told():
    """A script that waits has to be run: what to do before it was made no longer helps."""
    goals = find_course().lessons[-1].exercises[0].goals
    goal = next(goal for goal in goals if goal.check == "committed_migration")
    fitting = Result(goal, unmet("found", Cure("It is in no commit.", "git add .")))
    other = Result(goal, unmet("found", Cure("It has not run.", "flask db upgrade")))
    look = Result(goal, unmet("found", Cure("It is not there.", "git log --oneline")))
    assert (fitting.hints, look.hints, other.hints) == (goal.hints, goal.hints, ())
    back = find_course().lesson(8).exercises[0].goals[0]
    there, elsewhere = (
        Result(back, unmet("found", Cure("It was reset.", f"git reset --hard {place}")))
        for place in ("ORIG_HEAD", "1a2b3c4")
    )
    assert (there.hints, elsewhere.hints) == (back.hints, ())  # ORIG_HEAD has moved on
    files = find_course().lesson(2).exercises[0].goals
    staged = [
        Result(each, unmet("found", Cure("It is staged.", "git restore --staged --worktree a.py")))
        for each in files[:2]
    ]
    assert [result.hints for result in staged] == [(), files[1].hints]


def test_what_was_told_is_no_hint_and_neither_is_an_answer_that_does_not_fit():
    """It is told again only where the cause is another one than at the look."""
    goal = find_course().lesson(8).exercises[0].goals[0]
    hints = Hints()
    for command in ("git reset --hard 1a2b3c4", "git clean -f a.py", "%restart"):
        hints.note([Result(goal, unmet("found", Cure(f"For {command}.", command, repair=True)))])
        for _ in range(3):
            said = hints.next()
            assert f"For {command}." not in said and "Answer" not in said
            assert "There is no stronger hint" in said and said.endswith(f"Next: {command}")
    hints.look_again([Result(goal, unmet("found", Cure("It has not run.", "flask db upgrade")))])
    assert hints.next().endswith("It has not run.\n    Next: flask db upgrade")
    assert "It has not run." not in hints.next()


def test_a_hint_that_is_the_next_command_is_left_out():
    goal = find_course().lesson(8).exercises[0].goals[1]
    assert goal.hints[1] == "`flask db upgrade`"
    hints = Hints()
    hints.note([Result(goal, unmet("found", Cure("It has not run.", "flask db upgrade")))])
    assert goal.hints[2] in hints.next()


def test_they_are_offered_as_long_as_there_is_a_stronger_one():
    """Under a repair, %hint would only say that there is none."""
    goal = find_course().lesson(2).goals[0]
    waits = Result(goal, unmet("found", Cure("It is not there.", "git diff")))
    look = Result(goal, unmet("found", Cure("It waits.", "git status", repair=True)))
    repair = Result(goal, unmet("found", Cure("It waits.", "flask db upgrade", repair=True)))
    hints = Hints()
    assert not hints.more
    several = (waits, [True, True, False]), (look, [True, False]), (repair, [False, False])
    for result, stronger in several:
        hints.note([result])
        for expected in stronger:
            assert hints.more is expected
            assert ("There is no stronger hint" in hints.next()) is (result is repair)
    done = Finished(find_course().lesson(2), (waits,), kept=False, next=None)
    for more in (True, False):
        for said in (messages.finished(done, more), messages.practised([waits], more)):
            assert ("; %hint says more." in said) is more


def test_the_cell_that_looks_offers_them_only_then(tmp_path):
    with kernel(tmp_path / "home") as notebook:
        notebook.run("%load_ext roundtrip\n%lesson 2")
        notebook.run("!git mv .gitignore ignored")
        for cell in ("%finish", "%check"):
            assert "; %hint says more." in notebook.run(cell).text
        notebook.run("from pathlib import Path\nPath('.flaskenv').unlink()")
        for cell in ("%finish", "%check"):
            assert "%hint" not in notebook.run(cell).text
            assert "There is no stronger hint" in notebook.run("%hint").text
