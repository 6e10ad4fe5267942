"""How far a call gets before any object is looked for: role and fresh proof, as the program asks.

Every endpoint is called as everybody, at an object that does not exist and with an empty form.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.api.access.calls import Endpoint, address, endpoints
from tests.api.access.observing import PROOF, REFUSED, YES, Bench, Unexpected, code_of, send

SIGN_IN, FORBIDDEN, FRESH = "access.sign_in_required", "access.forbidden", "access.step_up_required"
AT_THE_DOOR = {SIGN_IN: REFUSED, FORBIDDEN: REFUSED, FRESH: PROOF}


class Nowhere(dict[str, Any]):
    """Objects of a county that has none."""

    def __missing__(self, name: str) -> UUID:
        return UUID(int=7)


def observe_doors(bench: Bench, caller: str) -> dict[str, str]:
    """Return ``–``, ``yes`` or ``proof`` for every endpoint as ``caller``, by its name.

    ``proof``: only with a fresh passkey or password. Raises Unexpected where a fresh proof is not
    enough, or an endpoint fails.
    """
    return {one.name: _cell(bench, one, caller) for one in endpoints(bench.app)}


def _cell(bench: Bench, endpoint: Endpoint, caller: str) -> str:
    got = _knock(bench, endpoint, (caller, False))
    if got == PROOF and _knock(bench, endpoint, (caller, True)) != YES:
        raise Unexpected(f"{endpoint.name} refuses {caller} in spite of a fresh proof")
    return got


def _knock(bench: Bench, endpoint: Endpoint, key: tuple[str, bool]) -> str:
    path = address(endpoint, Nowhere())
    bench.changes.take()
    reply = send(bench.browsers[key], endpoint.method, path, bench.tokens[key])
    code = code_of(reply)
    reply.close()
    if bench.changes.take():
        bench.put_back(key)
    if reply.status_code >= 500:
        raise Unexpected(f"{endpoint.name} answered {reply.status_code} {code}")
    if endpoint.method == "HEAD":
        return REFUSED if reply.status_code in {401, 403} else YES
    return AT_THE_DOOR.get(code, YES)
