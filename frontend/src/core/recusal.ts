/** How a request for recusal stands, from the events this phone has of the visit. Pure. */
import type { GROUNDS } from "./code-lists.ts";
import type { Bodies, FoldEvent } from "./types.ts";

export type Ground = (typeof GROUNDS.chosen)[number];
export type Recusal =
  | { kind: "asked"; ground: string; at: string }
  | { kind: "declined"; reason: string; at: string };

/**
 * Gives the newest request, or the office's word that its officer stays; null for neither. A phone
 * never gets the requests of others, so every request it holds was made on it.
 */
export function recusalOf(events: FoldEvent[]): Recusal | null {
  let found: Recusal | null = null;
  for (const event of [...events].sort(byRevision)) {
    const { at } = event;
    if (event.kind === "recusal.requested")
      found = { kind: "asked", ground: event.body.ground, at };
    else if (event.kind === "recusal.declined" && found !== null)
      found = { kind: "declined", reason: event.body.reason, at };
  }
  return found;
}

/**
 * Orders events by revision; those the server has not numbered yet come last, in the order of their
 * phone.
 */
function byRevision(a: FoldEvent, b: FoldEvent): number {
  const order = (event: FoldEvent): number => event.revision ?? Number.MAX_SAFE_INTEGER;
  return order(a) - order(b) || a.seq - b.seq;
}

/** Gives the body of a request; words are optional and go no further than the office. */
export function recusal(ground: Ground, words: string): Bodies["recusal.requested"] {
  return { ground, words: words.trim() === "" ? null : words.trim().slice(0, 1000) };
}
