"""JSON endpoints of people."""

from . import devices, passkeys, session
from .blueprint import bp

__all__ = ["bp", "devices", "passkeys", "session"]
