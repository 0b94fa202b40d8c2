"""Every id on the pages is beside what it belongs to.

The sanitiser takes all ids for the same, and so does nbval: one in another's place is seen here
alone. The pages are read in their order, as one run made them; each id that an output names has to
be one that is expected there, and the others are named.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pages import CELLS, LESSONS, Cell

REVISION = r"(?<![0-9A-Za-z])(?P<id>[0-9a-f]{12})(?![0-9A-Za-z])"
COMMIT = r"(?<![0-9A-Za-z])(?P<id>[0-9a-f]{7})(?![0-9A-Za-z])"
ANY_ID = re.compile(r"(?<![0-9A-Za-z.#-])(?:[0-9a-f]{12}|[0-9a-f]{7})(?![0-9A-Za-z-])")
AFRESH = "the page is wrong, or `roundtrip refresh --every-output` has to make all anew"

Claim = tuple[int, str, str]
"""Where in a text an id is, which one, and which one should."""


def slug_of(message: str) -> str:
    """What Alembic makes of a message for the name of a file."""
    return "_".join(re.findall(r"\w+", message)).lower()


def blob_of(text: str) -> str:
    """The short id that Git gives to a file with this text."""
    data = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()[:7]


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these texts, wherever their lines end; for none, where none is."""
    return "|".join(r"\s+".join(map(re.escape, each.split())) for each in {*words}) or "$^"


def database(cell: Cell) -> str:
    """The file of the database that a cell's command goes to."""
    chosen = re.search(r"--env-file (\S+)\.env", cell.source)
    return f"{chosen[1]}.db" if chosen else "app.db"


@dataclass
class Facts:
    """What the cells up to here have made, as their commands said."""

    scripts: dict[str, str] = field(default_factory=dict)  # revision: message, the newest last
    parents: dict[str, str] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)  # database: its revision
    commits: dict[str, str] = field(default_factory=dict)  # hash: subject
    brought: dict[str, str] = field(default_factory=dict)  # revision: the commit with its script
    trees: dict[str, dict[str, str]] = field(default_factory=dict)  # hash: file: text
    files: dict[str, str] = field(default_factory=dict)
    head: str = ""

    def called(self, message: str) -> str:
        """The newest script whose message begins like this."""
        begins = slug_of(message)
        return next(
            r for r in reversed(self.scripts) if slug_of(self.scripts[r]).startswith(begins)
        )

    def commit(self, subject: str) -> str:
        """The commit with this message."""
        subject = " ".join(subject.split())
        return next(hash for hash, said in self.commits.items() if said == subject)

    def way_back(self) -> str:
        """The commit at which the code is where the usual database is."""
        return self.brought[self.at["app.db"]]


def learn(facts: Facts, cell: Cell) -> None:
    """Take in what a cell's command has done."""
    place, text, where = database(cell), cell.printed, f"{cell.where}; {AFRESH}"
    if cell.source.startswith("%%writefile "):
        first, _, rest = cell.source.partition("\n")
        facts.files[first.split()[1]] = f"{rest}\n"
    if copy := re.search(r"VACUUM INTO 'instance/(\S+)'", cell.source):
        facts.at[copy[1]] = facts.at[place]
    for revision, slug in re.findall(rf"versions/{REVISION}_(\w+)\.py \.\.\.  done", text):
        message = re.search(r'-m "(.+)"', cell.source)[1]
        assert slug == slug_of(message), where
        assert revision not in facts.scripts, where
        facts.scripts[revision] = message
        facts.parents[revision] = facts.at.get(place, "")  # where it is not, migrate refuses
    moves = rf"Running (?:up|down)grade ([0-9a-f]{{12}})? ?->(?: {REVISION})?, "
    for before, after in re.findall(moves, text) if "--sql" not in cell.source else ():
        assert before == facts.at.get(place, ""), f"{place} was not there: {where}"
        facts.at[place] = after
    for hash, subject in re.findall(r"^\[main (?:\(root-commit\) )?(\w+)\] (.+)$", text, re.M):
        assert f'"{subject}"' in cell.source, where
        assert hash not in facts.commits, where
        facts.commits[hash], facts.head, facts.trees[hash] = subject, hash, dict(facts.files)
        for revision in re.findall(rf"create mode \d+ migrations/versions/{REVISION}", text):
            facts.brought[revision] = hash
    if cell.source == "!git reset --hard {previous_commit_hash}":
        facts.head = facts.way_back()
        facts.files = dict(facts.trees[facts.head])


