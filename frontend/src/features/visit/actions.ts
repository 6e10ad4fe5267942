/** What an officer does to a visit. Each resolves when it is on disk, and then says so. */
import type { Session } from "../../app/session.ts";
import type { Change } from "../../core/types.ts";
import type { VisitRow } from "../../data/rows.ts";
import { append } from "../../data/visits.ts";

/** Writes changes, then wakes the outbox and every screen that shows the visit. */
export async function write(
  { db, author, outbox }: Session,
  visit: string,
  changes: Change[],
): Promise<VisitRow> {
  const row = await append(db, author, visit, changes);
  outbox.changed(visit);
  outbox.wake();
  return row;
}
