"""What the board says: the same in the picture and in words, and what is marked."""

from __future__ import annotations

import re
from dataclasses import replace

import board_states as states
import pytest
from board_states import FIRST, PICTURES, SECOND, STATES, TRIP
from svg_texts import texts

from roundtrip import board
from roundtrip.board.parts import Verdict
from roundtrip.board.words import the_other_way
from roundtrip.facts import DatabaseState, Difference, Elsewhere, ModelState, Table
from roundtrip.state import State

every_state = pytest.mark.parametrize("name", STATES)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w[\w./:\-]*\w|\w", text.casefold()))


def drawn_words(svg: str) -> str:
    return " ".join(f"{drawn.words} {drawn.title}" for drawn in texts(svg))


@every_state
def test_picture_and_words_tell_the_verdict_and_the_next_command(name: str) -> None:
    verdict = STATES[name].verdict
    clean = states.HOSTILE.replace("\x00", "\ufffd")
    whole = " ".join(drawn.words for drawn in texts(PICTURES[name])).replace(" \\ ", " ")
    for sentence in (verdict.headline, verdict.found, verdict.next, verdict.back):
        sentence = clean if sentence == states.HOSTILE else sentence
        assert sentence in whole
        assert words_of(sentence) <= words_of(board.text(STATES[name]))


@pytest.mark.parametrize(
    ("command", "label"),
    [
        ("%show demo_app/models.py", "Or"),
        ("git log -p -1 -- models.py", "Or"),
        ("git diff models.py", "Or"),
        ("flask --env-file production.env db upgrade", "Or"),
        ("git reset --hard 1234567", "Or back"),
        ("git restore models.py", "Or back"),
        ("git checkout HEAD -- models.py", "Or back"),
        ("flask --env-file production.env db downgrade", "Or back"),
    ],
)
def test_a_second_command_that_only_looks_is_not_said_to_lead_back(command: str, label: str):
    assert the_other_way(Verdict("wait", "", "", "git status", command)) == label


@every_state
def test_every_word_of_the_text_is_in_the_picture(name: str) -> None:
    said = words_of(board.text(STATES[name]).replace("\x00", "\ufffd"))
    assert said - words_of(drawn_words(PICTURES[name])) == set()


@every_state
def test_every_word_of_the_picture_is_in_the_text(name: str) -> None:
    whole = " ".join(d.words for d in texts(PICTURES[name]) if "…" not in d.words)
    assert words_of(whole) - words_of(board.text(STATES[name]).replace("\x00", "\ufffd")) == set()


def test_the_news_and_the_strip_say_the_same_in_both() -> None:
    said = board.text(states.LESSON_05, states.LESSON_03)
    assert words_of(said) <= words_of(drawn_words(PICTURES["since_05"]))
    chips = re.sub(r"\((\w+) missing\)|\((changed)\):", r"\1\2 ", board.strip_text(TRIP))
    chips = chips.replace(":", "").replace("+", "")
    assert words_of(chips) <= words_of(drawn_words(PICTURES["strip"]))


def test_a_script_without_a_message_is_named_by_its_id() -> None:
    first, *more = states.LESSON_03.migrations.revisions
    scripts = (replace(first, message=""), *more)
    then = replace(
        states.LESSON_03, migrations=replace(states.LESSON_03.migrations, revisions=scripts)
    )
    now = replace(then, migrations=replace(then.migrations, revisions=tuple(more)))
    assert f"Gone since the last look: the revision {first.id}." in board.text(now, then)


def test_no_path_of_this_machine_is_shown() -> None:
    for url in ("/home/someone/elsewhere/app.db", "C:\\Users\\someone\\elsewhere\\app.db"):
        state = replace(states.LESSON_01, database=replace(states.LESSON_01.database, url=url))
        for said in (board.svg(state), board.text(state)):
            assert "…/app.db" in said and "someone" not in said


@every_state
def test_words_fit_a_terminal(name: str) -> None:
    for text in (board.text(STATES[name]), board.text(STATES[name], states.NOTHING)):
        lines = [line for line in text.splitlines() if not line.startswith(("Next: ", "Or back: "))]
        assert max(map(len, lines)) <= 96


def test_no_part_of_a_long_command_stands_alone() -> None:
    """`git checkout ORIG_HEAD --` would leave the branch; the files behind it make it harmless."""
    command = states.WIDE.verdict.next
    assert f"Next: {command}" in board.text(states.WIDE).splitlines()
    drawn = [text.words for text in texts(PICTURES["wide"])]
    begin = next(n for n, words in enumerate(drawn) if words.startswith("git checkout "))
    assert drawn[begin].endswith(" \\") and command.endswith(drawn[begin + 1])
    assert max(map(len, board.strip_text(list(STATES.items())).splitlines())) <= 96


