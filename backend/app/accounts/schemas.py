"""Shapes of what people send and get about themselves."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate


class Form(Schema):
    """What a page's form sends; its token and navigation fields are not ours."""

    class Meta:
        unknown = EXCLUDE


class PasswordSignIn(Form):
    """Name and password."""

    login = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(required=True, validate=validate.Length(1, 200))


class PasswordStepUp(Schema):
    """The password again."""

    password = fields.String(required=True, validate=validate.Length(1, 200))


class DepartmentView(Schema):
    """A department as the phone shows it."""

    id = fields.UUID()
    name = fields.String()


class CsrfView(Schema):
    """The token to send back with every state change."""

    csrf_token = fields.String()


class StepUpForm(Form):
    """The password, given again."""

    password = fields.String(required=True, validate=validate.Length(1, 200))
