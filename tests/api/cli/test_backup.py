"""A backup taken from a running installation, put in place of a lost one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from backend.app import create_app
from backend.app.cli.backup import backup, restored
from backend.app.cli.ledger import ledger
from backend.app.ledger import service
from backend.app.platform.database import db
from backend.app.platform.installation import epoch
from backend.app.platform.settings import current_settings
from backend.app.platform.transactions import read_session
from tests.conftest import make_settings
from tests.factories.ledger import fill


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A one-machine installation whose settings are in the environment."""
    app = create_app(make_settings(tmp_path, sqlite_url))
    settings = app.extensions["evenhand.settings"]
    for name in ("secret_key", "data_dir", "database_url", "origin"):
        monkeypatch.setenv(f"EVENHAND_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("EVENHAND_RUN_JOBS", "inline")
    monkeypatch.setenv("EVENHAND_LOG_LEVEL", "ERROR")
    return app


def put_back(copy: Path, *, store: bool) -> None:
    """Replace the database, and the files too when ``store``, by those of a backup."""
    settings = current_settings()
    db.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(settings.database_url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
    shutil.copy(copy / "evenhand.db", settings.database_url.removeprefix("sqlite:///"))
    if store:
        folder = Path(settings.evidence_url.removeprefix("file://"))
        shutil.rmtree(folder)
        shutil.copytree(copy / "store", folder)


def test_a_second_backup_copies_only_what_is_new(home: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with home.app_context():
        fill(300)
        first = CliRunner().invoke(backup, [str(copy)])
        fill(1, 300)
        second = CliRunner().invoke(backup, [str(copy)])
        db.engine.dispose()
    assert "; 6 files copied" in first.output
    assert "; 3 files copied" in second.output
    assert not list(copy.rglob("*.part"))


def test_a_restored_installation_has_a_new_epoch_and_an_agreeing_ledger(
    home: Flask, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with home.app_context():
        fill(20)
        before = epoch()
        assert CliRunner().invoke(backup, [str(copy)]).exit_code == 0
        put_back(copy, store=True)
        after = CliRunner().invoke(restored, [])
        home.extensions.pop("evenhand.epoch", None)
        assert after.exit_code == 0, after.output
        assert "agrees" in after.output
        assert epoch() != before
        db.engine.dispose()


def test_a_restored_older_database_is_told_how_to_catch_up_and_does(
    home: Flask, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with home.app_context():
        fill(20)
        CliRunner().invoke(backup, [str(copy)])
        fill(30, 20)
        put_back(copy, store=False)
        told = CliRunner().invoke(restored, [])
        assert (told.exit_code, "ledger recover" in told.output) == (1, True)
        assert CliRunner().invoke(ledger, ["recover"]).exit_code == 0
        assert CliRunner().invoke(ledger, ["sequence"]).exit_code == 0
        assert CliRunner().invoke(ledger, ["fsck"]).exit_code == 0
        with read_session() as session:
            assert service.index_of(session, "visit.dispatched", "n-49") == 49
        db.engine.dispose()


def test_a_database_elsewhere_is_not_copied_by_this_command(
    home: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENHAND_DATABASE_URL", "postgresql+psycopg://nobody@localhost/none")
    refused = CliRunner().invoke(backup, [str(tmp_path / "copy")])
    assert (refused.exit_code, "operations.md" in refused.output) == (1, True)
    assert not (tmp_path / "copy").exists()
