"""Office pages of the registers: items, officers, enterprises and their imports."""

from __future__ import annotations

from backend.app.registry.pages import checklists, enterprises, imports, items, officers
from backend.app.registry.pages.blueprint import bp

__all__ = ["bp", "checklists", "enterprises", "imports", "items", "officers"]
