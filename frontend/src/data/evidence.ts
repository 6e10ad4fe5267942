/** Files of evidence: what is known of each, and how far it has come. Their bytes are `pieces`. */
import type { Change as Made } from "../core/types.ts";
import type { Change } from "./change.ts";
import type { AccountDb, Rows } from "./db.ts";
import type { EvidenceRow, Upload } from "./evidence-row.ts";
import { type Author, appendIn } from "./visits.ts";

export function evidenceRow(rows: Rows, id: string): Promise<EvidenceRow | undefined> {
  return rows.get("evidence", id);
}

export function evidenceOf(rows: Rows, visit: string): Promise<EvidenceRow[]> {
  return rows.where("evidence", "visit", visit);
}

export function allEvidence(rows: Rows): Promise<EvidenceRow[]> {
  return rows.all("evidence");
}

export function putEvidence(change: Change, row: EvidenceRow): void {
  change.put("evidence", row);
}

/** Writes a file's row and the event that announces it, both or none. */
export async function addFile(
  db: AccountDb,
  author: Author,
  row: EvidenceRow,
  announced: Made,
): Promise<void> {
  await db.change(async (change) => {
    putEvidence(change, row);
    await appendIn(change, author, row.visit, [announced]);
  });
}

/** Moves an upload to its next state; `url` is where the server keeps it. */
export function setUpload(db: AccountDb, id: string, upload: Upload, url?: string): Promise<void> {
  return alter(db, id, (row) => ({ ...row, upload, url: url ?? row.url }));
}

/** Lets the upload of a file start again; `resent` when no person asked for it. */
export function startAnew(db: AccountDb, id: string, resent = false): Promise<void> {
  return alter(db, id, (row) => ({ ...row, upload: { kind: "on-phone" }, url: null, resent }));
}

function alter(
  db: AccountDb,
  id: string,
  altered: (row: EvidenceRow) => EvidenceRow,
): Promise<void> {
  return db.change(async (change) => {
    const row = await evidenceRow(change, id);
    if (row !== undefined) putEvidence(change, altered(row));
  });
}
