"""deploy/nginx.conf run by the machine's own nginx, changed only where an operator changes it.

Names, ports, certificate and folders are put in; every other line is served as it is written.
A test may say which address it comes from, since a machine's loopback has but one of IPv6.
"""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx

from backend.app.cli.demo.tls import Certificate, certificate
from tests.conftest import ROOT
from tests.serving import LONGEST, free_port

CONFIG = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
NAME = "localhost"
CALLER = "Test-Caller"

_MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log warn;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.0/8;
    real_ip_header {caller};
    include {folder}/evenhand.conf;
}}
"""


@dataclass
class Proxy:
    """nginx at ``https://localhost:port`` before the program's ``upstream`` port."""

    folder: Path
    upstream: int
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The address people type."""
        return f"https://{NAME}:{self.port}"

    @cached_property
    def files(self) -> Certificate:
        """The certificate it shows, of an authority of this folder alone."""
        return certificate(self.folder / "tls", NAME)

    def trusting(self) -> ssl.SSLContext:
        """What a client needs that has installed the authority."""
        return ssl.create_default_context(cafile=self.files.authority)

    def client(self, caller: str = "127.0.0.1") -> httpx.Client:
        """A connection from ``caller``, an address of loopback; redirects are not followed."""
        transport = httpx.HTTPTransport(verify=self.trusting(), local_address=caller)
        return httpx.Client(base_url=self.origin, transport=transport, timeout=60)

    def render(self) -> str:
        """The file with an operator's changes; each must find what it replaces."""
        files, text = self.files, CONFIG.read_text("utf-8")
        for old, new in (
            ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{self.upstream} "),
            ("inspections.example.gov.cn", NAME),
            ("https://$server_name$request_uri", f"https://$server_name:{self.port}$request_uri"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("    listen [::]:80;\n", ""),
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("    listen [::]:443 ssl http2 default_server;\n", ""),
            ("/etc/evenhand/tls/fullchain.pem", str(files.chain)),
            ("/etc/evenhand/tls/privkey.pem", str(files.key)),
            ("/var/cache/nginx/", f"{self.folder}/cache/"),
            ("/var/log/nginx/", f"{self.folder}/"),
        ):
            assert old in text, f"deploy/nginx.conf no longer says {old!r}"
            text = text.replace(old, new)
        return text

    def write(self) -> Path:
        """Write both files; the path of the one that nginx is started with."""
        (self.folder / "cache").mkdir(exist_ok=True)
        (self.folder / "evenhand.conf").write_text(self.render(), "utf-8")
        main = self.folder / "nginx.conf"
        user = "user root;" if os.getuid() == 0 else ""
        main.write_text(_MAIN.format(folder=self.folder, user=user, caller=CALLER), "utf-8")
        return main

    def check(self) -> str:
        """What ``nginx -t`` says; raises AssertionError when it refuses."""
        done = subprocess.run(
            [NGINX, "-t", "-c", str(self.write())], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> None:
        """Serve, and return when a connection is taken."""
        main = self.write()
        command = ["timeout", str(LONGEST), NGINX, "-c", str(main)]
        self.process = subprocess.Popen(command, start_new_session=True)
        retrying = httpx.HTTPTransport(verify=self.trusting(), retries=8)
        with httpx.Client(transport=retrying, timeout=30) as client:
            assert client.get(f"{self.origin}/metrics").status_code == 404

    def stop(self) -> None:
        """End it, connections under way included."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)
            self.process = None

    def log(self) -> list[list[str]]:
        """The access log's lines, split: time, method, status, bytes, seconds, upstream, cache."""
        lines = (self.folder / "evenhand.log").read_text("utf-8").splitlines()
        return [line.split(" ") for line in lines]
