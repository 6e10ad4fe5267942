"""kill -9 of application and sequencer, fifty times at random moments while the other goes on: the
log has no gap, loses nothing and stays verifiable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.ledger import service
from backend.app.ledger.models import LedgerEntry
from backend.app.platform.settings import current_settings
from tests.factories.ledger import finding

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50
SECONDS = 120


def environment() -> dict[str, str]:
    """Return the settings of this test's application, for another process."""
    settings = current_settings()
    return {
        **os.environ,
        "EVENHAND_SECRET_KEY": settings.secret_key,
        "EVENHAND_DATA_DIR": str(settings.data_dir),
        "EVENHAND_DATABASE_URL": settings.database_url,
        "EVENHAND_ORIGIN": settings.origin,
        "EVENHAND_RUN_JOBS": "never",
        "EVENHAND_LOG_LEVEL": "ERROR",
    }


def test_fifty_kills_leave_no_gap_and_lose_nothing(app: Flask, session: Session) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.ledger_victim", str(KILLS), "20261123"],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["stopped"] == 0, done.stderr
    assert min(told["killed"].values()) > KILLS // 3
    assert sum(told["killed"].values()) == KILLS
    service.sequence_now()
    rows = session.execute(
        select(LedgerEntry.index, LedgerEntry.subject).order_by(LedgerEntry.index)
    ).all()
    assert [row.index for row in rows] == list(range(len(rows)))
    subjects = [row.subject for row in rows]
    assert len(subjects) == len(set(subjects))
    assert set(told["committed"]) <= set(subjects)
    assert len(told["committed"]) > KILLS
    assert service.published_size() == len(rows)
    assert finding() is None
