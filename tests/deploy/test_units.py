"""deploy/systemd: systemd reads the units without a word, and the commands they name do start."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from backend.app.platform.settings import read_settings
from tests.conftest import ROOT, environment
from tests.serving import free_port

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
INSTALLED = "/opt/evenhand/.venv/bin/"
ANALYZE = shutil.which("systemd-analyze") or "/usr/bin/systemd-analyze"
MOST_EXPOSED = 15
"""Tenths; systemd calls up to 20 safe. What is left is the network and the machine's own files."""


def here(text: str) -> str:
    """A unit's text with the programs where this repository's are."""
    return text.replace(INSTALLED, f"{Path(sys.executable).parent}/")


@pytest.mark.parametrize("unit", [path.name for path in sorted(UNITS.glob("evenhand*.[st]*"))])
def test_systemd_reads_the_unit_without_a_word(tmp_path: Path, unit: str) -> None:
    for path in UNITS.iterdir():
        (tmp_path / path.name).write_text(here(path.read_text("utf-8")), "utf-8")
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("service", [path.name for path in SERVICES])
def test_a_service_may_do_little(service: str) -> None:
    done = subprocess.run(
        [ANALYZE, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", UNITS / service],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_all_services_are_closed_in_alike() -> None:
    kept = [_sandbox(path.read_text("utf-8")) for path in SERVICES]
    assert len(kept) == 4 and all(one == kept[0] for one in kept)
    assert "NoNewPrivileges=yes" in kept[0]


def _sandbox(unit: str) -> set[str]:
    names = ("No", "Protect", "Private", "Restrict", "Capability", "System", "Lock", "Remove", "UM")
    return {line for line in unit.splitlines() if line.startswith(names)}


def command(service: str, key: str) -> list[str]:
    """What a unit runs, with the programs where this repository's are."""
    text = here((UNITS / service).read_text("utf-8")).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith(f"{key}=")]
    assert len(lines) == 1
    return shlex.split(lines[0].removeprefix(f"{key}="))


@contextmanager
def running(words: list[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["timeout", "300", *words], cwd=ROOT, env=environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_commands_of_the_units_do_what_the_units_say(tmp_path: Path) -> None:
    environ = {**os.environ, **environment(tmp_path, run_jobs="worker")}
    migrate = command("evenhand-migrate.service", "ExecStart")
    subprocess.run(migrate, cwd=ROOT, env=environ, check=True, capture_output=True)
    port = str(free_port())
    serve = [port if word == "8000" else word for word in command("evenhand.service", "ExecStart")]
    with running(serve, environ), running(command("evenhand-worker.service", "ExecStart"), environ):
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport) as client:
            assert client.get(f"http://127.0.0.1:{port}/healthz").json()["status"] == "ok"
    check = command("evenhand-check.service", "ExecStart")
    subprocess.run(check, cwd=ROOT, env=environ, check=True, capture_output=True)


def test_the_environment_file_needs_only_a_secret() -> None:
    lines = (UNITS / "evenhand.env").read_text("utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert told["EVENHAND_SECRET_KEY"] == ""
    settings = read_settings(told | {"EVENHAND_SECRET_KEY": "0" * 64})
    assert (settings.trusted_proxies, settings.https) == (1, True)
