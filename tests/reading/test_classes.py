"""Classes are found in the files of a project, with the names of their tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_sqlalchemy.model import camel_to_snake_case

from roundtrip.reading.classes import classes, not_imported


@pytest.mark.parametrize("name", ["User", "BlogPost", "HTTPCall", "Page2Go", "_Hidden", "aB"])
def test_a_table_has_the_name_that_flask_sqlalchemy_gives_it(name: str, tmp_path: Path):
    (tmp_path / "models.py").write_text(f"class {name}(db.Model): pass\n")
    (found,) = classes(tmp_path)
    assert (found.name, found.table) == (name, camel_to_snake_case(name))


def test_what_the_app_does_not_import(tmp_path: Path):
    (tmp_path / "app").mkdir()
    post = 'class Post(db.Model):\n    __tablename__ = "posts"\n'
    (tmp_path / "app/models.py").write_text(f"{post}class User(db.Model): pass\n")
    (tmp_path / "app/more.py").write_text("class Pet(db.Model): pass\nclass Tag: pass\n")
    (tmp_path / "broken.py").write_text("class (:\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/models.py").write_text("class Own(db.Model): pass\n")
    found = not_imported(tmp_path, ("posts", "user"), ["app/models.py"])
    assert [(t.name, t.class_name, t.file) for t in found] == [("pet", "Pet", "app/more.py")]
    assert [t.name for t in not_imported(tmp_path, ("user",), ())] == ["posts", "pet"]
    assert not_imported(tmp_path, ("pet", "posts", "user"), ()) == []
