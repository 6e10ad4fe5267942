"""Puts the certificates of a time stamp into the order that DER demands. Pure.

OpenSSL, and whatever is built on it, writes this one set in the order of the chain. No signature
covers it, so sorting it changes nothing that anybody vouches for; strict readers refuse it
otherwise.
"""

from __future__ import annotations

CERTIFICATES, CONTENT = 0xA0, 0xA0
_LONG = 0x80


class NotDer(ValueError):
    """The bytes are not a DER structure of the expected kind."""


def with_sorted_certificates(reply: bytes) -> bytes:
    """``reply`` (TimeStampResp, RFC 3161) with its set of certificates in order; raises NotDer."""
    _tag, start, end = _element(reply, 0)
    status_end = _element(reply, start)[2]
    if status_end == end:
        return reply  # a refusal carries no token
    token = _element(reply, status_end)
    content = _element(reply, _element(reply, token[1])[2])
    if content[0] != CONTENT:
        raise NotDer("no signed content")
    signed = _element(reply, content[1])
    at = signed[1]
    for _field in range(3):  # version, digest algorithms, what is signed
        at = _element(reply, at)[2]
    tag, start, end = _element(reply, at)
    if tag != CERTIFICATES:
        return reply
    return reply[:start] + b"".join(sorted(_members(reply, start, end))) + reply[end:]


def _members(data: bytes, start: int, end: int) -> list[bytes]:
    found = []
    while start < end:
        after = _element(data, start)[2]
        found.append(data[start:after])
        start = after
    return found


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start of the value, end of the value of the element at ``at``."""
    if at + 2 > len(data):
        raise NotDer("too short")
    length, start = data[at + 1], at + 2
    if length >= _LONG:
        size = length - _LONG
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise NotDer("too short")
    return data[at], start, start + length
