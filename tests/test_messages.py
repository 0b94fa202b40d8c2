"""What a cell says of goals that are not met: each cause and each command once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roundtrip import messages
from roundtrip.checks import Result
from roundtrip.checks.finding import Cure, begin_again, met, unmet
from roundtrip.course import Goal, find_course
from roundtrip.messages import typed

FIRST = "why:  See first “A goal”."


def said(*cures: Cure | None, **arguments: object) -> list[str]:
    """What is told of goals with these cures, without the goals themselves; None: it is met."""
    goal = Goal("A goal", "agree", arguments, ())
    results = [Result(goal, unmet("no", cure) if cure else met("yes")) for cure in cures]
    lines = (line.strip() for line in messages.goals(results))
    return [line for line in lines if line.startswith(("why:", "next:", "hint:"))]


def test_a_goal_that_is_met_needs_no_cure():
    assert said(None) == []


def test_a_cause_is_told_once():
    cure = Cure("It waits.", "flask db upgrade")
    assert said(cure, None, cure) == ["why:  It waits.", "next: flask db upgrade", FIRST]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("flask db downgrade", "flask db downgrade"),
        ('git commit -m "Add phone"', 'git commit -m "Say what changes"'),
        ('flask db migrate -m "One"', 'flask db migrate -m "Two"'),
    ],
)
def test_a_command_is_told_once(first: str, then: str):
    """Run twice, it would go a step too far, or find nothing to do."""
    lines = said(Cure("One.", first), Cure("Two.", then))
    assert lines == ["why:  One.", f"next: {first}", FIRST]


def test_a_command_that_only_looks_is_told_once_with_each_of_its_causes():
    """Two lines of one file are to be mended: the second is told as well."""
    lines = said(Cure("One.", "git diff"), Cure("Two.", "git diff"))
    same = "next: the same as for “A goal”."
    assert lines == ["why:  One.", "next: git diff", "why:  Two.", same]


def test_a_step_back_waits_for_a_stamp_of_the_same_database():
    """Run after it, it would go a step too far."""
    stamp = Cure("It was dropped by hand.", "flask db stamp abc", repair=True)
    back = Cure("Every database first.", "flask db downgrade", repair=True)
    assert said(stamp, back)[2:] == [FIRST]
    there = Cure("There too.", "flask --env-file production.env db downgrade", repair=True)
    assert said(stamp, there)[-1] == f"next: {there.command}"


@pytest.mark.parametrize("then", ["upgrade", "--env-file production.env db upgrade", "migrate"])
def test_nothing_is_built_on_what_has_to_be_mended_first(then: str):
    """Else one output tells two ways, back and forward."""
    then = f"flask {then if then[0] == '-' else f'db {then}'}"
    go = Cure("It waits.", then)
    mend = Cure("Undo it.", "flask db downgrade", repair=True)
    assert said(go, mend)[:2] == ["why:  It waits.", f"next: {then}"]
    assert said(mend, go) == ["why:  Undo it.", "next: flask db downgrade", FIRST]
    again = Cure("Or so.", then, repair=True)  # a way to mend it, too
    assert said(mend, again)[-1] == f"next: {then}"
    assert said(mend, Cure("It is new.", "git add ."))[-1] == FIRST
    assert said(mend, Cure("Look.", "git status"))[-1] == "next: git status"
    look = Cure("Read its board.", "%board --env-file production.env", repair=True)
    assert said(mend, look)[-1] == FIRST
    assert said(mend, Cure("Then the code.", "git reset --hard 1a2b3c4"))[-1] == FIRST
    rows = Cure("Rows were not added.", "%%flask_shell")
    assert said(mend, rows)[-1] == FIRST
    too_many = Cure("Delete that row.", "%%flask_shell", repair=True)
    assert said(mend, too_many)[-1] == "next: a cell that begins with %%flask_shell"
    assert said(rows, go)[-1] == f"next: {then}"  # it does not build on the rows


@pytest.mark.parametrize("command", ["git add .", 'git commit -m "Add city"'])
def test_nothing_is_committed_that_has_to_be_mended_first(command: str):
    """Not by a repair either: it would put the broken file into the lesson's commit."""
    mend = Cure("The app does not load.", "git diff", repair=True)
    commit = Cure("The commit is not made yet.", command, repair=True)
    assert said(mend, commit)[-1] == FIRST
    assert said(commit, mend)[1] == f"next: {command}"
    missing = Result(Goal("A goal", "has_file", {}, ()), unmet("no", Cure("Write.", "%%writefile")))
    then = Result(Goal("A goal", "head_subject", {}, ()), unmet("no", commit))
    assert "See first “A goal”" in messages.goals([missing, then])[-1]


def test_a_goal_that_comes_first_is_named_in_short_and_is_the_only_one_of_that_name():
    missing = Result(Goal("A goal, long", "has_file", {}, ()), unmet("no", Cure("Write.", "x")))
    then = replace(missing, goal=Goal("Another", "has_file", {}, ()))
    assert messages.goals([missing, then])[-1].strip() == "why:  See first “A goal, …”."
    for lesson in find_course().lessons:
        for goals in (lesson.goals, *(exercise.goals for exercise in lesson.exercises)):
            names = [goal.text.partition(",")[0] for goal in goals]
            assert len({*names}) == len(names), lesson


