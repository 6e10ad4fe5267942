"""The public picture of a draw, made once for everybody: a draw of thousands takes long to show,
and anyone may ask for it many times a second.

Only pictures of the public audience are kept, which are the same for all; none with names.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import current_app, render_template
from sqlalchemy.orm import Session

from ...platform import clock
from ..models import Draw
from . import views

MOST = 32
"""Pictures that are kept at a time, the newest."""
_KEPT = "evenhand.ceremony.pictures"
_one_at_a_time = Lock()


def public_board(session: Session, draw: Draw) -> str:
    """Return the board as the public sees it now, in the language of the request.

    A change that the draw's stamp does not show, such as an office's new name, appears within a
    minute.
    """
    kept: dict[Any, str] = current_app.extensions.setdefault(_KEPT, {})
    minute = clock.now().replace(second=0, microsecond=0)
    key = (draw.id, views.stamp(draw), minute)
    with _one_at_a_time:
        if key not in kept:
            view = views.board(session, draw, views.PUBLIC)
            kept[key] = render_template("draws/ceremony/board.html", **view)
            for old in list(kept)[:-MOST]:
                del kept[old]
        return kept[key]
