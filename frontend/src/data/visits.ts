/**
 * Events and visits on the phone. An event and the projection it changes are one strict
 * transaction; hashes are computed inside it, so two tabs cannot break the device's chain.
 */
import { v7 } from "uuid";
import { type Head, nextEvent, START } from "../core/events.ts";
import { recusalOf } from "../core/recusal.ts";
import { fold } from "../core/reducer.ts";
import { progress } from "../core/rules.ts";
import { lastSendBack } from "../core/send-back.ts";
import type { Change, FoldEvent, Package, VisitState } from "../core/types.ts";
import type { AccountDb, EventRow, Receipt, VisitRow, Writing } from "./db.ts";

/** Who writes: the device and the officer's id in the packages. */
export interface Author {
  device: string;
  officer: string;
  /** ms since the last contact with the server, on a clock that does not jump */
  mono: () => number;
}

/** The visit is handed in, released or unknown: nothing may be written to it now. */
export class VisitClosed extends Error {
  override name = "VisitClosed";
}

/** Appends changes to a visit as own events and folds it anew, all in `tx`. */
export async function appendIn(
  tx: Writing,
  author: Author,
  visit: string,
  changes: Change[],
): Promise<VisitRow> {
  const row = await tx.objectStore("visits").get(visit);
  if (row === undefined || row.released || row.state.status === "handed_in")
    throw new VisitClosed(visit);
  const facts = tx.objectStore("facts");
  let head = ((await facts.get("head"))?.value as Head | undefined) ?? START;
  const at = localTime(new Date());
  for (const change of changes) {
    const stamp = { id: v7(), device: author.device, at, mono: Math.round(author.mono()) };
    const made = nextEvent(head, visit, change, stamp);
    head = made.head;
    await tx.objectStore("events").put({
      id: made.event.id,
      visit,
      device: author.device,
      seq: made.event.seq,
      officer: author.officer,
      revision: null,
      own: true,
      hash: head.hash,
      event: made.event,
      receipt: null,
      unsent: 1,
    });
  }
  await facts.put({ name: "head", value: head });
  return refold(tx, row, at);
}

/** Appends changes and returns the visit as it now stands on disk. */
export async function append(
  db: AccountDb,
  author: Author,
  visit: string,
  changes: Change[],
): Promise<VisitRow> {
  return db.strictly(["events", "visits", "facts"], (tx) => appendIn(tx, author, visit, changes));
}

/** Folds a visit from its events and writes the projection. */
export async function refold(tx: Writing, row: VisitRow, savedAt = row.savedAt): Promise<VisitRow> {
  const events = await tx.objectStore("events").index("visit").getAll(row.visit);
  const taken = folding(events);
  const state = fold(row.package, taken);
  const folded = {
    ...row,
    state,
    savedAt,
    progress: progress(row.package, state),
    sentBack: lastSendBack(taken),
    recusal: recusalOf(taken),
  };
  await tx.objectStore("visits").put(folded);
  return folded;
}

/** The state of a visit from its rows; quarantined events are kept but not folded. */
export function stateOf(pkg: Package, rows: EventRow[]): VisitState {
  return fold(pkg, folding(rows));
}

function folding(rows: EventRow[]): FoldEvent[] {
  return rows.filter((row) => row.receipt?.state !== "quarantined").map(asFoldEvent);
}

function asFoldEvent(row: EventRow): FoldEvent {
  const { id, device, seq, officer, revision } = row;
  const { kind, at, body } = row.event;
  return { id, device, seq, officer, revision, kind, at, body } as FoldEvent;
}

/** All visits, as last written. */
export function visits(db: AccountDb): Promise<VisitRow[]> {
  return db.read((connection) => connection.getAll("visits"));
}

export function visit(db: AccountDb, id: string): Promise<VisitRow | undefined> {
  return db.read((connection) => connection.get("visits", id));
}

/** Own events that the server took but did not apply, each with its receipt. */
export function quarantined(db: AccountDb): Promise<EventRow[]> {
  return db.read((connection) => connection.getAllFromIndex("events", "held"));
}

/** The row of an own event with what the server said of it; null puts it back into the queue. */
export function withReceipt(row: EventRow, receipt: Receipt | null): EventRow {
  const { unsent: _unsent, held: _held, ...kept } = row;
  if (receipt === null) return { ...kept, revision: null, receipt, unsent: 1 };
  const revision = receipt.revision ?? row.revision;
  const said = { ...kept, receipt, revision };
  return receipt.state === "quarantined" ? { ...said, held: 1 } : said;
}

/** How many own events have no receipt yet. */
export function unsentCount(db: AccountDb): Promise<number> {
  return db.read((connection) => connection.countFromIndex("events", "unsent"));
}

/** RFC 3339 in the phone's own zone, to the millisecond. */
export function localTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const two = (n: number): string => String(n).padStart(2, "0");
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1) + zone;
}
