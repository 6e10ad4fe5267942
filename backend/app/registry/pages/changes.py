"""Histories of the registers: what stood in a field before and after, in a person's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.registry.choices import VALUE_NAMES, field_names
from backend.app.registry.models import RegisterChange
from backend.app.registry.pages import forms
from backend.app.registry.service import history

_LISTS = {"item": "items", "checklist": "items", "officer": "officers", "enterprise": "enterprises"}
"""Register -> the list that its entries stand in."""

Names = Mapping[str, Mapping[str, object]]
"""Field -> what is stored -> what a person reads."""


def history_page(session: Session, register: str, row_id: UUID, title: str) -> str:
    """Who changed what in one entry of a register."""
    page = history.of_object(session, register, row_id, forms.page_number())
    return render_template(
        "registry/history.html",
        title=title,
        back=f"/office/registry/{_LISTS[register]}/{row_id}",
        page=page,
        register=register,
        here=_LISTS[register],
        tabs=_LISTS[register] == "items",
        fields=field_names(_LISTS[register]),
        names=value_names(session, page.items),
    )


def value_names(session: Session, changes: Sequence[RegisterChange]) -> Names:
    """The names of what is stored as a code or an id in these changes."""
    departments = {str(found.id): found.name for found in accounts.departments(session)}
    named = accounts.names(session, _accounts_in(changes))
    people = {str(account_id): name for account_id, name in named.items()}
    return {**VALUE_NAMES, "department_id": departments, "account_id": people}


def _accounts_in(changes: Sequence[RegisterChange]) -> list[UUID]:
    found = []
    for change in changes:
        for text in (change.before, change.after) if change.field == "account_id" else ():
            with suppress(ValueError):
                found.append(UUID(text))
    return found
