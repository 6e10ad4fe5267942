"""What knowing who is signed in costs: one query, no write, within a request."""

from __future__ import annotations

from sqlalchemy import event

from backend.app.accounts.sessions import load_actor
from backend.app.platform.database import db
from tests.factories.accounts import make_department


def test_loading_the_actor_is_one_query_and_the_scope_comes_when_asked(
    app, client, sign_in, session
):
    from sqlalchemy import select

    from backend.app.accounts.models import LoginSession

    home = make_department()
    below = make_department(parent=home)
    make_department()
    sign_in(client, role="department_admin", department=home)
    session_id = str(session.scalar(select(LoginSession.id)))
    session.rollback()
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    with app.test_request_context():
        actor = load_actor(session_id)
        asked = [one for one in statements if one.startswith("SELECT")]
        assert len(asked) == 1
        assert not [one for one in statements if one.startswith(("UPDATE", "INSERT"))]
        assert actor.scope == {home.id, below.id}
        assert actor.scope is actor.scope
    assert len([one for one in statements if one.startswith("SELECT")]) == 3
    event.remove(db.engine, "before_cursor_execute", note)
