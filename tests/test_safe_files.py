"""Files and copies: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from full_disk import half_written

from roundtrip import safe_files
from roundtrip.errors import RoundtripError


def test_a_copy_is_there_whole_or_not_at_all(source, tmp_path, monkeypatch):
    """Nobody who looks while it is written takes a half for the whole."""
    target = tmp_path / "target"
    real = safe_files.shutil.copytree
    seen: list[bool] = []

    def copytree(*arguments: object, **named: object) -> object:
        done = real(*arguments, **named)
        seen.append(target.exists())
        return done

    monkeypatch.setattr(safe_files.shutil, "copytree", copytree)
    safe_files.copy(source, target)
    assert set(seen) == {False}
    assert (target / "instance" / "app.db").read_bytes() == b"\0rows"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source", "target"]


def test_only_a_full_disk_is_told_to_be_made_room_on(source, tmp_path, monkeypatch):
    def denied(*_: object, **__: object) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(safe_files.shutil, "copytree", denied)
    with pytest.raises(RoundtripError, match=r"\(Permission denied\); check whether .* be read"):
        safe_files.copy(source, tmp_path / "target")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "models.py"
    file.write_text("old")
    file.chmod(0o640)
    safe_files.write_text(file, "new\n")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new\n", 0o640)
    monkeypatch.setattr(Path, "open", half_written)
    with pytest.raises(RoundtripError, match="so it is as it was"):
        safe_files.write_text(file, "newer\n")
    monkeypatch.undo()
    assert file.read_bytes() == b"new\n"
    assert list(tmp_path.iterdir()) == [file]
