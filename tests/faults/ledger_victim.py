"""An application that appends and a sequencer, two processes, one of which is killed with SIGKILL
at a random moment.

``python -m tests.faults.ledger_victim ROUNDS SEED``, settings in the environment. Every round both
run, one of them is killed and the other goes on. At the end this prints as JSON what applications
had been told is committed, how often each of the two was killed, and how often one stopped by
itself (it must not).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask import Flask

from backend.app import create_app
from backend.app.ledger import service
from backend.app.platform.transactions import unit_of_work

LONGEST = 0.15
PATIENCE = 30
BURSTS = (1, 2, 40, 130)


class Victim(NamedTuple):
    """A running process and the file to which it reports."""

    pid: int
    report: Path


def append(name: str, report: int) -> None:
    """Append for ever; write every committed subject to ``report``."""
    os.write(report, b"ready\n")
    for turn in count():
        subjects = [f"{name}-{turn}-{n}" for n in range(BURSTS[turn % len(BURSTS)])]
        with unit_of_work() as session:
            for subject in subjects:
                service.append(
                    session, "visit.dispatched", actor="system", subject=subject, body={}
                )
        os.write(report, "".join(f"{subject}\n" for subject in subjects).encode())
        time.sleep(0.005)


def sequence(_name: str, report: int) -> None:
    """Sequence for ever what others append."""
    service.sequence_now()
    os.write(report, b"ready\n")
    while True:
        if not service.sequence_now():
            time.sleep(0.001)


ROLES: dict[str, Callable[[str, int], None]] = {"app": append, "sequencer": sequence}


def start(app: Flask, role: str, number: int, folder: Path) -> Victim:
    """Fork a victim and wait until it works.

    ``app`` has not been used yet: connections and the store's threads begin in the victim.
    """
    report = folder / f"{role}-{number}"
    writing = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    pid = os.fork()
    if pid == 0:
        try:
            with app.app_context():
                ROLES[role](str(number), writing)
        finally:
            os._exit(1)
    os.close(writing)
    until = time.monotonic() + PATIENCE
    while not report.stat().st_size and time.monotonic() < until:
        time.sleep(0.002)
    return Victim(pid, report)


def kill(victim: Victim) -> bool:
    """Kill a victim; return True if it worked until the signal came."""
    os.kill(victim.pid, signal.SIGKILL)
    _, status = os.waitpid(victim.pid, 0)
    return os.WIFSIGNALED(status) and victim.report.stat().st_size > 0


def main(rounds: int, seed: int) -> None:
    """Kill ``rounds`` victims, and in the end the last one, which goes on."""
    app, chance = create_app(), random.Random(seed)
    running: dict[str, Victim] = {}
    killed: Counter[str] = Counter()
    stopped = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(rounds):
            for role in ROLES.keys() - running.keys():
                running[role] = start(app, role, number, folder)
            time.sleep(chance.random() * LONGEST)
            role = chance.choice(sorted(ROLES))
            stopped += not kill(running.pop(role))
            killed[role] += 1
        for victim in running.values():
            stopped += not kill(victim)
        lines = [
            line for one in folder.iterdir() for line in one.read_text("ascii").split("\n")[:-1]
        ]
    committed = [line for line in lines if line != "ready"]
    json.dump({"committed": committed, "killed": killed, "stopped": stopped}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
