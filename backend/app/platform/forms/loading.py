"""Reading a posted form, and showing it again as it was typed when it is refused.

This is the only place that reads the fields of a request; ``tests/architecture`` refuses others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from flask import redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from ..errors import Problem
from . import identity

Shape = Callable[[ImmutableMultiDict[str, str]], Any]
"""Gathers numbered or repeated fields of a form into what a schema loads."""


class Show(Protocol):
    """Shows a form: the values to put into it and what is wrong with them."""

    def __call__(self, *, values: Any, errors: Any, problem: Problem | None) -> str:
        """Return the page."""


def typed() -> ImmutableMultiDict[str, str]:
    """Return the posted fields as they were typed, to be shown again; hidden marks left out."""
    return ImmutableMultiDict(identity.fields())


def load(schema: Schema, shape: Shape = ImmutableMultiDict.to_dict) -> Any:
    """Return the posted form as ``schema`` loads it; raises ValidationError."""
    return schema.load(shape(typed()))


def load_value(name: str, default: str = "") -> str:
    """Return one field of the posted form as text, for forms that are one button or choice."""
    return typed().get(name, default)


def uploaded(name: str) -> FileStorage | None:
    """Return the file that was posted with a form as ``name``, or None."""
    return request.files.get(name)


def submit(
    schema: Schema,
    save: Callable[[dict[str, Any]], str],
    show: Show,
    shape: Shape = ImmutableMultiDict.to_dict,
) -> ResponseReturnValue:
    """Load the posted form, save it, and go on to the address that ``save`` returns.

    A refusal shows the form as it was typed, with status 409 or 422 and what is wrong.
    """
    try:
        return redirect(save(load(schema, shape)), code=303)
    except ValidationError as error:
        return show(values=typed(), errors=error.messages_dict, problem=None), 422
    except Problem as problem:
        errors = {name: [problem.title] for name in problem.fields}
        return show(values=typed(), errors=errors, problem=problem), problem.status
