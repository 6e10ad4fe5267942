/**
 * What time it is, on a phone whose own clock may be wrong by years. Pure: what the phone shows and
 * what the server said come in.
 */

/** Clocks that differ by no more than this count as equal. */
export const TOLERANCE_MS = 120_000;

/** What the last contact told: how far this clock was ahead then, and what time the server had. */
export interface Contact {
  aheadMs: number;
  serverMs: number;
}

export type ClockError =
  | { kind: "ahead" | "behind"; ms: number }
  /** the clock was set back after the last contact, by at least so much */
  | { kind: "set-back"; ms: number };

/**
 * Gives the present moment as well as the phone can know it: its clock, put right by the last
 * contact.
 */
export function presentMoment(clockMs: number, contact: Contact | null): number {
  if (contact === null) return clockMs;
  return Math.max(clockMs - contact.aheadMs, contact.serverMs);
}

/** Gives a moment of this phone's clock, put right by the last contact. */
export function putRight(claimedMs: number, contact: Contact | null): number {
  return claimedMs - errorOf(contact);
}

function errorOf(contact: Contact | null): number {
  if (contact === null || Math.abs(contact.aheadMs) <= TOLERANCE_MS) return 0;
  return contact.aheadMs;
}

/** Gives what is wrong with the phone's clock; null when nothing is, or nobody knows. */
export function clockError(clockMs: number, contact: Contact | null): ClockError | null {
  if (contact === null) return null;
  const missing = contact.serverMs - (clockMs - contact.aheadMs);
  if (missing > TOLERANCE_MS) return { kind: "set-back", ms: missing };
  const ahead = errorOf(contact);
  if (ahead === 0) return null;
  return { kind: ahead > 0 ? "ahead" : "behind", ms: Math.abs(ahead) };
}

/**
 * Gives the milliseconds of an RFC 3339 moment, NaN for a text that names none; a leap second
 * counts as the second before it.
 */
export function instant(at: string): number {
  return Date.parse(at.replace(/(T\d{2}:\d{2}):60/, "$1:59"));
}

const MINUTE_MS = 60_000;
/** From so many days on, hours say nothing more. */
const DAYS_WITHOUT_HOURS = 3;

/** Gives a length of time in whole days, hours and minutes: the two largest that say something. */
export function spanOf(ms: number): { days: number; hours: number; minutes: number } {
  const all = Math.max(1, Math.floor(Math.abs(ms) / MINUTE_MS));
  const days = Math.floor(all / 1440);
  const hours = Math.floor(all / 60) % 24;
  return {
    days,
    hours: days < DAYS_WITHOUT_HOURS ? hours : 0,
    minutes: days === 0 ? all % 60 : 0,
  };
}
