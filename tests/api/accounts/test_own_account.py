"""One's own account: activation, password, sessions, limits, devices."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update

from backend.app.accounts.models import (
    Account,
    ActivationCode,
    Challenge,
    Device,
    LoginSession,
)
from backend.app.platform import clock
from tests.api.accounts.looking import traced
from tests.factories.accounts import PASSWORD, make_account, make_department

NEW = "四海之内皆兄弟也不亦乐乎"


def spki(key=None) -> str:
    public = (key or ec.generate_private_key(ec.SECP256R1())).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(der).decode()


def code_for(client, sign_in, person) -> str:
    """A code that an administrator makes for ``person`` in the office."""
    sign_in(client, role="system_admin", stepped_up=True)
    page = client.post(f"/office/people/{person.id}/code").text
    client.post("/office/sign-out")
    return page.split('<p class="big-code">')[1].split("<")[0]


def test_a_code_sets_the_password_once_and_signs_in(client, sign_in):
    person = make_account(role="inspector", activated=False)
    code = code_for(client, sign_in, person)
    sent = {"login": person.login, "code": code.lower().replace("-", " "), "password": NEW}
    reply = client.post("/api/v1/session/activate", json=sent)
    assert reply.get_json()["login"] == person.login
    again = client.post("/api/v1/session/activate", json=sent)
    assert (again.status_code, again.get_json()["code"]) == (401, "accounts.wrong_code")
    reply = client.post("/api/v1/session", json={"login": person.login, "password": NEW})
    assert reply.status_code == 200


def test_a_weak_password_leaves_the_code_unused(client, sign_in):
    person = make_account(role="inspector", activated=False)
    code = code_for(client, sign_in, person)
    sent = {"login": person.login, "code": code, "password": "kurz"}
    assert client.post("/api/v1/session/activate", json=sent).status_code == 422
    sent["password"] = NEW
    assert client.post("/api/v1/session/activate", json=sent).status_code == 200


def test_a_sign_that_no_activation_code_has_is_named(client):
    sent = {"login": make_account(role="inspector").login, "code": "ABCD-EFOH", "password": NEW}
    reply = client.post("/activate", data=sent)
    assert reply.status_code == 401
    assert "激活码第7位“O”不是激活码可用的字符" in reply.text


def test_an_old_code_and_an_unknown_person_get_the_same_answer(client, sign_in, session):
    person = make_account(role="inspector", activated=False)
    code = code_for(client, sign_in, person)
    past = clock.now() - timedelta(seconds=1)
    session.execute(update(ActivationCode).values(expires_at=past))
    session.commit()
    replies = [
        client.post("/api/v1/session/activate", json={"login": who, "code": code, "password": NEW})
        for who in (person.login, "nobody.at.all")
    ]
    bodies = [{**reply.get_json(), "request_id": ""} for reply in replies]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "accounts.wrong_code"


def test_a_newer_code_ends_the_older(client, sign_in):
    person = make_account(role="inspector", activated=False)
    older = code_for(client, sign_in, person)
    code_for(client, sign_in, person)
    sent = {"login": person.login, "code": older, "password": NEW}
    assert client.post("/api/v1/session/activate", json=sent).status_code == 401


def test_the_database_holds_no_code_in_clear(client, sign_in, session):
    person = make_account(role="inspector", activated=False)
    code = code_for(client, sign_in, person)
    stored = session.scalars(select(ActivationCode.code_hash)).all()
    assert code.replace("-", "") not in "".join(stored)


def test_a_new_password_signs_the_other_browsers_out_and_keeps_this_one(app, client, sign_in):
    account = sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere, account=account)
    reply = client.post("/office/account/password", data={"old": PASSWORD, "new": NEW})
    assert reply.location == "/office/account"
    assert client.get("/api/v1/me").status_code == 200
    assert elsewhere.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("new", ["kurz", "1234567890", "aaaaaaaaaaaaaa"])
def test_a_password_that_is_guessed_first_is_refused_with_a_reason(client, sign_in, new):
    sign_in(client)
    reply = client.post("/office/account/password", data={"old": PASSWORD, "new": new})
    assert reply.status_code == 422
    assert 'id="error-new"' in reply.text


def test_the_present_password_is_needed_for_a_new_one(client, sign_in):
    sign_in(client)
    reply = client.post("/office/account/password", data={"old": "wrong", "new": NEW})
    assert reply.status_code == 403
    assert 'id="error-old"' in reply.text


def test_unknown_names_and_wrong_passwords_get_the_same_answer(client):
    account = make_account()
    ended = make_account(active=False)
    tries = [(account.login, "wrong"), ("nobody", PASSWORD), (ended.login, PASSWORD)]
    bodies = []
    for login, password in tries:
        reply = client.post("/api/v1/session", json={"login": login, "password": password})
        bodies.append({**reply.get_json(), "request_id": "", "status": reply.status_code})
    assert bodies[0] == bodies[1] == bodies[2]


def test_after_six_failures_a_name_waits_and_others_do_not(client):
    account, other = make_account(), make_account()
    wrong = {"login": account.login, "password": "wrong"}
    codes = [client.post("/api/v1/session", json=wrong).status_code for _ in range(7)]
    assert codes == [401] * 6 + [429]
    right = {"login": account.login, "password": PASSWORD}
    waiting = client.post("/sign-in", data=right)
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0
    right["login"] = other.login
    assert client.post("/api/v1/session", json=right).status_code == 200


def test_successes_do_not_count_against_an_address(app, client):
    account = make_account()
    right = {"login": account.login, "password": PASSWORD}
    codes = {app.test_client().post("/api/v1/session", json=right).status_code for _ in range(40)}
    assert codes == {200}


def test_a_password_stored_at_another_cost_is_stored_again_on_sign_in(client, session):
    from argon2 import PasswordHasher

    account = make_account()
    dear = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    session.execute(update(Account).where(Account.id == account.id).values(password_hash=dear))
    session.commit()
    client.post("/api/v1/session", json={"login": account.login, "password": PASSWORD})
    stored = session.scalar(select(Account.password_hash).where(Account.id == account.id))
    assert stored != dear
    assert "t=1" in stored


def test_own_browsers_are_listed_and_signed_out_one_by_one(app, client, sign_in):
    account = sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere, account=account)
    sign_in(app.test_client(), role="inspector")
    rows = client.get("/api/v1/sessions").get_json()
    assert sorted(row["current"] for row in rows) == [False, True]
    other = next(row["id"] for row in rows if not row["current"])
    assert client.delete(f"/api/v1/sessions/{other}").status_code == 204
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert client.delete(f"/api/v1/sessions/{other}").status_code == 404


def test_another_persons_browser_cannot_be_signed_out(app, client, sign_in):
    elsewhere = app.test_client()
    sign_in(elsewhere)
    theirs = elsewhere.get("/api/v1/sessions").get_json()[0]["id"]
    sign_in(client, role="system_admin")
    assert client.delete(f"/api/v1/sessions/{theirs}").status_code == 404
    assert elsewhere.get("/api/v1/me").status_code == 200


def test_being_seen_is_written_at_most_every_five_minutes(client, sign_in, session):
    sign_in(client)
    first = session.scalar(select(LoginSession.last_seen_at))
    session.rollback()
    client.get("/api/v1/me")
    session.rollback()
    assert session.scalar(select(LoginSession.last_seen_at)) == first
    session.execute(update(LoginSession).values(last_seen_at=first - timedelta(minutes=6)))
    session.commit()
    client.get("/api/v1/me")
    session.rollback()
    assert session.scalar(select(LoginSession.last_seen_at)) >= first


def test_an_expired_session_signs_nobody_in(client, sign_in, session):
    sign_in(client)
    session.execute(update(LoginSession).values(expires_at=clock.now()))
    session.commit()
    assert client.get("/api/v1/me").status_code == 401


def test_a_step_up_with_the_password_makes_the_proof_fresh(client, sign_in, session):
    sign_in(client)
    assert session.scalar(select(LoginSession.step_up_at)) is None
    session.rollback()
    assert client.post("/api/v1/step-up", json={"password": "wrong"}).status_code == 403
    assert client.post("/api/v1/step-up", json={"password": PASSWORD}).status_code == 204
    session.rollback()
    assert session.scalar(select(LoginSession.step_up_at)) is not None


@pytest.mark.parametrize("body", [{}, {"password": PASSWORD, "credential": {}}])
def test_a_step_up_is_one_proof_and_not_none_or_two(client, sign_in, body):
    sign_in(client)
    assert client.post("/api/v1/step-up", json=body).status_code == 422


def test_a_phone_enrols_its_key_and_the_same_again_changes_nothing(client, sign_in, session):
    sign_in(client, role="inspector")
    body = {"device": str(uuid4()), "public_key": spki(), "name": "华为 Mate"}
    first = client.post("/api/v1/devices", json=body)
    again = client.post("/api/v1/devices", json={**body, "name": "other"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert [row["name"] for row in client.get("/api/v1/devices").get_json()] == ["华为 Mate"]
    [entry] = traced(session, body["device"])
    assert entry.type == "credential.enrolled"


def test_a_device_of_another_account_is_refused_by_name(app, client, sign_in):
    body = {"device": str(uuid4()), "public_key": spki(), "name": ""}
    other = app.test_client()
    sign_in(other, role="inspector")
    assert other.post("/api/v1/devices", json=body).status_code == 200
    sign_in(client, role="inspector")
    reply = client.post("/api/v1/devices", json=body)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "accounts.device_of_another")
    assert client.delete(f"/api/v1/devices/{body['device']}").status_code == 404


def test_a_device_keeps_its_key_and_a_revoked_one_stays_revoked(client, sign_in):
    sign_in(client, role="inspector")
    body = {"device": str(uuid4()), "public_key": spki(), "name": ""}
    client.post("/api/v1/devices", json=body)
    reply = client.post("/api/v1/devices", json={**body, "public_key": spki()})
    assert reply.get_json()["code"] == "accounts.device_key_differs"
    assert client.delete(f"/api/v1/devices/{body['device']}").status_code == 204
    assert client.delete(f"/api/v1/devices/{body['device']}").status_code == 204
    reply = client.post("/api/v1/devices", json=body)
    assert reply.get_json()["code"] == "accounts.device_revoked"
    assert client.get("/api/v1/devices").get_json()[0]["revoked_at"]


@pytest.mark.parametrize(
    "key",
    [
        "not base64!",
        b64encode(b"\x30\x03abc").decode(),
        spki(ed25519.Ed25519PrivateKey.generate()),
        spki(ec.generate_private_key(ec.SECP384R1())),
        b64encode(b"\x00" * 91).decode(),
    ],
    ids=["no base64", "no key", "another curve's kind", "a larger curve", "zeros"],
)
def test_anything_but_a_p256_key_is_refused(client, sign_in, key):
    sign_in(client, role="inspector")
    reply = client.post(
        "/api/v1/devices", json={"device": str(uuid4()), "public_key": key, "name": ""}
    )
    assert (reply.status_code, reply.get_json()["code"]) == (422, "accounts.bad_device_key")


def test_one_person_carries_at_most_twenty_phones(client, sign_in, session):
    account = sign_in(client, role="inspector")
    key = b"\x01" * 91
    session.add_all(
        Device(id=uuid4(), account_id=account.id, public_key=key, name="") for _ in range(20)
    )
    session.commit()
    reply = client.post(
        "/api/v1/devices", json={"device": str(uuid4()), "public_key": spki(), "name": ""}
    )
    assert reply.get_json()["code"] == "accounts.too_many_devices"


NONSENSE = [
    {},
    {"rawId": "AAAA"},
    {"rawId": 5, "response": {}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"userHandle": "*"}},
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_an_answer_that_is_no_passkey_is_refused_and_uses_the_challenge_up(
    client, session, credential
):
    client.post("/api/v1/passkeys/sign-in/options", json={})
    assert session.scalar(select(Challenge.purpose)) == "sign_in"
    session.rollback()
    reply = client.post("/api/v1/passkeys/sign-in", json={"credential": credential})
    assert (reply.status_code, reply.get_json()["code"]) == (403, "accounts.passkey_refused")
    assert session.scalar(select(Challenge.id)) is None


@pytest.mark.parametrize("credential", NONSENSE)
def test_a_registration_that_is_no_passkey_is_refused(client, sign_in, credential):
    sign_in(client, stepped_up=True)
    options = client.post("/api/v1/passkeys/registration/options", json={}).get_json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    reply = client.post("/api/v1/passkeys", json={"credential": credential, "name": "x"})
    assert reply.get_json()["code"] == "accounts.passkey_refused"


def test_enrolling_a_passkey_asks_for_a_fresh_proof(client, sign_in):
    sign_in(client)
    reply = client.post("/api/v1/passkeys/registration/options", json={})
    assert reply.get_json()["code"] == "access.step_up_required"


def test_a_challenge_without_a_browser_that_asked_for_it_is_refused(client):
    reply = client.post("/api/v1/passkeys/sign-in", json={"credential": {"rawId": "AAAA"}})
    assert reply.get_json()["code"] == "accounts.passkey_refused"


def test_the_language_is_kept_with_the_account(client, sign_in):
    sign_in(client)
    client.post("/office/account/language", data={"locale": "en"})
    assert client.get("/api/v1/me").get_json()["locale"] == "en"
    assert 'lang="en"' in client.get("/office/account").text
    client.post("/office/account/language", data={"locale": "xx"})
    assert client.get("/api/v1/me").get_json()["locale"] == "en"


def test_me_names_the_officer_of_the_account(client, sign_in, session):
    from datetime import date

    from backend.app.registry.models import Officer

    account = sign_in(client, role="inspector")
    assert client.get("/api/v1/me").get_json()["officer"] is None
    officer = Officer(
        account_id=account.id,
        department_id=make_department().id,
        name=account.name,
        certificate="37039900001",
        certificate_expires_on=date(2030, 1, 31),
        specialities=[],
        active=True,
        search_text="",
    )
    session.add(officer)
    session.commit()
    assert client.get("/api/v1/me").get_json()["officer"] == {
        "id": str(officer.id),
        "certificate": "37039900001",
        "certificate_expires_on": "2030-01-31",
    }


def test_failing_elsewhere_does_not_lock_a_person_out_where_they_sit(client):
    account = make_account()
    wrong = {"login": account.login, "password": "wrong"}
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    codes = [client.post("/api/v1/session", json=wrong, **elsewhere).status_code for _ in range(7)]
    assert codes[-1] == 429
    right = {"login": account.login, "password": PASSWORD}
    assert client.post("/api/v1/session", json=right).status_code == 200


def test_an_unknown_name_costs_as_much_time_as_a_known_one(app):
    """Counted by the hashes computed, not by a clock: one each."""
    from backend.app.accounts import passwords

    account = make_account()
    with app.test_request_context():
        assert passwords.verify_password(None, PASSWORD) is False
        assert passwords.verify_password(account.password_hash, "wrong") is False
    nobody = passwords._nobody(1, 8)
    assert nobody.split("$")[3] == account.password_hash.split("$")[3]
