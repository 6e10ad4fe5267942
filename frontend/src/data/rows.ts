/** The rows of an account's database: what the phone keeps, kind by kind. Types only. */

import type { SentReceipt } from "../api/shapes.ts";
import type { Contact } from "../core/clock.ts";
import type { Head } from "../core/events.ts";
import type { Recusal } from "../core/recusal.ts";
import type { SendBack } from "../core/send-back.ts";
import type { Package, Progress, SentEvent, VisitState } from "../core/types.ts";

/** The server's word about an event, kept as it was said. */
export type Receipt = Pick<SentReceipt, "event" | "state" | "reason" | "revision">;

/** An event on this phone: own ones with their hash and receipt, others' with their revision. */
export interface EventRow {
  id: string;
  visit: string;
  device: string;
  seq: number;
  officer: string;
  revision: number | null;
  own: boolean;
  hash: string | null;
  event: Pick<SentEvent, "kind" | "at" | "body"> & Partial<SentEvent>;
  receipt: Receipt | null;
  /** 1 while the server has not receipted it; absent after, so that the index stays small. */
  unsent?: 1;
  /** 1 while the server keeps it apart (quarantined); absent else */
  held?: 1;
}

/** A visit with its pinned package and the fold of its events, written together with them. */
export interface VisitRow {
  visit: string;
  package: Package;
  revision: number;
  state: VisitState;
  progress: Progress;
  released: boolean;
  savedAt: string | null;
  /** why the record came back last; absent in rows of before it could */
  sentBack?: SendBack | null;
  /** this officer's request for recusal; absent in rows of before it could be made */
  recusal?: Recusal | null;
  /** how this officer left the visit, when somebody was drawn in their place */
  left?: { reason: string; at: string } | null;
  proof: "proved" | "wrong" | "unchecked";
}

/** The receipts of one call with the server's signature over them. */
export interface ReceiptRow {
  at: string;
  receipts: Receipt[];
  signature: string;
}

/** One piece of a stored file. */
export interface PieceRow {
  evidence: string;
  n: number;
  bytes: ArrayBuffer;
}

/** How the outbox stands, as the last tab that ran it wrote it. */
export interface SyncRow {
  phase: "idle" | "running" | "waiting";
  trouble: null | { kind: "offline" } | { kind: "signed-out" } | { kind: "refused"; code: string };
  nextAttempt: number | null;
  /** when the last round went well, by the server's clock */
  lastOk: number | null;
  failures: number;
  /** absent in rows of before it was kept */
  contact?: Contact | null;
}

/** Single facts of an account on this phone, by name. */
export interface Facts {
  device: string;
  head: Head;
  epoch: string;
  keys: CryptoKeyPair;
  enrolled: boolean;
  sync: SyncRow;
  originals: boolean;
  /** bytes of the largest file the server takes */
  largestEvidence: number;
}
