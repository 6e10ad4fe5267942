/**
 * Visits on the phone. An event and the projection it changes are written in one change, which no
 * other tab's overlaps, so two tabs cannot break the device's chain.
 */
import { v7 } from "uuid";
import { nextEvent, START } from "../core/events.ts";
import { recusalOf } from "../core/recusal.ts";
import { fold } from "../core/reducer.ts";
import { progress } from "../core/rules.ts";
import { lastSendBack } from "../core/send-back.ts";
import type { FoldEvent, Change as Made } from "../core/types.ts";
import type { Change } from "./change.ts";
import type { AccountDb, Rows } from "./db.ts";
import { eventsOf, putEvent } from "./events.ts";
import { fact, putFact } from "./facts.ts";
import type { EventRow, VisitRow } from "./rows.ts";

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

/** Appends events to a visit as own ones and folds it anew, all in one change. */
export async function appendIn(
  change: Change,
  author: Author,
  visitId: string,
  made: Made[],
): Promise<VisitRow> {
  const row = await visit(change, visitId);
  if (row === undefined || row.released || row.state.status === "handed_in")
    throw new VisitClosed(visitId);
  let head = (await fact(change, "head")) ?? START;
  const at = localTime(new Date());
  for (const one of made) {
    const stamp = { id: v7(), device: author.device, at, mono: Math.round(author.mono()) };
    const next = nextEvent(head, visitId, one, stamp);
    head = next.head;
    putEvent(change, {
      id: next.event.id,
      visit: visitId,
      device: author.device,
      seq: next.event.seq,
      officer: author.officer,
      revision: null,
      own: true,
      hash: head.hash,
      event: next.event,
      receipt: null,
      unsent: 1,
    });
  }
  putFact(change, "head", head);
  return refold(change, row, at);
}

/** Appends events and returns the visit as it now stands on disk. */
export async function append(
  db: AccountDb,
  author: Author,
  visitId: string,
  made: Made[],
): Promise<VisitRow> {
  return db.change((change) => appendIn(change, author, visitId, made));
}

/** Folds a visit from its events and writes the projection. */
export async function refold(
  change: Change,
  row: VisitRow,
  savedAt = row.savedAt,
): Promise<VisitRow> {
  const taken = folding(await eventsOf(change, row.visit));
  const state = fold(row.package, taken);
  const folded = {
    ...row,
    state,
    savedAt,
    progress: progress(row.package, state),
    sentBack: lastSendBack(taken),
    recusal: recusalOf(taken),
  };
  putVisit(change, folded);
  return folded;
}

function folding(rows: EventRow[]): FoldEvent[] {
  return rows.filter((row) => row.receipt?.state !== "quarantined").map(asFoldEvent);
}

function asFoldEvent(row: EventRow): FoldEvent {
  const { id, device, seq, officer, revision } = row;
  const { kind, at, body } = row.event;
  return { id, device, seq, officer, revision, kind, at, body } as FoldEvent;
}

/** Gives all visits, as last written. */
export function visits(rows: Rows): Promise<VisitRow[]> {
  return rows.all("visits");
}

export function visit(rows: Rows, id: string): Promise<VisitRow | undefined> {
  return rows.get("visits", id);
}

export function putVisit(change: Change, row: VisitRow): void {
  change.put("visits", row);
}

/** Writes whether the draw of a visit was proved. */
export function setProof(db: AccountDb, id: string, proof: VisitRow["proof"]): Promise<void> {
  return db.change(async (change) => {
    const row = await visit(change, id);
    if (row !== undefined) putVisit(change, { ...row, proof });
  });
}

/** Gives a date as RFC 3339 in the phone's own zone, to the millisecond. */
export function localTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const two = (n: number): string => String(n).padStart(2, "0");
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1) + zone;
}
