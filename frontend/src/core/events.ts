/** Making and hashing events of sync/1 §1. Ids, times and hashes come from outside or are pure. */
import canonicalize from "canonicalize";
import { sha256 } from "./sha256.ts";
import type { Change, SentEvent } from "./types.ts";

export const FIRST_PREV = "0".repeat(64);
const DOMAIN = "evenhand/event/1\n";

/** Where a device's chain stands: the last event's seq and hash. */
export interface Head {
  seq: number;
  hash: string;
}

export const START: Head = { seq: 0, hash: FIRST_PREV };

/** What only the edge knows: who, when, and a fresh id. */
export interface Stamp {
  id: string;
  device: string;
  at: string;
  mono: number;
}

/** Gives the RFC 8785 text of a JSON value. */
export function jcs(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}

/** Gives the SHA-256 over the domain line and the JCS of the event as it is sent. */
export function eventHash(event: SentEvent): string {
  return sha256(DOMAIN + jcs(event));
}

/** Gives the next event of a chain, and the chain's new head. */
export function nextEvent(
  head: Head,
  visit: string,
  change: Change,
  stamp: Stamp,
): { event: SentEvent; head: Head } {
  const event: SentEvent = {
    v: 1,
    id: stamp.id,
    device: stamp.device,
    seq: head.seq + 1,
    prev: head.hash,
    visit,
    at: stamp.at,
    mono: stamp.mono,
    ...change,
  };
  return { event, head: { seq: event.seq, hash: eventHash(event) } };
}

/** Gives the text a device key signs for the last event of a call. */
export function headText(device: string, head: Head): string {
  return `evenhand/head/1\n${device}\n${head.seq}\n${head.hash}`;
}
