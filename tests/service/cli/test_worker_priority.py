"""A worker steps back behind whoever waits for an answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STEP_BACK = """
import json, os
from pathlib import Path
from backend.app.cli import worker

def look():
    group = Path("/proc/self/autogroup")
    told = group.read_text().split() if group.exists() else []
    return os.getpriority(os.PRIO_PROCESS, 0), int(told[-1]) if told else None

before = look()
worker._give_way()
print(json.dumps([*before, *look()]))
"""


def priorities(*, leads_its_session: bool) -> list[int | None]:
    """Of the process and of its group before, of both after. A group's is None where the kernel
    keeps no groups, and in a container that was entered without a session of its own."""
    done = subprocess.run(
        [sys.executable, "-c", STEP_BACK],
        check=True,
        capture_output=True,
        text=True,
        start_new_session=leads_its_session,
        cwd=Path(__file__).resolve().parents[3],
    )
    told: list[int | None] = json.loads(done.stdout)
    return told


def test_a_worker_that_leads_its_session_steps_back_with_all_of_it() -> None:
    own, group, own_after, group_after = priorities(leads_its_session=True)
    assert own is not None
    assert own_after == min(own + 10, 19)
    assert group_after == (None if group is None else 10)


def test_a_worker_in_somebody_elses_session_leaves_that_where_it_is() -> None:
    own, group, own_after, group_after = priorities(leads_its_session=False)
    assert own is not None
    assert own_after == min(own + 10, 19)
    assert group_after == group
