"""A time stamping authority on this machine: ``openssl ts`` behind a small HTTP server.

Nothing of it is ours but the plumbing, so that requests and replies are those of the real thing.
"""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

CONFIG = """
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
prompt = no
[name]
CN = Evenhand test
[stamp]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


class Authority:
    """``roots`` is what clients must trust; ``asked`` counts requests; ``bend`` spoils replies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roots = folder / "ca.pem"
        self.asked = 0
        self.status = 200
        self.swap: bytes | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder), encoding="ascii")
        (folder / "serial").write_text("01\n", encoding="ascii")
        self._key("ca")
        self._run("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Root", "-days", "30",
                  "-extensions", "ca", "-config", "openssl.cnf", "-out", "ca.pem")  # fmt: skip
        self._key("tsa")
        self._run("req", "-new", "-key", "tsa.key", "-subj", "/CN=Clock", "-config",
                  "openssl.cnf", "-out", "tsa.csr")  # fmt: skip
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-days", "30", "-extfile", "openssl.cnf", "-extensions",
                  "tsa", "-out", "tsa.pem")  # fmt: skip

    def reply(self, query: bytes) -> bytes:
        """The authority's answer to a request."""
        self.asked += 1
        if self.swap is not None:
            return self.swap
        (self.folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "openssl.cnf", "-section", "stamp", "-queryfile",
                  "query", "-out", "reply")  # fmt: skip
        return (self.folder / "reply").read_bytes()

    def certificates(self) -> list[bytes]:
        """Those that a reply carries, in DER."""
        pems = [(self.folder / name).read_text(encoding="ascii") for name in ("ca.pem", "tsa.pem")]
        return [ssl.PEM_cert_to_DER_cert(pem) for pem in pems]

    def accepts(self, reply: bytes, message: bytes) -> bool:
        """Whether ``openssl ts -verify`` accepts ``reply`` as a stamp of ``message``."""
        (self.folder / "kept.tsr").write_bytes(reply)
        (self.folder / "message").write_bytes(message)
        done = subprocess.run(
            [
                "openssl",
                "ts",
                "-verify",
                "-in",
                "kept.tsr",
                "-data",
                "message",
                "-CAfile",
                "ca.pem",
            ],
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _key(self, name: str) -> None:
        self._run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=True)


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """The authority on a free port of the loopback; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            data = authority.reply(query)
            self.send_response(authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa?kind=1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
