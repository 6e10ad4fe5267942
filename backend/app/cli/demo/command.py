"""``demo``: migrate, make the demo county once, serve it with a worker beside it, until Ctrl-C."""

from __future__ import annotations

import os
import ssl
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import click

from ...platform.settings import PREFIX, demo_environment
from ..companions import Companion, Company, Stopped, company
from ..ports import holder, is_free, next_free
from . import marker
from .occupancy import occupied
from .tls import Certificate, certificate, lan_address

ROOT = Path(__file__).resolve().parents[4]
TELL_AFTER = 10
"""Seconds after which a wait is told of, and told of again."""


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
    if tls:
        host, listen = host or lan_address(), "0.0.0.0"  # noqa: S104 - phones must reach it
    origin = f"https://{host}:{port}" if tls else f"http://localhost:{port}"
    environ[PREFIX + "ORIGIN"] = origin
    with occupied(data_dir, origin), company() as companions:
        try:
            _refuse_taken(listen, port)
            _make_county(companions, environ, data_dir)
            if not only_make:
                files = certificate(data_dir / "tls", host) if tls and host else None
                _serve(companions, environ, _server_command(listen, port, files), origin)
        except Stopped:
            click.echo(f"\nStopped. The county stays in {data_dir}; `make clean-demo` forgets it.")


def _server_command(listen: str, port: int, files: Certificate | None) -> list[str]:
    """The command that serves the program at ``port``, with TLS if there are ``files``."""
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "wsgi", "--workers", "1", "--blocking-threads", "64"]
    if files:
        command += ["--ssl-certificate", str(files.chain), "--ssl-keyfile", str(files.key)]
    command += ["--host", listen, "--port", str(port), "--no-ws", "--log-level", "error"]
    return [*command, "wsgi:app"]


def _refuse_taken(listen: str, port: int) -> None:
    if is_free(listen, port):
        return
    other = next_free(listen, port)
    way_out = f" Take another port: make demo PORT={other}" if other else ""
    raise click.ClickException(f"Port {port} is taken by {holder(port)}.{way_out}")


def _make_county(companions: Company, environ: dict[str, str], data_dir: Path) -> None:
    """Make or update the county if it needs that, in a process of its own, so that serving
    starts lean."""
    if marker.is_current(data_dir):
        return
    command = [sys.executable, "-m", "backend.app.cli.demo.make"]
    making = companions.start("county", command, environ, ROOT)
    if making.wait():
        raise click.ClickException("The demo county could not be made; see above.")
    companions.members.remove(making)


def _serve(companions: Company, environ: dict[str, str], command: list[str], origin: str) -> None:
    """Serve with a worker beside it until one of the two ends or somebody stops us."""
    server = companions.start("server", command, environ, ROOT)
    worker = [sys.executable, "-m", "backend.app.cli", "worker"]
    companions.start("worker", worker, environ, ROOT)
    click.echo("Starting server and worker …")
    _wait_until_it_answers(companions, server, origin)
    _print_welcome(origin)
    while (ended := companions.ended()) is None:
        time.sleep(0.2)
    raise click.ClickException(_ended(ended))


def _wait_until_it_answers(companions: Company, server: Companion, origin: str) -> None:
    """Wait for the first answer for as long as the processes live, and say so now and then."""
    began = told = time.monotonic()
    while not _answers(origin):
        if (ended := companions.ended()) is not None:
            raise click.ClickException(_ended(ended))
        now = time.monotonic()
        if now - told >= TELL_AFTER:
            told = now
            click.echo(
                f"  waiting for the {server.name}: it runs, and has not answered for "
                f"{now - began:.0f} s. A busy machine takes its time; Ctrl-C stops."
            )
        time.sleep(0.1)


def _answers(origin: str) -> bool:
    """Return True once the server answers a request, whatever the answer is."""
    trusting = ssl.create_default_context()
    trusting.check_hostname = False  # it is our own child, reached by its address
    trusting.verify_mode = ssl.CERT_NONE
    scheme, _, rest = origin.partition("://")
    port = rest.rsplit(":", 1)[1]
    try:
        with urllib.request.urlopen(  # noqa: S310 - http or https, as written here
            f"{scheme}://127.0.0.1:{port}/healthz", timeout=30, context=trusting
        ):
            return True
    except HTTPError:
        return True
    except OSError:
        return False


def _ended(one: Companion) -> str:
    return f"The {one.name} ended by itself (status {one.status()}); what it said stands above."


def _print_welcome(origin: str) -> None:
    from .people import DEMO_ACCOUNTS, DEMO_PASSWORD

    click.echo(f"\n  秉公 Evenhand · 青禾县 demo county\n\n  Public portal  {origin}/")
    click.echo(f"  Office         {origin}/office/\n  Phone app      {origin}/app/")
    click.echo(
        f"  Verifier       {origin}/verify/\n\n  Accounts (password for all: {DEMO_PASSWORD})"
    )
    for login, role, what in DEMO_ACCOUNTS:
        click.echo(f"    {login:<12} {role:<18} {what}")
    if origin.startswith("https://"):
        import segno

        click.echo(
            "\n  Phones: install the authority var/demo/tls/evenhand-local-ca.crt, then scan:"
        )
        segno.make(f"{origin}/app/").terminal(compact=True)
    else:
        click.echo("\n  Phones in the same network need HTTPS: make demo TLS=1 prints a QR code.")
    click.echo("\n  Ctrl-C stops.\n", nl=True)