def claims(cell: Cell, text: str, facts: Facts) -> Iterator[Claim]:
    """Every id of an output for which it can be said which one should be there."""
    script = re.match(r"%show migrations/versions/\*_(\w+)\.py", cell.source)
    here = facts.at.get(database(cell), "")
    spoken_of = facts.called(script[1]) if script else here
    message, subject = any_of(facts.scripts.values()), any_of(facts.commits.values())
    mark = r"(?:\s+\[\w+\])?\s+"
    other = "[0-9a-f]{12}"
    rules: list[tuple[str, Callable[[re.Match[str]], str | None]]] = [
        (rf"/{REVISION}_(\w+)(?:\.py|…)", lambda m: facts.called(m[2])),
        (rf"(?:Revision ID: |Rev: |\brevision = '){REVISION}", lambda m: spoken_of),
        (
            rf"(?:Revises: |Parent: |down_revision = '){REVISION}",
            lambda m: facts.parents.get(spoken_of),
        ),
        # upgrade, downgrade, history
        (
            rf"(?<!downgrade {12 * '.'} )-> {REVISION}(?: \(head\))?, ({message})\n",
            lambda m: facts.called(m[2]),
        ),
        (rf"(?<!downgrade ){REVISION} -> ({other})", lambda m: facts.parents.get(m[2])),
        (rf"downgrade {REVISION} -> (?:{other})?, ({message})\n", lambda m: facts.called(m[2])),
        (rf"downgrade ({other}) -> {REVISION}", lambda m: facts.parents.get(m[1])),
        # --sql
        (rf", ({message})\n-- Running .*-> {REVISION}", lambda m: facts.called(m[1])),
        (rf"(?s)-> ({other})\n(?:(?!Running).)*VALUES \('{REVISION}", lambda m: m[1]),
        (rf"(?s)-> ({other})\n(?:(?!Running).)*version_num='{REVISION}", lambda m: m[1]),
        (rf"(?s)({other}) -> \w+\n(?:(?!Running).)*version_num = '{REVISION}", lambda m: m[1]),
        # commit, log, reset, reflog, and what a check says
        (rf"{COMMIT}\]? ({subject})\n", lambda m: facts.commit(m[2])),
        (
            rf"{COMMIT} HEAD@\S+ commit(?: \(initial\))?: ({subject})\n",
            lambda m: facts.commit(m[2]),
        ),
        (rf"{COMMIT} HEAD@\{{0\}}: reset", lambda m: facts.head),
        (rf"reset: moving to {COMMIT}", lambda m: facts.head),
        (rf"“({subject})” is {COMMIT}", lambda m: facts.commit(m[1])),
    ]
    if database_shown := re.match(r"%show instance/(\S+)", cell.source):
        rules += [(REVISION, lambda m: facts.at[database_shown[1]])]
    if re.fullmatch(r"!flask .*db current", cell.source):
        rules += [(rf"(?m)^{REVISION}(?: \(head\))?$", lambda m: here)]
    if grep := re.search(r'found = !git log .*--grep="(.+)"', cell.source):
        rules += [(COMMIT, lambda m: facts.commit(grep[1]))]
    if cell.source.startswith("!git diff"):
        (file,) = re.findall(r"^--- a/(.+)$", text, re.M)
        rules += [
            (rf"index {COMMIT}\.\.", lambda m: blob_of(facts.trees[facts.head][file])),
            (rf"\.\.{COMMIT} 100644", lambda m: blob_of(facts.files[file])),
        ]
    if cell.source == "%board":
        rules += [
            (rf"({subject}){mark}{COMMIT}", lambda m: facts.commit(m[1])),
            (rf"({message}){mark}{REVISION}", lambda m: facts.called(m[1])),
            (rf"alembic_version\s+{REVISION}", lambda m: here),
            (rf"(?:reset --hard|commit after)\s+{COMMIT}", lambda m: facts.way_back()),
        ]
    for pattern, wanted in rules:
        for match in re.finditer(pattern, text):
            yield match.start("id"), match["id"], wanted(match) or "none"