def test_a_copy_waits_for_nothing_and_what_follows_waits_for_it():
    """Rows wait for their table."""
    mend = Cure("Undo it.", "flask db downgrade", repair=True)
    shell = "%%flask_shell --env-file production.env"
    upgrade = Cure("Not there yet.", "flask --env-file production.env db upgrade")
    rows, copy = Cure("Add it.", shell), Cure("Make it.", shell, holds_back=True)
    assert said(mend, rows)[2:] == [FIRST]
    assert said(mend, copy, upgrade)[2:] == ["why:  Make it.", f"next: {typed(shell)}", FIRST]
    assert said(copy, upgrade)[2:] == [FIRST]


def test_one_way_to_a_branch_is_told_at_a_time():
    here, keep = Cure("Take main here.", "git switch -C main"), Cure("Keep it.", "git switch -c k")
    assert said(here, keep) == ["why:  Take main here.", f"next: {here.command}", FIRST]
    assert said(here, Cure("So too.", here.command))[-1] == FIRST


def test_what_is_the_same_names_its_goal_and_says_no_more():
    """No line points to one that points on, and a goal that is met may stand between them."""
    cure, other = Cure("One.", "git status"), Cure("Two.", "git diff")
    again = Cure("Also.", "git status")
    goals = [Goal(f"Goal {n}", "agree", {}, ()) for n in range(7)]
    results = [
        Result(goal, unmet("no", each))
        for goal, each in zip(goals, (cure, cure, cure, other, again, again, cure), strict=True)
    ]
    lines = [line.strip() for line in messages.goals(results)]
    whys = [line for line in lines if line.startswith("why:")]
    first = "why:  See first “Goal 0”."
    assert whys == ["why:  One.", first, first, "why:  Two.", "why:  Also.", first, first]
    assert lines[-2:] == ["✘ not met  Goal 6", first]


def test_one_step_is_told_at_a_time():
    there = Cure("It waits there.", "flask --env-file production.env db upgrade")
    lines = said(Cure("It waits.", "flask db upgrade"), there, Cure("New.", "git add ."))
    assert lines == ["why:  It waits.", "next: flask db upgrade", FIRST, FIRST]


@pytest.mark.parametrize("check", ["model_has", "committed_migration", "database_has", "holds"])
def test_what_follows_waits_for_model_script_and_database(check: str):
    """Each of these goals is met by its own commands, and what is below builds on it."""
    edit = Result(Goal("A goal", check, {}, ()), unmet("no", Cure("Edit.", "%show models.py")))
    there = Cure("It waits there.", "flask --env-file production.env db upgrade")
    then = Result(Goal("A goal", "agree", {}, ()), unmet("no", there))
    above = FIRST
    assert above in messages.goals([edit, then])[-1]
    assert above not in "".join(messages.goals([then, edit]))
    head = Goal("A goal", "head_subject", {}, ())
    assert above not in "".join(messages.goals([Result(head, edit.finding), then]))
    first = Result(head, unmet("no", Cure("It is lost.", "git reflog", holds_back=True)))
    assert above in "".join(messages.goals([first, then]))


def test_the_same_command_for_another_database_is_another_one():
    there = "flask --env-file production.env db downgrade"
    lines = said(Cure("Here.", "flask db downgrade"), Cure("There.", there))
    assert lines[-1] == f"next: {there}"


def test_a_magic_of_a_whole_cell_is_not_told_as_a_line():
    assert said(Cure("Look.", "%%flask_shell"))[1] == "next: a cell that begins with %%flask_shell"


def test_where_no_command_helps_none_is_told():
    assert said(Cure("One.", ""), Cure("Two.", "")) == ["why:  One.", "why:  Two."]


def test_a_long_cause_stands_in_lines_and_a_command_on_one():
    cause, command = "It waits. " * 30, f"git restore {'x' * 150}"
    goal = Goal("A goal", "agree", {}, ())
    lines = messages.goals([Result(goal, unmet("no", Cure(cause, command)))])
    assert lines[-1].strip() == f"next: {command}"
    causes = lines[2:-1]
    assert len(causes) > 3 and all(len(line) <= 100 for line in causes)
    assert " ".join(" ".join(causes).split()) == f"why: {cause.strip()}"


def test_what_is_lost_comes_before_all_other_work():
    """Nothing that is done before the lesson begins again would last."""
    lost = begin_again("The rows are gone.")
    told = [
        "why:  The rows are gone. Begin again, and run the cells down to here.",
        "next: %restart",
    ]
    cures = (Cure("It waits.", "flask db upgrade"), lost, Cure("New.", "git add ."))
    assert said(*cures, kept=True) == [FIRST, *told, FIRST]
    assert said(*cures)[:2] == ["why:  It waits.", "next: flask db upgrade"]


def test_a_row_that_is_to_be_changed_holds_back_nothing():
    """Production's columns do not wait for a row of development."""
    row = Result(
        Goal("Rows", "rows_equal", {}, ()),
        unmet("no", Cure("Delete that row.", "%%flask_shell", repair=True)),
    )
    there = Cure("It waits there.", "flask --env-file production.env db upgrade")
    then = Result(Goal("Production", "database_has", {}, ()), unmet("no", there))
    assert messages.goals([row, then])[-1].strip() == f"next: {there.command}"
