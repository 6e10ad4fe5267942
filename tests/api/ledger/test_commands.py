"""The command line over a real installation, from the environment on."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from backend.app.cli.ledger import ledger
from backend.app.ledger import service
from backend.app.platform.settings import current_settings
from tests.factories.ledger import fill, public_file


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run ``ledger`` with arguments, in the environment of this test's application."""
    settings = current_settings()
    for name, value in {
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "ORIGIN": settings.origin,
        "RUN_JOBS": "inline",
        "LOG_LEVEL": "ERROR",
    }.items():
        monkeypatch.setenv(f"EVENHAND_{name}", value)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(ledger, arguments)

    return call


def test_fsck_says_that_everything_agrees_or_names_the_first_difference(run: object) -> None:
    fill(40)
    good = run("fsck")
    assert (good.exit_code, good.output.splitlines()[-1]) == (0, "Everything agrees.")
    path = public_file("tile/0/000.p/40")
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    bad = run("fsck")
    assert bad.exit_code == 1
    assert "First difference at index 39: entry.differs in 0/000.p/40." in bad.output


def test_fsck_holds_the_log_against_a_checkpoint_kept_elsewhere(
    run: object, tmp_path: Path
) -> None:
    fill(40)
    kept = tmp_path / "kept"
    kept.write_text(service.checkpoint() or "")
    fill(3, 40)
    assert run("fsck", "--against", str(kept)).exit_code == 0
    kept.write_text("something else")
    assert "checkpoint.other_log" in run("fsck", "--against", str(kept)).output


def test_a_refusal_is_a_sentence_with_its_code(run: object) -> None:
    fill(40)
    public_file("tile/0/000.p/40").unlink()
    refused = run("sequence")
    assert refused.exit_code == 1
    assert "ledger.damaged" in refused.output
    assert "Traceback" not in refused.output
    assert "40 entries published again" in run("rebuild").output
    assert "0 entries indexed; 40 are published." in run("sequence").output
    assert run("recover").output.startswith("0 published entries")


def test_witnesses_are_added_asked_and_retired(run: object) -> None:
    fill(1)
    assert run("key").output.startswith("localhost/ledger/370399+")
    refused = run("witness", "add", service.verifier_key(), "https://w.example")
    assert (refused.exit_code, "ledger.witness_unusable" in refused.output) == (1, True)
    from tests.fakes.witness import NAME, FakeWitness

    key = FakeWitness("", at=0).verifier_key
    assert run("witness", "add", key, "http://127.0.0.1:9").exit_code == 0
    asked = run("witness", "ask")
    assert (asked.exit_code, f"{NAME}: unreachable" in asked.output) == (1, True)
    assert run("witness", "retire", NAME).exit_code == 0
    assert run("witness", "retire", NAME).exit_code == 1
