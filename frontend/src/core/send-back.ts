/** Why a record came back: read from the newest reopening of the visit. Pure. */
import type { FoldEvent, SendBackReason } from "./types.ts";

export interface SendBack {
  reason: string;
  reasons: SendBackReason[];
}

/**
 * Gives what the supervisor wrote when sending the record back last; null when that never happened.
 */
export function lastSendBack(events: FoldEvent[]): SendBack | null {
  let newest: (FoldEvent & { kind: "visit.reopened" }) | null = null;
  for (const event of events) {
    if (event.kind !== "visit.reopened") continue;
    if (newest === null || (event.revision ?? 0) >= (newest.revision ?? 0)) newest = event;
  }
  if (newest === null) return null;
  return { reason: newest.body.reason ?? "", reasons: newest.body.reasons ?? [] };
}
