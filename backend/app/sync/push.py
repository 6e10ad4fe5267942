"""Taking the events of one call: chain, visits, quarantine, receipts, in one transaction.

Every well-formed event is kept: applied, or quarantined with the first reason that holds. The
same event again gets its first receipt. Locks are taken in one order: the device's head, then
visits by id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ..evidence import service as evidence
from ..platform.access import Actor
from ..visits import service as visits
from ..visits.service import Incoming
from . import heads, receipts
from .envelope import Call
from .models import QuarantinedEvent
from .rules import CHAIN_REASONS, Chain, head_is_signed


def _seq(incoming: Incoming) -> int:
    return incoming.seq


class Altered(Exception):
    """An event whose id is known with another hash; the caller keeps the incident."""

    def __init__(self, incoming: Incoming, known_hash: str) -> None:
        self.incoming = incoming
        self.known_hash = known_hash
        super().__init__(str(incoming.id))


class Push:
    """The events of one call on their way through one transaction."""

    def __init__(self, session: Session, actor: Actor, device: Any, now: datetime) -> None:
        self.session = session
        self.actor = actor
        self.account_id = actor.account_id
        self.device = device
        self.now = now
        self.refused: list[tuple[Incoming, str]] = []
        self.intakes: dict[UUID, visits.Intake] = {}
        self.receipts: dict[UUID, dict[str, Any]] = {}
        self.waited: dict[UUID, QuarantinedEvent] = {}
        self.held = 0

    def take(self, call: Call, *, look_up_all: bool) -> list[dict[str, Any]]:
        """Apply or quarantine the events of a call; their receipts in the order of the call.

        ``look_up_all`` looks up every id, not only those the chain has passed: for the second try
        after an id turned out to be taken. Raises Altered; IntegrityError when an id is taken
        that was not looked up.
        """
        seq, head_hash, self.held = heads.lock_head(self.session, call.device, self.now)
        chain = Chain(seq, head_hash)
        look_up_all = look_up_all or self.held > 0
        fresh = self._without_known(call.events, seq, look_up_all=look_up_all)
        if fresh:
            ahead_ms = visits.milliseconds_ahead(call.clock, self.now)
            fresh = [incoming._replace(clock_ahead_ms=ahead_ms) for incoming in fresh]
            head = max(call.events, key=_seq)  # not the last in the list: it may be an old one
            signed = head_is_signed(self.device.public_key, head, call.signature)
            self._judge(sorted(fresh, key=_seq), chain, signed=signed)
            self._write(chain)
        return [self.receipts[incoming.id] for incoming in call.events]

    def _without_known(
        self, events: list[Incoming], seq: int, *, look_up_all: bool
    ) -> list[Incoming]:
        """Events never seen; the others get their first receipt."""
        asked = [e.id for e in events if look_up_all or e.seq <= seq]
        if not asked:
            return events
        kept = heads.known_quarantined(self.session, asked)
        known = visits.known_events(self.session, asked)
        fresh = []
        for incoming in events:
            row = kept.get(incoming.id) or known.get(incoming.id)
            if row is None:
                fresh.append(incoming)
            elif row.hash != incoming.hash:
                raise Altered(incoming, row.hash)
            elif incoming.id in kept:
                self._receipt_kept(incoming, row.receipt_reason, row.received_at)
            else:
                self.receipts[incoming.id] = receipts.applied(
                    incoming.id, incoming.hash, row.revision, row.received_at
                )
        return fresh

    def _receipt_kept(self, incoming: Incoming, reason: str, at: datetime) -> None:
        self.receipts[incoming.id] = receipts.quarantined(incoming.id, incoming.hash, reason, at)

    def _judge(self, fresh: list[Incoming], chain: Chain, *, signed: bool) -> None:
        """Follow the chain, then offer what it reached to the visits, locked all at once."""
        linked: list[Incoming] = []
        for incoming in fresh:
            linked += self._reached(chain)
            reason = chain.follow(incoming) if signed else "bad_signature"
            if reason is None and self.device.revoked_at is not None:
                reason = "device_revoked"
            if reason is None:
                linked.append(incoming)
            else:
                self.held += reason in CHAIN_REASONS
                self._refuse(incoming, reason)
        linked += self._reached(chain)
        if linked:
            visit_ids = {incoming.visit for incoming in linked}
            self.intakes = visits.lock(self.session, visit_ids, self.account_id)
        for incoming in linked:
            self._offer(incoming)

    def _reached(self, chain: Chain) -> list[Incoming]:
        """Events that waited in quarantine only because the chain had not reached them."""
        reached: list[Incoming] = []
        if self.device.revoked_at is not None:
            return reached  # else what came before its link would slip past the revocation
        while self.held > 0:
            row = heads.next_held(self.session, self.device.id, chain.seq, chain.hash)
            if row is None:
                break
            incoming = heads.as_incoming(row)
            chain.follow(incoming)
            row.decision, row.decided_at = "linked", self.now
            self.waited[incoming.id] = row
            self.held -= 1
            reached.append(incoming)
            self.session.flush()
        return reached

    def _offer(self, incoming: Incoming) -> None:
        intake = self.intakes.get(incoming.visit)
        reason = "unknown_visit" if intake is None else intake.offer(incoming)
        waited = self.waited.get(incoming.id)
        if waited is not None:
            self._settle_waited(waited, intake, reason)
        elif reason is not None or intake is None:
            self._refuse(incoming, reason or "unknown_visit")
        else:
            self.receipts[incoming.id] = receipts.applied(
                incoming.id, incoming.hash, intake.next_revision, self.now
            )

    def _settle_waited(
        self, row: QuarantinedEvent, intake: visits.Intake | None, reason: str | None
    ) -> None:
        """A reached event is applied, or waits on for a person with the reason that holds now."""
        if reason is None and intake is not None:
            intake.adopted.add(row.id)
        else:
            row.decision, row.decided_at, row.reason = None, None, reason or "unknown_visit"
        self.session.flush()

    def _refuse(self, incoming: Incoming, reason: str) -> None:
        self.refused.append((incoming, reason))
        self._receipt_kept(incoming, reason, self.now)

    def _write(self, chain: Chain) -> None:
        intakes = list(self.intakes.values())
        visits.keep(self.session, intakes, self.account_id, self.now)
        heads.quarantine(self.session, self.refused, self.actor, self.now)
        heads.move_head(self.session, self.device.id, chain.seq, chain.hash, self.held, self.now)
        kept = [incoming for incoming, _ in self.refused]
        evidence.register_expected(self.session, self.account_id, intakes, kept)
        for intake in intakes:
            if intake.sealed_now and not intake.whole:
                evidence.complete_if_whole(self.session, intake.visit_id)
