"""Office pages of people."""

from . import account, overview, signing_in
from .blueprint import bp

__all__ = ["account", "bp", "overview", "signing_in"]
