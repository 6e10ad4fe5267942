/**
 * Room on a full phone: bytes that the server has verified may go, oldest first, and nothing else
 * ever. Their rows, events and receipts stay.
 */
import type { AccountDb } from "./db.ts";
import { allEvidence, evidenceRow, putEvidence } from "./evidence.ts";
import { removePieces } from "./pieces.ts";

/** Below this the phone begins to make room. */
export const LOW_BYTES = 500_000_000;
const GIB = 2 ** 30;

/**
 * Gives the free bytes a browser reports, or null when it tells none. Chromium reports the same
 * whole GiB above what is used whatever the disk holds, so as not to tell pages apart; that is no
 * figure.
 */
export function freeBytes({ quota, usage }: StorageEstimate): number | null {
  if (quota === undefined || usage === undefined) return null;
  const free = quota - usage;
  return free > 0 && free % GIB === 0 ? null : Math.max(0, free);
}

/** Drops verified bytes until enough is free; returns the ids of the files that went. */
export async function makeRoom(
  db: AccountDb,
  free: () => Promise<number | null>,
): Promise<string[]> {
  const room = await free();
  return room === null || room >= LOW_BYTES ? [] : dropVerified(db, LOW_BYTES - room);
}

/**
 * Writes; when the browser refuses for want of room, for it alone knows how full it is, verified
 * bytes go and the write is tried once more. Throws what the write threw when it failed for any
 * other reason, which no room would cure, or when nothing could go.
 */
export async function withRoom<T>(db: AccountDb, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isFull(error) || (await dropVerified(db, LOW_BYTES)).length === 0) throw error;
    return write();
  }
}

/**
 * Tells whether an error says that the disk is full, by its name: some browsers throw a class of
 * their own, others a DOMException. An error's causes count too.
 */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error || error instanceof DOMException)) return false;
  return error.name === "QuotaExceededError" || isFull(error.cause);
}

/**
 * Gives up verified bytes, oldest first, until that many are free; resolves to the ids of the files
 * that lost them.
 */
async function dropVerified(db: AccountDb, atLeast: number): Promise<string[]> {
  const files = (await allEvidence(db))
    .filter((row) => row.upload.kind === "verified" && row.pieces.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone: string[] = [];
  let missing = atLeast;
  for (const { id, size } of files) {
    if (missing <= 0) break;
    if (!(await drop(db, id))) continue;
    gone.push(id);
    missing -= size;
  }
  return gone;
}

/**
 * Deletes the bytes of a verified file, which a browser allows when it is full, and only then says
 * so in the row.
 *
 * The row is read again, so what changed in between stays. False when nothing was deleted, because
 * a file that was verified a moment ago is to be sent anew, or is gone.
 */
async function drop(db: AccountDb, id: string): Promise<boolean> {
  const deleted = await db.change(async (change) => {
    const row = await evidenceRow(change, id);
    if (row?.upload.kind !== "verified" || row.pieces.length === 0) return false;
    removePieces(change, id, row.pieces.length);
    return true;
  });
  if (!deleted) return false;
  await db.change(async (change) => {
    const row = await evidenceRow(change, id);
    if (row?.upload.kind === "verified") putEvidence(change, { ...row, pieces: [] });
  });
  return true;
}
