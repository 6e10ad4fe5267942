"""Finding a visit by the enterprise's name or code, in the reading that all searches share."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, func, or_

from ..platform.text import compact, runs_of_words
from .models import Visit


def matches(sought: str) -> ColumnElement[bool] | None:
    """The condition that an enterprise's code begins with what is sought, or that its name has
    every run of letters in it; None when nothing is sought. Marks alone find nothing."""
    if not sought.strip():
        return None
    runs = runs_of_words(sought)
    if not runs:
        return false()
    name = func.lower(Visit.enterprise_name)
    return or_(
        Visit.enterprise_code.startswith(compact(sought).upper(), autoescape=True),
        and_(*(name.contains(run, autoescape=True) for run in runs)),
    )
