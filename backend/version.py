"""The program's version: a test holds it equal to the one in ``pyproject.toml``."""

from __future__ import annotations

VERSION = "0.1.0"
