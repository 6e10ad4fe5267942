"""draw-v1 §5 read literally and slowly, sharing no search with drawkit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from backend.drawkit import Officer, Seat
from backend.drawkit.commitment import derive


def block(key: bytes, number: int) -> bytes:
    """Block ``number`` by plain AES on the counter, without counter mode."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return cipher.update(number.to_bytes(16, "big"))


def assign(  # noqa: C901 - reads like the specification
    seed: bytes, seats: list[Seat], officers: list[Officer], barred: Callable[[int, int], bool]
) -> list[int]:
    """Who sits where (-1: vacant)."""
    key, order_key = derive(seed, "officers"), derive(seed, "officers/order")
    who, load = [-1] * len(seats), [officer.offset for officer in officers]

    def candidates(s: int) -> list[int]:
        wanted = seats[s]
        rows = [
            o
            for o, officer in enumerate(officers)
            if officer.department == wanted.department
            and (wanted.speciality == "" or wanted.speciality in officer.specialities)
            and not barred(wanted.task, o)
        ]
        return sorted(rows, key=lambda o: block(key, s * len(officers) + o))

    def search(  # noqa: C901 - reads like the specification
        s: int,
    ) -> tuple[int, dict[int, int], dict[int, tuple[int, int]]] | None:
        department = [o for o, one in enumerate(officers) if one.department == seats[s].department]
        least = min((load[o] for o in department), default=0)
        queue, queued = deque([s]), {s}
        reached: dict[int, int] = {}
        via: dict[int, tuple[int, int]] = {}
        best: int | None = None
        while queue:
            x = queue.popleft()
            team = {who[y]: y for y, seat in enumerate(seats) if seat.task == seats[x].task}
            for o in candidates(x):
                if o in team:
                    if team[o] not in queued:
                        queued.add(team[o])
                        via[team[o]] = (x, o)
                        queue.append(team[o])
                elif o not in reached:
                    reached[o] = x
                    if load[o] - officers[o].offset < officers[o].cap and (
                        best is None or load[o] < load[best]
                    ):
                        best = o
                        if load[o] <= least:
                            return best, reached, via
                    for y in sorted(y for y, holder in enumerate(who) if holder == o):
                        if y not in queued:
                            queued.add(y)
                            via[y] = (x, o)
                            queue.append(y)
        return None if best is None else (best, reached, via)

    for s in sorted(range(len(seats)), key=lambda s: block(order_key, s)):
        found = search(s)
        if found is None:
            continue
        best, reached, via = found
        moving, seat = best, reached[best]
        load[best] += 1
        while seat != s:
            previous, holder = via[seat]
            who[seat] = moving
            moving, seat = holder, previous
        who[s] = moving
    return who
