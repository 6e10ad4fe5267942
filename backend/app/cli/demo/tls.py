"""A local certificate authority for phones in the same network, kept beside the demo's data.

Browsers give passkeys, service workers and the camera to secure origins only; off localhost that
needs a certificate the phone trusts. The authority's key never leaves this machine.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of PEM files; ``authority`` is what a phone installs once."""

    chain: Path
    key: Path
    authority: Path


def lan_address() -> str:
    """This machine's address in its network; no packet is sent to learn it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def certificate(folder: Path, host: str) -> Certificate:
    """A certificate for ``host`` and localhost from the folder's authority, made if missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = _authority(folder)
    issued = authority.issue_cert(host, "localhost", "127.0.0.1")
    chain, key = folder / f"{host}.pem", folder / f"{host}.key"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    key.chmod(0o600)
    return Certificate(chain, key, folder / "evenhand-local-ca.crt")


def _authority(folder: Path) -> trustme.CA:
    public, secret = folder / "evenhand-local-ca.crt", folder / "evenhand-local-ca.key"
    if public.exists() and secret.exists():
        return trustme.CA.from_pem(public.read_bytes(), secret.read_bytes())
    made = trustme.CA(organization_name="Evenhand demo on this machine")
    public.write_bytes(made.cert_pem.bytes())
    secret.write_bytes(made.private_key_pem.bytes())
    secret.chmod(0o600)
    return made
