"""Office pages of people."""

from . import overview, signing_in
from .blueprint import bp

__all__ = ["bp", "overview", "signing_in"]
