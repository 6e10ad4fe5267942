"""Signing in and out through the real endpoints."""

from __future__ import annotations


def test_a_person_signs_in_and_is_known(client, sign_in):
    account = sign_in(client, role="inspector")
    me = client.get("/api/v1/me").get_json()
    assert me["login"] == account.login
    assert me["roles"] == ["inspector"]
    assert me["epoch"] == client.get("/api/v1/me").headers["Evenhand-Epoch"]


def test_a_signed_out_browser_is_nobody(client, sign_in):
    sign_in(client)
    assert client.delete("/api/v1/session").status_code == 204
    reply = client.get("/api/v1/me")
    assert reply.status_code == 401
    assert reply.get_json()["code"] == "access.sign_in_required"
