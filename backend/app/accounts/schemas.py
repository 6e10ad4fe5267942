"""Shapes of what people send and get about themselves and the people they look after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from werkzeug.datastructures import ImmutableMultiDict

from ..platform.access import ROLES
from ..platform.fields import Code, Form, Words
from ..platform.i18n import lazy_gettext as _l
from ..platform.json_api import View
from .rules import LOGIN_SIGNS

NEEDED = _l("This is needed")
REQUIRED: dict[str, Any] = {"required": NEEDED, "invalid": NEEDED, "invalid_uuid": NEEDED}
PASSWORD = validate.Length(1, 200)


def without_empty(form: ImmutableMultiDict[str, str]) -> dict[str, str]:
    """Return the fields of a form that hold something."""
    return {name: value for name, value in form.items() if value.strip()}


class PasswordSignIn(Form):
    """Name and password."""

    login = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(required=True, validate=PASSWORD)


class PasswordStepUp(Form):
    """The password, given again."""

    password = fields.String(required=True, validate=PASSWORD)


class Activation(Form):
    """The first sign-in: name, one-time code, the password to use from now on."""

    login = fields.String(required=True, validate=validate.Length(1, 64))
    code = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(required=True, validate=PASSWORD)


class ChangePassword(Form):
    """The present password and the next."""

    old = fields.String(required=True, validate=PASSWORD)
    new = fields.String(required=True, validate=PASSWORD)


class CredentialAnswer(Schema):
    """What the browser's ``toJSON`` gives; py_webauthn looks inside."""

    credential = fields.Dict(keys=fields.String(), required=True)


class NewPasskey(CredentialAnswer):
    """A passkey just made, with a name to know it by."""

    name = fields.String(load_default="", validate=validate.Length(max=80))


class StepUp(Schema):
    """A fresh proof: the password, or a passkey's answer."""

    password = fields.String(validate=PASSWORD)
    credential = fields.Dict(keys=fields.String())

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if len(data) != 1:
            raise ValidationError(str(_l("Give a password or a passkey")))


class NameForm(Form):
    """A new name of a passkey."""

    name = fields.String(required=True, validate=validate.Length(1, 80))


class NewDevice(Schema):
    """A phone's key: ``public_key`` is base64 of a SubjectPublicKeyInfo."""

    device = fields.UUID(required=True)
    public_key = fields.String(required=True, validate=validate.Length(1, 400))
    name = fields.String(load_default="", validate=validate.Length(max=120))


class DeviceView(View):
    """An enrolled device as its owner sees it."""

    id = fields.UUID()
    name = fields.String()
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class PasskeyView(View):
    """A passkey as its owner sees it."""

    id = fields.UUID()
    name = fields.String()
    created_at = fields.AwareDateTime()
    last_used_at = fields.AwareDateTime(allow_none=True)


class SessionView(View):
    """A signed-in browser as its owner sees it."""

    id = fields.UUID()
    browser = fields.String()
    method = fields.String()
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime()


class OwnSessionView(SessionView):
    """The same, with whether it is the browser that asks."""

    current = fields.Boolean()


class CsrfView(View):
    """The token to send back with every state change."""

    csrf_token = fields.String()


class OwnDepartmentView(View):
    """The department a person belongs to."""

    id = fields.UUID()
    name = fields.String()


class OwnOfficerView(View):
    """The entry of the officers' register that belongs to the account."""

    id = fields.UUID()
    certificate = fields.String()
    certificate_expires_on = fields.Date()


class MeView(View):
    """The signed-in person, with what a client needs to go on."""

    account = fields.UUID()
    login = fields.String()
    name = fields.String()
    department = fields.Nested(OwnDepartmentView)
    officer = fields.Nested(OwnOfficerView, allow_none=True)
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)))
    locale = fields.String()
    csrf_token = fields.String()
    epoch = fields.String()
    server_time = fields.String()


OPTIONS: dict[str, Any] = {
    "type": "object",
    "description": "For a browser's parse…OptionsFromJSON; WebAuthn names the other members.",
    "required": ["challenge"],
    "properties": {"challenge": {"type": "string"}},
}


class PersonForm(Form):
    """A person's name, login, home department."""

    login = Code(
        LOGIN_SIGNS,
        range(2, 65),
        _l("Letters, digits, dots and strokes, 2 to 64 of them"),
        case="lower",
        needed=True,
    )
    name = Words(80, needed=True)
    employee_number = Code(
        r"0-9A-Z._/\-",
        range(1, 65),
        _l("Letters, digits, dots and strokes, at most 64"),
        case="upper",
        needed=True,
    )
    department_id = fields.UUID(required=True, error_messages=REQUIRED)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(("zh-CN", "en")))


class Grant(Schema):
    """A role within a department."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    department_id = fields.UUID(required=True)


class Roles(Form):
    """The ticked roles of a person, each as ``role:department``."""

    grants = fields.List(fields.Nested(Grant), load_default=list)

    @staticmethod
    def shape(form: ImmutableMultiDict[str, str]) -> dict[str, Any]:
        """Gather the ticks."""
        ticked = (value.partition(":")[::2] for value in form.getlist("grant"))
        return {"grants": [{"role": role, "department_id": place} for role, place in ticked]}

    @post_load
    def as_pairs(self, values: dict[str, Any], **_more: Any) -> dict[str, set[tuple[str, UUID]]]:
        """Return the grants as (role, department) pairs."""
        return {"grants": {(one["role"], one["department_id"]) for one in values["grants"]}}


class KeptPasskeys(Form):
    """The passkeys that stay when an access is renewed."""

    kept = fields.List(fields.UUID(), load_default=list)

    @staticmethod
    def shape(form: ImmutableMultiDict[str, str]) -> dict[str, Any]:
        """Gather the ticks."""
        return {"kept": form.getlist("kept")}


class DepartmentForm(Form):
    """A department and where it stands."""

    code = Code(
        r"0-9A-Za-z._\-",
        range(1, 17),
        _l("Only letters, digits, dots and strokes, at most 16"),
        needed=True,
    )
    name = Words(120, needed=True)
    parent_id = fields.UUID(load_default=None, allow_none=True)
    region_code = Code("0-9", range(6, 13), _l("A region code has 6 to 12 digits"), needed=True)
    is_oversight = fields.Boolean(load_default=False)
    active = fields.Boolean(load_default=False)
