"""JSON endpoints of people."""

from . import session
from .blueprint import bp

__all__ = ["bp", "session"]
