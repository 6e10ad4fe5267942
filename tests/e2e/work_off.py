"""Runs every due job, as the worker beside a server would: thumbnails, the ledger."""

from __future__ import annotations

from backend.app import create_app
from backend.app.platform import jobs

if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        jobs.run_due(limit=5000)
