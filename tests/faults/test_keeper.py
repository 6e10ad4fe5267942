"""A keeper ends its command when the pipe closes, whatever the command does about it."""

from __future__ import annotations

import subprocess
import sys

import psutil

from backend.app.cli.companions import KEEPER

LONGEST = 60
STUBBORN = (
    "import signal, subprocess, sys;"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True);"
    "child.wait()"
)
IMPATIENT = (
    f"import sys; sys.path.insert(0, {str(KEEPER.parent)!r}); import keeper;"
    "keeper.GRACE_SECONDS = 0.2; sys.exit(keeper.main(sys.argv[1:]))"
)


def _keep(*command: str, how: tuple[str, ...] = (str(KEEPER),)) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", *how, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_keeper_returns_what_the_command_returned():
    kept = _keep(sys.executable, "-c", "import sys; sys.exit(7)")
    assert kept.wait(timeout=LONGEST) == 7
    kept.communicate()


def test_a_command_that_will_not_end_is_killed_with_all_it_started():
    kept = _keep(sys.executable, "-c", STUBBORN, how=("-c", IMPATIENT))
    assert kept.stdout is not None
    grandchild = psutil.Process(int(kept.stdout.readline()))
    family = [*psutil.Process(kept.pid).children(recursive=True), grandchild]
    kept.communicate(timeout=LONGEST)  # closes the pipe
    _gone, alive = psutil.wait_procs(family, timeout=LONGEST)
    assert alive == []
    assert kept.returncode == 128 + 9


def test_what_a_command_leaves_behind_is_ended():
    leaving = STUBBORN.replace("child.wait()", "sys.exit(0)")
    kept = _keep(sys.executable, "-c", leaving)
    assert kept.stdout is not None
    left = psutil.Process(int(kept.stdout.readline()))
    assert kept.wait(timeout=LONGEST) == 0
    left.wait(timeout=LONGEST)
    kept.communicate()