@pytest.mark.parametrize(
    ("state", "target"),
    [
        (states.LESSON_03, FIRST),
        (states.LESSON_05, SECOND),
        (states.MISSING, SECOND),
        (states.TWO_HEADS, "0b7d91c4e2aa"),
        (states.WIDE, "7b7d91c4e2a7"),
    ],
)
def test_arrow_points_from_the_database_to_its_revision(state: State, target: str) -> None:
    svg = board.svg(state)
    head = re.search(r'<path d="M([\d.]+) ([\d.]+)l8 -4.5v9z"', svg)
    x, y = float(head[1]), float(head[2])
    lines = [d for d in texts(svg) if d.lane[0] == "Migrations" and abs(d.low - 4 - y) < 1]
    assert [target in d.words and d.right <= x for d in lines] == [True]
    chip = next(d for d in texts(svg) if d.lane[0] == "Database" and target in d.words)
    assert "alembic_version" in chip.words
    assert f"V{y - 6:g}Q" in svg and f"M{chip.box[0]:g} {chip.low - 4:g}H" in svg
    assert re.search(rf"{target} · [\w ·]+   <- alembic_version", board.text(state))


def test_no_arrow_without_a_version() -> None:
    assert "l8 -4.5v9z" not in PICTURES["nothing"]
    assert "<-" not in board.text(states.NOTHING)


@pytest.mark.parametrize(
    ("state", "place", "words"),
    [
        (states.LESSON_03, "Model", ["+", "age", "not in the database"]),
        (states.LESSON_03, "Database", ["age", "not here"]),
        (states.LESSON_03, "Migrations", ["pending", "untracked"]),
        (states.LESSON_03, "Git", ["2 files not committed", "1 modified", "1 untracked"]),
        (states.MISSING, "Database", ["-", "age", "not in the model any more"]),
        (states.MISSING, "Model", ["age", "not in the code any more"]),
        (states.MISSING, "Migrations", ["file missing"]),
        (states.TWO_HEADS, "Migrations", ["2 heads", "· head"]),
        (states.IMPORT_ERROR, "Model", ["The app does not load"]),
        (states.TYPES, "Model", ["≠", "+", "class City", "table leftover", "not in the code"]),
        (states.TYPES, "Database", ["≠", "table city", "not here", "not in the model"]),
        (states.NO_MIGRATIONS, "Database", ["No database yet"]),
        (states.NO_MIGRATIONS, "Migrations", ["No migrations folder yet"]),
        (states.NO_MIGRATIONS, "Git", ["No commit yet"]),
        (states.NOTHING, "Git", ["No repository yet"]),
        (states.MANY_PROBLEMS, "Database", ["The database is locked"]),
    ],
)
def test_what_differs_is_marked_in_its_lane(state: State, place: str, words: list[str]) -> None:
    lane = [drawn.words for drawn in texts(board.svg(state)) if drawn.lane[0] == place]
    for word in words:
        assert any(word == said or f" {word}" in f" {said}" for said in lane), word


def test_rows_of_model_and_database_stand_at_one_height() -> None:
    for state in (states.LESSON_03, states.TYPES, states.WIDE):
        found: dict[tuple[str, str], float] = {}
        for drawn in texts(board.svg(state)):
            if drawn.lane[0] in ("Model", "Database") and drawn.words in ("id", "age", "name"):
                found.setdefault((drawn.lane[0], drawn.words), drawn.low)
        names = {name for _, name in found}
        assert names
        assert all(found["Model", name] == found["Database", name] for name in names)


def test_the_verdict_s_places_are_pointed_at() -> None:
    places = {d.lane[0] for d in texts(board.svg(states.LESSON_03)) if d.words == "look here"}
    assert places == {"Migrations", "Database"}
    assert board.text(states.LESSON_03).count("[look here]") == 2


def test_much_is_folded_and_what_differs_stays() -> None:
    for said in (board.text(states.WIDE), drawn_words(PICTURES["wide"])):
        assert "… 6 older commits" in said and "… 5 more, applied" in said
        assert "… 13 more" in said and "… 5 more" in said
        assert "column_number_00" in said and "age" in said
    shown = [d.words for d in texts(PICTURES["wide"]) if d.lane[0] == "Migrations"]
    assert sum("Change number" in words for words in shown) == 5


def test_many_tables_are_folded_and_those_that_differ_stay() -> None:
    tables = tuple(Table(f"table_{n}", class_name=f"Table{n}") for n in range(9))
    state = replace(
        states.LESSON_01,
        model=replace(states.LESSON_01.model, tables=tables),
        differences=(Difference("add_table", "table_8"),),
    )
    text = board.text(state)
    assert "+ class Table8: not in the database" in text
    assert "… 6 more tables" in text
    assert words_of(text) - words_of(drawn_words(board.svg(state))) == set()


