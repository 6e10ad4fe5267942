"""Make the demo county once: ``python -m backend.app.cli.demo.make``.

A county that was made halfway is made again from the start; one that is whole is left alone, and
its schema is brought up to date.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

from ... import create_app
from ...platform import clock
from ...platform.settings import Settings, read_settings
from ...platform.transactions import unit_of_work
from . import marker
from .agenda import Agenda
from .history import County, tell
from .people import actor, make_people
from .registers import make_enterprises, make_items

SEED = 20260701
DAYS_OF_HISTORY = 180
"""The registers were filled so many days ago, before the first draw."""


def main() -> int:
    """Make or update the county of the environment's data directory."""
    settings = replace(read_settings(os.environ), run_jobs="never")
    if marker.is_whole(settings.data_dir):
        _update(settings)
    else:
        _forget(settings.data_dir)
        started = perf_counter()
        print("Making the demo county 青禾县 (once) …", flush=True)
        _make(settings)
        print(f"Made in {perf_counter() - started:.0f} s.", flush=True)
    marker.write(settings.data_dir)
    return 0


def _forget(folder: Path) -> None:
    for name in ("evenhand.db", "evenhand.db-wal", "evenhand.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "store", ignore_errors=True)


def _update(settings: Settings) -> None:
    from flask_migrate import upgrade

    with create_app(settings).app_context():
        upgrade()


def _make(settings: Settings) -> None:
    from flask_migrate import upgrade

    app = create_app(settings)
    random = Random(SEED)
    with app.app_context():
        upgrade()
        today, agenda = clock.today(), Agenda(clock.now())
        app.extensions["evenhand.clock"] = lambda: agenda.at
        agenda.begin(DAYS_OF_HISTORY)
        with unit_of_work() as session:
            people = make_people(session, random, today)
            by = actor(session, people, "system")
            items = make_items(session, people, by, today)
            make_enterprises(session, random, by)
        print("  departments, officers, items, enterprises", flush=True)
        county = County(people, items, random, agenda)
        tell(county, lambda name: print(f"  {name}", flush=True))


if __name__ == "__main__":
    sys.exit(main())
