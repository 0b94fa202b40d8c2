"""The projects that tests of real commands begin with, made once and copied."""

from __future__ import annotations

import os
from pathlib import Path

import states
from filelock import FileLock
from states import Project
from turns import CITY, committed, on_production, with_production


class Starts(dict[str, Project]):
    """Projects by name, each made once for all workers of a run.

    No test changes one, or runs a command in it: they are copied, perhaps by another test now.
    """

    def __missing__(self, name: str) -> Project:
        place = Path(os.environ["ROUNDTRIP_TEST_ROOT"], "starts", name)
        place.parent.mkdir(exist_ok=True)
        with FileLock(f"{place}.lock"):
            if not place.exists():
                half = place.with_name(f"{name}, half made")
                self._make(name, half)
                if name != "new":
                    Project(half).git("repack", "-adq")  # one file to copy in the place of twenty
                half.rename(place)
        self[name] = Project(place)
        return self[name]

    def _make(self, name: str, place: Path) -> None:
        match name:
            case "new":
                states.new(place)
            case "first":
                states.first_lesson(place)
            case "loose":
                states.with_age(self["first"], place)
            case "aged":
                self["loose"].copy(place).commit("Add age column to user model")
            case "both":
                project = self["aged"].copy(place)
                with_production(project)
                on_production(project, "upgrade")
                row = "('Ada', 'ada@example.com', 36)"
                project.sql(f"INSERT INTO user (name, email, age) VALUES {row}", "production.db")
            case "city":
                project = self["first"].copy(place)
                committed(project, CITY, "Add city column to user model")
                project.sql("UPDATE user SET city = 'London' WHERE name = 'Ada'")
            case _:
                raise KeyError(name)
