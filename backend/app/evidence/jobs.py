"""The feature's jobs; importing this module registers their handlers."""

from __future__ import annotations

from . import orphans, thumbnails, upkeep

__all__ = ["orphans", "thumbnails", "upkeep"]
