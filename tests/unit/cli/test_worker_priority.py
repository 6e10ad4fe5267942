"""A worker steps back behind whoever waits for an answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STEP_BACK = """
import os
from pathlib import Path
from backend.app.cli import worker

def look():
    group = Path("/proc/self/autogroup")
    told = group.read_text().split()[-1] if group.exists() else 0
    return os.getpriority(os.PRIO_PROCESS, 0), int(told)

before = look()
worker._give_way()
print(*before, *look())
"""


def priorities(*, leads_its_session: bool) -> list[int]:
    """Of the process and of its group before, of both after."""
    done = subprocess.run(
        [sys.executable, "-c", STEP_BACK],
        check=True,
        capture_output=True,
        text=True,
        start_new_session=leads_its_session,
        cwd=Path(__file__).resolve().parents[3],
    )
    return [int(told) for told in done.stdout.split()]


def test_a_worker_that_leads_its_session_steps_back_with_all_of_it() -> None:
    own, _, own_after, group_after = priorities(leads_its_session=True)
    assert own_after == min(own + 10, 19)
    grouped = Path("/proc/self/autogroup").exists()
    assert group_after == (10 if grouped else 0)


def test_a_worker_in_somebody_elses_session_leaves_that_where_it_is() -> None:
    own, group, own_after, group_after = priorities(leads_its_session=False)
    assert own_after == min(own + 10, 19)
    assert group_after == group