def test_new_is_marked_by_word() -> None:
    text = board.text(states.LESSON_05, states.LESSON_03)
    assert re.search(r"Add age to the user model +\[new\]", text)
    assert re.search(r"Add age column to user model +\[changed\]", text)
    assert re.search(r"age +INTEGER +new", text)
    assert not re.search(r"Create user table +\[", text)
    pills = [d.lane[0] for d in texts(PICTURES["since_05"]) if d.words in ("new", "changed")]
    assert pills == ["Git", "Migrations", "Database"]
    assert "[new]" not in board.text(states.LESSON_05)


def test_what_an_app_that_does_not_load_would_have_is_neither_gone_nor_new() -> None:
    broken = replace(states.LESSON_01, model=ModelState(found=True, error="NameError: x"))
    assert "Gone since" not in board.text(broken, states.LESSON_01)
    assert "Marked" not in board.text(states.LESSON_01, broken)
    gone = replace(states.LESSON_01, model=ModelState(found=True))
    assert "the table user in the model" in board.text(gone, states.LESSON_01)


def test_what_is_gone_is_named() -> None:
    text = board.text(states.LESSON_01, states.LESSON_07)
    assert "Gone since the last look: the commit “Add age to the user model”" in text
    assert "user.age in the model" in text
    assert "Nothing on this board has changed" in board.text(states.LESSON_01, states.LESSON_01)
    gone = replace(states.LESSON_01, database=DatabaseState("instance/app.db"))
    assert "Gone since the last look: the file instance/app.db" in board.text(
        gone, states.LESSON_01
    )
    other = replace(states.LESSON_01, elsewhere=(Elsewhere("production.env", "production.db"),))
    for now, then in (
        (states.LESSON_01, other),
        (states.LESSON_01, gone),
        (other, states.LESSON_01),
    ):
        assert "Nothing on this board" not in board.text(now, then)
    assert "look" not in board.text(states.LESSON_01)


def test_a_change_of_rows_is_told() -> None:
    table = replace(states.LESSON_01.database.tables[0], rows=1)
    before = replace(states.LESSON_01, database=replace(states.LESSON_01.database, tables=(table,)))
    assert "3 rows, 1 at the last look" in board.text(states.LESSON_01, before)


def test_strip_has_a_card_for_each_step_and_says_what_changed() -> None:
    said = board.strip_text(TRIP)
    assert len(said.split("\n\n")) == len(TRIP)
    drawn = [d.words for d in texts(PICTURES["strip"]) if d.lane[0] == "Step"]
    for title, state in TRIP:
        assert title in drawn and title in said
        assert words_of(state.verdict.headline) <= words_of(" ".join(drawn))
    upgrade = next(card for card in said.split("\n\n") if card.startswith("05"))
    assert "Database (changed):" in upgrade and "Model:" in upgrade
    assert drawn.count("changed") == said.count("(changed)") == 17
    assert "No lesson" in board.strip_text([])


def test_a_table_that_comes_or_goes_is_told_once() -> None:
    bare = replace(states.LESSON_01.database, tables=())
    before = replace(states.LESSON_01, database=bare)
    text = board.text(states.LESSON_01, before)
    assert re.search(r"table user \(3 rows\) +\[new\]", text) and "VARCHAR(80)  new" not in text
    gone = board.text(before, states.LESSON_01)
    assert "Gone since the last look: the table user in the database." in gone


def test_a_revision_says_whether_the_database_has_run_it() -> None:
    for said in (board.text(states.LESSON_03), drawn_words(PICTURES["lesson_03"])):
        assert f"{SECOND} · pending · untracked" in said
        assert f"{FIRST} · applied" in said


def test_two_heads_meet_at_the_revision_before_them() -> None:
    lines = re.findall(r'<path d="M([\d.]+) ([\d.]+)(V[^"]+)"', PICTURES["two_heads"])
    graph = [(float(x), float(y), rest) for x, y, rest in lines if 504 <= float(x) < 560]
    nodes = {d.words: d.low for d in texts(PICTURES["two_heads"]) if d.lane[0] == "Migrations"}
    base = nodes["Create user table"] - 5
    assert {y for _, y, _ in graph} == {nodes[w] - 5 for w in nodes if w.startswith("Add ")}
    assert len({x for x, _, _ in graph}) == 2
    assert all(rest.endswith(f"{base:g}") for _, _, rest in graph)


def test_nothing_counts_as_pending_below_a_missing_script() -> None:
    """The state cannot know it: what the database has run hangs on the file that is gone."""
    for said in (board.text(states.MISSING), drawn_words(PICTURES["missing"])):
        assert f"{FIRST} · perhaps applied" in said
        assert "pending" not in said


def test_a_type_is_written_as_in_the_code() -> None:
    assert "Integer()" not in board.text(states.LESSON_01) + PICTURES["lesson_01"]
