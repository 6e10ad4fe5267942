"""A process that appends and sequences without pause, and is killed with SIGKILL, again and again.

``python -m tests.faults.ledger_victim ROUNDS SEED``, settings in the environment. Forks one victim
a round, kills it at a random moment of its work, and at the end prints as JSON what victims had
been told is committed, and how often a victim stopped by itself (it must not).
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from itertools import count

from flask import Flask

from backend.app import create_app
from backend.app.ledger import service
from backend.app.platform.transactions import unit_of_work

LONGEST = 0.15
BURSTS = (1, 2, 40, 130)


def work(app: Flask, victim: int, report: int) -> None:
    """Append and sequence for ever; every committed subject is written to ``report``."""
    with app.app_context():
        service.sequence_now()
        os.write(report, b"ready\n")
        for turn in count():
            subjects = [f"{victim}-{turn}-{n}" for n in range(BURSTS[turn % len(BURSTS)])]
            with unit_of_work() as session:
                for subject in subjects:
                    service.append(
                        session, "visit.dispatched", actor="system", subject=subject, body={}
                    )
            os.write(report, "".join(f"{subject}\n" for subject in subjects).encode())
            service.sequence_now()


def victim(app: Flask, number: int) -> tuple[int, int]:
    """Start a victim; returns its process id and the pipe it reports to.

    ``app`` has not been used yet: connections and the store's threads begin in the victim.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            work(app, number, writing)
        finally:
            os._exit(1)
    os.close(writing)
    return pid, reading


def heard(pipe: int) -> list[str]:
    """Everything that was written to ``pipe`` until its writer died; whole lines only."""
    data = b""
    while piece := os.read(pipe, 1 << 16):
        data += piece
    os.close(pipe)
    return data.decode().split("\n")[:-1]


def main(rounds: int, seed: int) -> None:
    """Kill ``rounds`` victims."""
    app, chance = create_app(), random.Random(seed)
    committed: list[str] = []
    stopped = 0
    for number in range(rounds):
        pid, pipe = victim(app, number)
        alive, _, _ = select.select([pipe], [], [], 30)
        select.select([], [], [], chance.random() * LONGEST)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        stopped += not (alive and os.WIFSIGNALED(status))
        committed += [line for line in heard(pipe) if line != "ready"]
    json.dump({"committed": committed, "stopped": stopped}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
