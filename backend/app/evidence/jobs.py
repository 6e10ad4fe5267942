"""The feature's jobs; importing this module registers their handlers."""

from __future__ import annotations

from . import thumbnails, upkeep

__all__ = ["thumbnails", "upkeep"]