def read_all() -> Iterator[tuple[Cell, str, str, Facts]]:
    """Each output of the course in its order, with what was made until then."""
    facts = Facts()
    for cell in CELLS:
        if cell.is_code:
            learn(facts, cell)
            for form, text in cell.shown():
                yield cell, form, text, facts


def test_every_id_is_the_one_that_belongs_there():
    wrong = []
    seen: Counter[str] = Counter()
    for cell, form, text, facts in read_all():
        said = [*claims(cell, text, facts)]
        for start, found, wanted in said:
            line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].strip()
            if found != wanted:
                wrong.append(f"{cell.where} {form}: {found}, not {wanted}, in: {line}")
        places = {start for start, _, _ in said}
        for match in ANY_ID.finditer(text):
            if match.start() not in places:
                line = text[text.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0].strip()
                wrong.append(f"{cell.where} {form}: nothing is known of {match[0]} in: {line}")
        seen[form] += len(said)
    assert not wrong, "\n".join([AFRESH, *wrong])
    least = {"stdout": 80, "text/plain": 40, "text/markdown": 20, "text/html": 20}
    assert {form: n for form, n in least.items() if seen[form] < n} == {}


def test_a_script_has_one_date_and_the_dates_follow_each_other():
    """A script is made after the lesson's start, whose time the attic's name tells."""
    dates: dict[str, str] = {}
    made: list[str] = []
    times: list[tuple[str, str]] = []
    for cell, form, text, facts in read_all():
        for stamp in re.findall(r"attic/(\S+?)_lesson-", text):
            times.append((cell.where, stamp.replace("_", " ").replace("-", ":")))
        for revision in facts.scripts:
            if revision not in made:
                made.append(revision)
                times.append((cell.where, revision))
        for revision, date in re.findall(
            rf"Revision ID: {REVISION}\s+Revises: .*\s+Create Date: (.+)", text
        ):
            assert dates.setdefault(revision, date) == date, f"{cell.where} {form}; {AFRESH}"
    assert len(dates) >= 5
    known = [
        (where, dates.get(time, time).replace("-", ":"))
        for where, time in times
        if time in dates or ":" in time
    ]
    assert len(known) >= 12
    for (_, before), (where, after) in pairwise(known):
        assert before <= after, f"{where}: {after} is before {before}; {AFRESH}"


def test_each_lesson_begins_where_the_one_before_it_ended():
    """Its card counts the lessons and goals before it; the attic has that lesson's workspace."""
    seen = 0
    for row in LESSONS:
        number = row["number"]
        before = sum(len(other.get("goal", ())) for other in LESSONS[:number])
        total = sum(len(other.get("goal", ())) for other in LESSONS)
        (first,) = [c for c in CELLS if c.source == f"%load_ext roundtrip\n%lesson {number}"]
        for form, text in first.shown():
            for said in re.findall(r"Progress: (\d+) of (\d+) .*?, (\d+) of (\d+) goals", text):
                assert said == tuple(map(str, (number, len(LESSONS), before, total))), first.where
                seen += 1
            for said in re.findall(r"_lesson-(\d\d)", text):
                assert int(said) == number - 1, f"{first.where} {form}: lesson {said}"
                seen += 1
            for said in re.findall(r"^Start: .* lesson (\d\d)", text, re.M):
                assert int(said) == number - 1, f"{first.where} {form}: lesson {said}"
    assert seen >= 4 * len(LESSONS) - 5


def test_a_test_that_the_learner_runs_takes_a_moment():
    """The seconds are random, so nbval compares none."""
    said = [
        (c.where, float(s)) for c in CELLS for s in re.findall(r"in (\d+\.\d+)s$", c.printed, re.M)
    ]
    assert said
    assert [where for where, seconds in said if seconds >= 10] == []
