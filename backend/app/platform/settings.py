"""The program's settings: one frozen object, read once, complete or refused.

Every setting comes from an environment variable named ``EVENHAND_<NAME>``. All problems are
listed together, so that an operator mends them in one go. No behaviour hangs on the name of an
environment ("production", "test"): only on settings that say what they do.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from . import regions

PREFIX = "EVENHAND_"


class SettingsRefused(Exception):
    """Raised with every problem of the environment, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Settings refused:\n" + "\n".join(f"  {line}" for line in problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set.

    ``data_dir`` holds the SQLite file and the evidence of a one-machine installation.
    ``origin`` is the address people type; passkeys, cookies and links are bound to it.
    ``trusted_proxies`` counts the proxies of ours before the program: that many entries of
    ``X-Forwarded-For`` are believed, and none by default. ``replacement_cut_off``: the time of
    day in China, HH:MM, at which vacated seats are drawn again. ``lead_minutes`` lie between a
    freeze and the ceremony at least; a draw that is not finished ``open_hours`` after its first
    reveal is named in public. ``independence_days``: how old an account is at least that stands
    beside another as a second person; ``independence_window_days``: how long what one account did
    to another keeps the two from it.
    """

    secret_key: str
    data_dir: Path
    database_url: str
    evidence_url: str
    origin: str
    county_name: str
    authority: str
    regions: Mapping[str, str]
    demo: bool
    step_up_seconds: int
    visits_a_year: int
    lead_minutes: int
    independence_days: int
    independence_window_days: int
    open_hours: int
    session_hours: int
    max_evidence_bytes: int
    argon2_time_cost: int
    argon2_memory_kib: int
    rate_limit_storage: str
    frontend_dir: Path
    run_jobs: str
    replacement_cut_off: str
    trusted_proxies: int
    log_level: str
    timestamp_url: str
    timestamp_roots: Path | None
    timestamp_minutes: int
    hsts_subdomains: bool

    @property
    def https(self) -> bool:
        """True if people reach the program over TLS, which ``__Host-`` cookies need."""
        return self.origin.startswith("https://")

    @property
    def hostname(self) -> str:
        """The host of the origin, without scheme and port: the relying party id of passkeys."""
        return self.origin.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]

    @property
    def is_sqlite(self) -> bool:
        """True if the database is the SQLite file of a one-machine installation."""
        return self.database_url.startswith("sqlite")


def demo_environment(data_dir: Path) -> dict[str, str]:
    """Variables of a demonstration on this machine; the secret is made once and kept beside it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    secret_file = data_dir / "demo-secret"
    if not secret_file.exists():
        secret_file.write_text(secrets.token_hex(32), encoding="ascii")
        secret_file.chmod(0o600)
    return {
        PREFIX + "SECRET_KEY": secret_file.read_text(encoding="ascii").strip(),
        PREFIX + "DATA_DIR": str(data_dir),
        PREFIX + "ORIGIN": "http://localhost:8000",
        PREFIX + "DEMO": "1",
        PREFIX + "LEAD_MINUTES": "0",
    }


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read settings from ``environ`` or raise :class:`SettingsRefused` with every problem."""
    problems: list[str] = []

    def text(name: str, default: str | None = None) -> str:
        value = environ.get(PREFIX + name, default)
        if value is None or value == "":
            problems.append(f"{PREFIX}{name} is missing")
            return ""
        return value

    def number(name: str, default: int, low: int, high: int) -> int:
        raw = environ.get(PREFIX + name, str(default))
        if not raw.isdecimal() or not low <= int(raw) <= high:
            problems.append(f"{PREFIX}{name} must be a whole number from {low} to {high}")
            return default
        return int(raw)

    data_dir = Path(text("DATA_DIR")).resolve()
    root = Path(__file__).resolve().parents[3]
    settings = Settings(
        secret_key=text("SECRET_KEY"),
        data_dir=data_dir,
        database_url=text("DATABASE_URL", f"sqlite:///{data_dir / 'evenhand.db'}"),
        evidence_url=text("EVIDENCE_URL", f"file://{data_dir / 'store'}"),
        origin=text("ORIGIN").rstrip("/"),
        county_name=text("COUNTY_NAME", "青禾县"),
        authority=text("AUTHORITY", "370399"),
        regions=_regions(environ.get(PREFIX + "REGIONS", regions.FICTIONAL), problems),
        demo=environ.get(PREFIX + "DEMO", "0") == "1",
        step_up_seconds=number("STEP_UP_SECONDS", 300, 30, 3600),
        visits_a_year=number("VISITS_A_YEAR", 2, 0, 365),
        lead_minutes=number("LEAD_MINUTES", 10, 0, 60 * 24 * 30),
        independence_days=number("INDEPENDENCE_DAYS", 7, 1, 365),
        independence_window_days=number("INDEPENDENCE_WINDOW_DAYS", 90, 1, 3650),
        open_hours=number("OPEN_HOURS", 24, 1, 24 * 90),
        session_hours=number("SESSION_HOURS", 24 * 14, 1, 24 * 90),
        max_evidence_bytes=number("MAX_EVIDENCE_BYTES", 2 << 30, 1 << 16, 1 << 40),
        argon2_time_cost=number("ARGON2_TIME_COST", 2, 1, 20),
        argon2_memory_kib=number("ARGON2_MEMORY_KIB", 19456, 8, 1 << 22),
        rate_limit_storage=text("RATE_LIMIT_STORAGE", "memory://"),
        frontend_dir=Path(text("FRONTEND_DIR", str(root / "frontend"))).resolve(),
        run_jobs=text("RUN_JOBS", "worker"),
        replacement_cut_off=text("REPLACEMENT_CUT_OFF", "17:00"),
        trusted_proxies=number("TRUSTED_PROXIES", 0, 0, 4),
        log_level=text("LOG_LEVEL", "INFO").upper(),
        timestamp_url=environ.get(PREFIX + "TIMESTAMP_URL", ""),
        timestamp_roots=_path(environ.get(PREFIX + "TIMESTAMP_ROOTS", "")),
        timestamp_minutes=number("TIMESTAMP_MINUTES", 60, 1, 10080),
        hsts_subdomains=environ.get(PREFIX + "HSTS_SUBDOMAINS", "0") == "1",
    )
    problems += _contradictions(settings)
    if problems:
        raise SettingsRefused(problems)
    return settings


def _regions(text: str, problems: list[str]) -> Mapping[str, str]:
    try:
        return regions.read_regions(text)
    except ValueError as error:
        problems.append(f"{PREFIX}REGIONS must be code=name,code=name and not {error}")
        return {}


def _path(text: str) -> Path | None:
    return Path(text).resolve() if text else None


def _contradictions(settings: Settings) -> list[str]:
    """Return a sentence for each setting that is well formed alone and wrong beside the others."""
    found = []
    if 0 < len(settings.secret_key) < 32:
        found.append(f"{PREFIX}SECRET_KEY must have at least 32 characters")
    if settings.origin and not settings.origin.startswith(("https://", "http://")):
        found.append(f"{PREFIX}ORIGIN must start with https:// (or http:// on localhost)")
    if settings.origin.startswith("http://") and settings.hostname not in {
        "localhost",
        "127.0.0.1",
    }:
        found.append(f"{PREFIX}ORIGIN may be http:// on localhost only")
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", settings.replacement_cut_off) is None:
        found.append(f"{PREFIX}REPLACEMENT_CUT_OFF must be a time of day, HH:MM")
    if settings.timestamp_url and not settings.timestamp_url.startswith(("https://", "http://")):
        found.append(f"{PREFIX}TIMESTAMP_URL must start with https:// or http://")
    if settings.timestamp_url and (
        settings.timestamp_roots is None or not settings.timestamp_roots.is_file()
    ):
        found.append(f"{PREFIX}TIMESTAMP_ROOTS must name a file of certificates to trust")
    if settings.run_jobs not in {"worker", "inline", "never"}:
        found.append(f"{PREFIX}RUN_JOBS must be worker, inline or never")
    return found


def current_settings() -> Settings:
    """The settings of the running application."""
    settings = current_app.extensions["evenhand.settings"]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows the untyped registry
    return settings
