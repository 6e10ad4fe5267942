"""Pages of forms that wait for their author: taken up again after signing in, or given up."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from ...platform.access import current_actor, requires
from ...platform.forms import identity, kept
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .blueprint import bp


@bp.get("/office/kept")
@requires("account.own")
def kept_forms() -> str:
    """The forms of this person that were interrupted and not sent yet."""
    with read_session() as session:
        rows = kept.of_account(session, current_actor().account_id)
        return render_template("accounts/kept_forms.html", rows=rows, texts_of=_texts_of)


@bp.get("/office/kept/<uuid:kept_id>")
@requires("account.own")
def kept_form(kept_id: UUID) -> ResponseReturnValue:
    """A kept form goes on; to anybody but its author it shows nothing and sends nothing."""
    with read_session() as session:
        row = kept.get(session, kept_id)
        if row.account_id != current_actor().account_id:
            page = "accounts/kept_form_of_other.html"
            return render_template(page, row=row, keeps=kept.KEPT_FOR), 403
        return render_template("accounts/kept_form.html", row=row, texts=_texts_of(row))


def _texts_of(row: kept.KeptForm) -> list[str]:
    return identity.texts([(name, text) for name, text in row.fields if name != identity.MARK])


@bp.post("/office/kept/<uuid:kept_id>/drop")
@requires("account.own")
def do_drop_kept_form(kept_id: UUID) -> ResponseReturnValue:
    """Give a kept form up."""
    kept.forget(kept_id, current_actor().account_id)
    flash(_("The form is given up"), "ok")
    return redirect("/office/kept", code=303)
