"""draw-v1 §5 read literally and slowly, sharing no search with drawkit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from backend.drawkit import Officer, Seat
from backend.drawkit.commitment import derive


def block(key: bytes, number: int) -> bytes:
    """Block ``number`` by plain AES on the counter, without counter mode."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return cipher.update(number.to_bytes(16, "big"))


@dataclass
class Literal:
    """The state of an assignment: who sits where (-1: vacant), each officer's load."""

    seed: bytes
    seats: list[Seat]
    officers: list[Officer]
    barred: Callable[[int, int], bool]
    who: list[int]
    load: list[int]

    def candidates(self, s: int) -> list[int]:
        wanted, key = self.seats[s], derive(self.seed, "officers")
        rows = [
            o
            for o, officer in enumerate(self.officers)
            if officer.department == wanted.department
            and (wanted.speciality == "" or wanted.speciality in officer.specialities)
            and not self.barred(wanted.task, o)
        ]
        return sorted(rows, key=lambda o: block(key, s * len(self.officers) + o))

    def least(self, department: str) -> int:
        loads = [
            load
            for load, officer in zip(self.load, self.officers, strict=True)
            if officer.department == department
        ]
        return min(loads, default=0)

    def is_free(self, o: int) -> bool:
        return self.load[o] - self.officers[o].offset < self.officers[o].cap

    def search(  # noqa: C901 - reads like the specification
        self, s: int
    ) -> tuple[int, dict[int, int], dict[int, tuple[int, int]]] | None:
        """(best, seat each officer was reached from, (next seat, holder) of each queued seat)."""
        least = self.least(self.seats[s].department)
        queue, queued = deque([s]), {s}
        reached: dict[int, int] = {}
        via: dict[int, tuple[int, int]] = {}
        best: int | None = None

        def enqueue(y: int, x: int, o: int) -> None:
            if y not in queued:
                queued.add(y)
                via[y] = (x, o)
                queue.append(y)

        while queue:
            x = queue.popleft()
            task = self.seats[x].task
            team = {self.who[y]: y for y, seat in enumerate(self.seats) if seat.task == task}
            for o in self.candidates(x):
                if o in team:
                    enqueue(team[o], x, o)
                elif o not in reached:
                    reached[o] = x
                    if self.is_free(o) and (best is None or self.load[o] < self.load[best]):
                        best = o
                        if self.load[o] <= least:
                            return best, reached, via
                    for y in sorted(y for y, holder in enumerate(self.who) if holder == o):
                        enqueue(y, x, o)
        return None if best is None else (best, reached, via)

    def fill(self, s: int) -> None:
        found = self.search(s)
        if found is None:
            return
        best, reached, via = found
        moving, seat = best, reached[best]
        self.load[best] += 1
        while seat != s:
            previous, holder = via[seat]
            self.who[seat] = moving
            moving, seat = holder, previous
        self.who[s] = moving


def assign(
    seed: bytes, seats: list[Seat], officers: list[Officer], barred: Callable[[int, int], bool]
) -> list[int]:
    """Who sits where (-1: vacant)."""
    load = [officer.offset for officer in officers]
    state = Literal(seed, seats, officers, barred, [-1] * len(seats), load)
    order_key = derive(seed, "officers/order")
    for s in sorted(range(len(seats)), key=lambda s: block(order_key, s)):
        state.fill(s)
    return state.who
