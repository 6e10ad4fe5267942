/**
 * Room on a full phone: bytes that the server has verified may go, oldest first, and nothing else
 * ever. Their rows, events and receipts stay.
 */
import type { AccountDb } from "./db.ts";
import { allEvidence } from "./evidence.ts";

/** Below this the phone begins to make room. */
export const LOW_BYTES = 500_000_000;

/** Drops verified bytes until enough is free; returns the ids of the files that went. */
export async function makeRoom(
  db: AccountDb,
  free: () => Promise<number | null>,
): Promise<string[]> {
  const room = await free();
  if (room === null || room >= LOW_BYTES) return [];
  const files = (await allEvidence(db))
    .filter((row) => row.upload.kind === "verified" && row.pieces.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone: string[] = [];
  let missing = LOW_BYTES - room;
  for (const { id, size } of files) {
    if (missing <= 0) break;
    await drop(db, id);
    gone.push(id);
    missing -= size;
  }
  return gone;
}

async function drop(db: AccountDb, id: string): Promise<void> {
  await db.strictly(["evidence", "pieces"], async (tx) => {
    const row = await tx.objectStore("evidence").get(id);
    if (row?.upload.kind !== "verified") return;
    await tx.objectStore("pieces").delete(IDBKeyRange.bound([id, 0], [id, row.pieces.length]));
    await tx.objectStore("evidence").put({ ...row, pieces: [] });
  });
}
