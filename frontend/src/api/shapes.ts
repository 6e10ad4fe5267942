/** What travels in calls, as sync/1 §2 and evidence/1 §2 say it. */
import type { Package, SentEvent } from "../core/types.ts";
import type { Receipt } from "../data/rows.ts";

export interface SyncRequest {
  device: string;
  epoch: string;
  events: SentEvent[];
  signature: string | null;
  /** what time this phone's clock shows, so that the server knows how wrong it is */
  clock: string;
  have: Record<string, number>;
}

/** Another officer's event as it was sent, with its author and its revision. */
export type PulledEvent = SentEvent & { officer: string; revision: number };

export interface PulledVisit {
  visit: string;
  revision: number;
  package?: Package | null;
  events: PulledEvent[];
}

export interface SyncReply {
  epoch: string;
  server_time: string;
  /** bytes of the largest file the server takes; absent from older servers */
  largest_evidence?: number;
  receipts: Receipt[];
  receipt_signature: string;
  visits: PulledVisit[];
  released: string[];
  /** why this officer left a released visit, where a replacement is the reason */
  replaced?: Record<string, { reason: string; at: string }>;
}

export interface EvidenceStatus {
  evidence: string;
  state: "pending" | "receiving" | "verified" | "damaged" | "refused";
  problem?: string | null;
  received: number;
  size: number;
}

export interface DeviceView {
  id: string;
  name: string;
  created_at: string;
  last_seen_at: string | null;
  revoked_at: string | null;
}

export interface PasskeyView {
  id: string;
  name: string;
  created_at: string;
}
