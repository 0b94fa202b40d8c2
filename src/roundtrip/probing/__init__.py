"""The probe: loads a learner's app, in a process of its own, and prints what it says.

`probe.py` is run as a script and imports the modules beside it by their bare names; `places` alone
is imported by the course, too.
"""

from __future__ import annotations

from pathlib import Path

PROBE = Path(__file__).with_name("probe.py")
"""The script. It is run by this path and no other, by which `preload` knows it."""
