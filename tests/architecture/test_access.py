"""Every endpoint says who may call it, and every state change is guarded."""

from __future__ import annotations

import inspect

import pytest
from flask import Flask

from backend.app.platform import access
from backend.app.platform.security import csrf
from tests.architecture.source import ROOT

pytestmark = pytest.mark.one_database
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def where(app: Flask, endpoint: str) -> str:
    """``file:line`` of an endpoint's function."""
    view = inspect.unwrap(app.view_functions[endpoint])
    source = inspect.getsourcefile(view) or ""
    return f"{source.removeprefix(str(ROOT) + '/')}:{inspect.getsourcelines(view)[1]}"


def test_every_endpoint_declares_who_may_call_it(app):
    unmarked = [f"{where(app, name)} {name}" for name in access.unmarked_endpoints(app)]
    assert not unmarked, "\n".join(unmarked)


def test_every_declared_permission_exists(app):
    known = {"public", *access.PERMISSIONS}
    marks = {
        name: view.__dict__["access"]
        for name, view in app.view_functions.items()
        if "access" in view.__dict__
    }
    strange = [f"{where(app, name)} {mark}" for name, mark in marks.items() if mark not in known]
    assert len(marks) > 20
    assert not strange, "\n".join(strange)


def test_nobody_signed_out_reaches_what_is_not_public(app, client):
    reached = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.__dict__.get("access") == "public" or "GET" not in (rule.methods or ()):
            continue
        sample = {name: _sample(converter) for name, converter in rule._converters.items()}
        _domain, address = rule.build(sample) or ("", "")
        status = client.get(address).status_code
        if status not in {303, 401}:
            reached.append(f"{where(app, rule.endpoint)} {address} answered {status}")
    assert not reached, "\n".join(reached)


def _sample(converter: object) -> object:
    import uuid

    kind = type(converter).__name__
    if kind == "UUIDConverter":
        return uuid.UUID(int=7)
    if kind == "IntegerConverter":
        return 1
    return getattr(converter, "regex", "x") and _member(converter)


def _member(converter: object) -> str:
    """A value the converter takes: the first of a list of words, else a letter."""
    items = getattr(converter, "items", None) or getattr(converter, "values", None)
    return sorted(items)[0] if items else "x"


def test_no_endpoint_is_freed_from_the_csrf_check(app):
    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints


def test_a_state_change_without_the_token_is_refused_everywhere(app, client, sign_in):
    sign_in(client, role="system_admin", stepped_up=True)
    passed = []
    for rule in app.url_map.iter_rules():
        methods = sorted(CHANGING & set(rule.methods or ()))
        if not methods:
            continue
        sample = {name: _sample(converter) for name, converter in rule._converters.items()}
        _domain, address = rule.build(sample) or ("", "")
        reply = client.open(
            address, method=methods[0], without_token=True, headers={"Accept": "application/json"}
        )
        if reply.status_code != 403 or (reply.get_json(silent=True) or {}).get("code") is None:
            passed.append(f"{where(app, rule.endpoint)} {address} answered {reply.status_code}")
    assert not passed, "\n".join(passed)
