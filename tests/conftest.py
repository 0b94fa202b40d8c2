"""What tests of more than one folder ask for."""

from __future__ import annotations

import pytest
from starts import Starts


@pytest.fixture(scope="session")
def starts() -> Starts:
    """The projects that the whole run shares."""
    return Starts()
