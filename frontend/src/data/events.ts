/** Events on the phone: own ones with what the server said of them, and those of others. */
import type { Change } from "./change.ts";
import type { AccountDb, Rows } from "./db.ts";
import type { EventRow, Receipt } from "./rows.ts";

export function event(rows: Rows, id: string): Promise<EventRow | undefined> {
  return rows.get("events", id);
}

export function eventsOf(rows: Rows, visit: string): Promise<EventRow[]> {
  return rows.where("events", "visit", visit);
}

export function allEvents(rows: Rows): Promise<EventRow[]> {
  return rows.all("events");
}

/** Gives own events without a receipt, in the order of the chain; `limit` at most so many. */
export function unsent(rows: Rows, limit?: number): Promise<EventRow[]> {
  return rows.where("events", "unsent", undefined, limit);
}

/** Gives how many own events have no receipt yet. */
export function unsentCount(db: AccountDb): Promise<number> {
  return db.countEvents("unsent");
}

/** Gives own events that the server took but did not apply, each with its receipt. */
export function quarantined(rows: Rows): Promise<EventRow[]> {
  return rows.where("events", "held");
}

export function putEvent(change: Change, row: EventRow): void {
  change.put("events", row);
}

/** Writes what the server said of an own event. */
export function setReceipt(db: AccountDb, row: EventRow, receipt: Receipt): Promise<void> {
  return db.change(async (change) => putEvent(change, withReceipt(row, receipt)));
}

/**
 * Gives the row of an own event with the server's word about it; null puts it back into the queue.
 */
export function withReceipt(row: EventRow, receipt: Receipt | null): EventRow {
  const { unsent: _unsent, held: _held, ...kept } = row;
  if (receipt === null) return { ...kept, revision: null, receipt, unsent: 1 };
  const revision = receipt.revision ?? row.revision;
  const said = { ...kept, receipt, revision };
  return receipt.state === "quarantined" ? { ...said, held: 1 } : said;
}
