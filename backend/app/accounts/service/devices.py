"""Phones with a key of their own: enrolling, listing, revoking."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...platform import clock
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.transactions import unit_of_work
from ..errors import (
    BadDeviceKey,
    DeviceKeyDiffers,
    DeviceOfAnother,
    DeviceRevoked,
    TooManyDevices,
)
from ..models import Account, Device
from . import trace
from .independence import note_act

LIMIT = 20


def of_account(session: Session, account_id: UUID) -> Sequence[Device]:
    """The account's devices, the newest first, revoked ones among them."""
    query = select(Device).where(Device.account_id == account_id)
    return session.scalars(query.order_by(Device.created_at.desc())).all()


def enrol(actor: Actor, device: UUID, public_key: str, name: str) -> Device:
    """Enrol a device key (base64 of a P-256 SubjectPublicKeyInfo); the same again is no change.

    Raises BadDeviceKey, DeviceOfAnother, DeviceKeyDiffers, DeviceRevoked, TooManyDevices.
    """
    key = _public_key(public_key)
    try:
        return _enrol(actor, device, key, name)
    except DeviceOfAnother:
        _note_shared(actor, device)
        raise
    except IntegrityError:  # somebody else was a moment earlier with this id: look again
        return _enrol(actor, device, key, name)


def _note_shared(actor: Actor, device_id: UUID) -> None:
    """Keep that somebody signed in on a phone that is another's: the two are not independent."""
    with unit_of_work() as session:
        owner = session.get_one(Device, device_id).account_id
        note_act(session, actor.account_id, owner, "device")


def _enrol(actor: Actor, device_id: UUID, key: bytes, name: str) -> Device:
    with unit_of_work() as session:
        session.execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
        found = session.get(Device, device_id)
        if found is not None:
            _refuse_other(found, actor, key)
            found.last_seen_at = clock.now()
            return found
        live = select(func.count()).where(
            Device.account_id == actor.account_id, Device.revoked_at.is_(None)
        )
        if (session.scalar(live) or 0) >= LIMIT:
            raise TooManyDevices
        now = clock.now()
        made = Device(
            id=device_id,
            account_id=actor.account_id,
            public_key=key,
            name=name,
            created_at=now,
            last_seen_at=now,
        )
        session.add(made)
        session.flush()
        trace.enrolled(session, actor, "device", device_id)
        return made


def _refuse_other(found: Device, actor: Actor, key: bytes) -> None:
    if found.account_id != actor.account_id:
        raise DeviceOfAnother
    if found.public_key != key:
        raise DeviceKeyDiffers
    if found.revoked_at is not None:
        raise DeviceRevoked


def _public_key(text: str) -> bytes:
    """The key's canonical bytes; anything but a P-256 SubjectPublicKeyInfo is refused."""
    try:
        der = b64decode(text, validate=True)
        key = load_der_public_key(der)
    except (NotBase64, ValueError, UnsupportedAlgorithm):
        raise BadDeviceKey from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise BadDeviceKey
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != der:
        raise BadDeviceKey
    return der


def revoke(actor: Actor, device_id: UUID) -> None:
    """End an own device's right to send; raises :class:`NotFound`. Twice is once."""
    with unit_of_work() as session:
        found = session.get(Device, device_id)
        if found is None or found.account_id != actor.account_id:
            raise NotFound
        if found.revoked_at is None:
            found.revoked_at = clock.now()
            trace.revoked(session, actor, "device", device_id)
