"""Which act on a draw is possible in which of its states, as the program answers."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.app.draws.models import Draw
from backend.app.draws.rules import STATES
from backend.app.platform.access import DEPARTMENT_ADMIN, OVERSIGHT
from backend.app.platform.database import db
from tests.api.access.observing import REFUSED, YES, Bench, Unexpected, send

ACTS = {
    "discard": (DEPARTMENT_ADMIN, {}),
    "cancel": (DEPARTMENT_ADMIN, {"reason": "名录有误，需要重来"}),
    "void": (OVERSIGHT, {"reason": "名录有误，需要重来"}),
    "dispatch": (DEPARTMENT_ADMIN, {}),
}
"""Acts that end a draw or send people out, with who takes them and the form they take."""


def observe_states(bench: Bench) -> dict[str, dict[str, str]]:
    """Return ``yes`` or ``–`` by state (between backticks) and act.

    The draw has everything that a draw can have."""
    return {f"`{state}`": {act: _try(bench, state, act) for act in ACTS} for state in STATES}


def _try(bench: Bench, state: str, act: str) -> str:
    caller, form = ACTS[act]
    key = (caller, True)
    draw_id = bench.world.objects["below"]["drawn"]
    with Session(db.engine) as session:
        session.execute(update(Draw).where(Draw.id == draw_id).values(state=state))
        session.commit()
    path = f"/office/draws/{draw_id}/{act}"
    reply = send(bench.browsers[key], "POST", path, bench.tokens[key], data=form)
    code = (reply.get_json(silent=True) or {}).get("code", "")
    changed = bench.changes.take() - {"login_session"}
    bench.put_back(key)
    if reply.status_code >= 500 or reply.status_code in {401, 403, 404}:
        raise Unexpected(f"{act} of a draw that is {state} answered {reply.status_code} {code}")
    return REFUSED if code else YES if changed else REFUSED
