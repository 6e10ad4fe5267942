"""Office pages of people."""

from . import account, departments, overview, people, signing_in
from .blueprint import bp

__all__ = ["account", "bp", "departments", "overview", "people", "signing_in"]
