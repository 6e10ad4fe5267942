"""``demo``: migrate, make the demo county once, serve it with a worker beside it, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click

from ...platform.settings import PREFIX, demo_environment
from . import marker
from .tls import certificate, lan_address

ROOT = Path(__file__).resolve().parents[4]
START_SECONDS = 30


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default=None, help="Name or address phones use (with --tls).")
@click.option("--tls", is_flag=True, help="HTTPS with a local authority, for phones nearby.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=ROOT / "var" / "demo")
@click.option("--only-make", is_flag=True, help="Make the county and stop.")
def demo(port: int, host: str | None, tls: bool, data_dir: Path, only_make: bool) -> None:
    """Fill and serve the demo county 青禾县."""
    environ = {**os.environ, **demo_environment(data_dir), "PYTHONUNBUFFERED": "1"}
    environ.setdefault(PREFIX + "LOG_LEVEL", "WARNING")
    listen = "127.0.0.1"
    command = ["granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "64"]
    if tls:
        host, listen = host or lan_address(), "0.0.0.0"  # noqa: S104 - phones must reach it
        files = certificate(data_dir / "tls", host)
        command += ["--ssl-certificate", str(files.chain), "--ssl-keyfile", str(files.key)]
    origin = f"https://{host}:{port}" if tls else f"http://localhost:{port}"
    environ[PREFIX + "ORIGIN"] = origin
    _refuse_taken(listen, port)
    if not marker.is_current(data_dir):
        _make_county(environ)
    if only_make:
        return
    command += ["--host", listen, "--port", str(port), "--no-ws", "--log-level", "error"]
    _serve([*command, "wsgi:app"], environ, origin, port, tls=tls)


def _refuse_taken(listen: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} is taken. Choose another one: make demo PORT={port + 1}"
            ) from error


def _make_county(environ: dict[str, str]) -> None:
    """In a process of its own, so that serving starts lean."""
    made = subprocess.run(
        [sys.executable, "-m", "backend.app.cli.demo.make"], env=environ, cwd=ROOT, check=False
    )
    if made.returncode:
        raise click.ClickException("The demo county could not be made; see above.")


def _serve(
    command: list[str], environ: dict[str, str], origin: str, port: int, *, tls: bool
) -> None:
    executable = str(Path(sys.executable).parent / command[0])
    worker_command = [sys.executable, "-m", "backend.app.cli", "worker"]
    parts = [
        subprocess.Popen([executable, *command[1:]], env=environ, cwd=ROOT),
        subprocess.Popen(worker_command, env=environ, cwd=ROOT),
    ]

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        _wait_until_open(port, parts[0])
        _print_welcome(origin, tls=tls)
        while all(part.poll() is None for part in parts):
            time.sleep(0.5)
        raise click.ClickException("A part of the demo ended by itself; see above.")
    except KeyboardInterrupt:
        click.echo("\nStopped. The county stays in var/demo; `make clean-demo` forgets it.")
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(timeout=20)


def _wait_until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise click.ClickException("The server did not start; see above.")


def _print_welcome(origin: str, *, tls: bool) -> None:
    from .people import DEMO_ACCOUNTS, DEMO_PASSWORD

    click.echo(f"\n  秉公 Evenhand · 青禾县 demo county\n\n  Public portal  {origin}/")
    click.echo(f"  Office         {origin}/office/\n  Phone app      {origin}/app/")
    click.echo(
        f"  Verifier       {origin}/verify/\n\n  Accounts (password for all: {DEMO_PASSWORD})"
    )
    for login, role, what in DEMO_ACCOUNTS:
        click.echo(f"    {login:<12} {role:<18} {what}")
    if tls:
        import segno

        click.echo(
            "\n  Phones: install the authority var/demo/tls/evenhand-local-ca.crt, then scan:"
        )
        segno.make(f"{origin}/app/").terminal(compact=True)
    else:
        click.echo("\n  Phones in the same network need HTTPS: make demo TLS=1 prints a QR code.")
    click.echo("\n  Ctrl-C stops.\n", nl=True)
