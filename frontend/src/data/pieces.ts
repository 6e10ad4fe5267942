/**
 * The bytes of files on the phone: stored in pieces, each with its hash, re-read and re-hashed
 * before anything says saved. Runs in a worker and in the page alike.
 */
import { Sha256, sha256 } from "../core/sha256.ts";
import type { Change } from "./change.ts";
import type { AccountDb } from "./db.ts";
import type { EvidenceRow, Piece } from "./evidence-row.ts";

export const PIECE_BYTES = 1024 * 1024;

export interface Stored {
  size: number;
  sha256: string;
  pieces: Piece[];
}

/** What was read back from disk is not what was written, or a piece is gone. */
export class DamagedPiece extends Error {
  override name = "DamagedPiece";
}

/**
 * Writes a file piece by piece and reads it back; resolves when the bytes on disk have the hash
 * of the bytes that came in, else leaves nothing and throws. Memory: one piece.
 */
export async function storeBytes(db: AccountDb, evidence: string, file: Blob): Promise<Stored> {
  try {
    return await writePieces(db, evidence, file);
  } catch (error) {
    const most = Math.ceil(file.size / PIECE_BYTES);
    await db.change(async (change) => removePieces(change, evidence, most));
    throw error;
  }
}

async function writePieces(db: AccountDb, evidence: string, file: Blob): Promise<Stored> {
  const whole = new Sha256();
  const pieces: Piece[] = [];
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const buffer = await file.slice(at, at + PIECE_BYTES).arrayBuffer();
    const bytes = new Uint8Array(buffer);
    whole.update(bytes);
    const piece = { evidence, n: pieces.length, bytes: buffer };
    await db.change(async (change) => change.put("pieces", piece));
    pieces.push({ size: bytes.length, sha256: sha256(bytes) });
  }
  const stored = { size: file.size, sha256: whole.hex(), pieces };
  await verify(db, evidence, stored);
  return stored;
}

/** Removes the pieces of a file as part of a change; `count` is how many it may have. */
export function removePieces(change: Change, evidence: string, count: number): void {
  for (let n = 0; n <= count; n += 1) change.remove("pieces", [evidence, n]);
}

/** Reads every piece back; throws `DamagedPiece` unless all is as it was. */
export async function verify(db: AccountDb, evidence: string, stored: Stored): Promise<void> {
  const again = new Sha256();
  for (const [n, piece] of stored.pieces.entries())
    again.update(await readPiece(db, evidence, n, piece));
  if (again.hex() !== stored.sha256) throw new DamagedPiece(evidence);
}

async function readPiece(
  db: AccountDb,
  evidence: string,
  n: number,
  piece: Piece,
): Promise<Uint8Array<ArrayBuffer>> {
  const row = await db.get("pieces", [evidence, n]);
  const bytes = new Uint8Array(row?.bytes ?? new ArrayBuffer(0));
  if (bytes.length !== piece.size || sha256(bytes) !== piece.sha256)
    throw new DamagedPiece(`${evidence} piece ${n}`);
  return bytes;
}

/**
 * Gives the bytes [start, end) of a stored file, every piece they come from checked against its
 * hash. Throws `DamagedPiece`.
 */
export async function readRange(
  db: AccountDb,
  row: Pick<EvidenceRow, "id" | "pieces">,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const out: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [n, piece] of row.pieces.entries()) {
    const [from, to] = [Math.max(start, at), Math.min(end, at + piece.size)];
    if (from < to) {
      const bytes = await readPiece(db, row.id, n, piece);
      out.push(bytes.subarray(from - at, to - at));
    }
    at += piece.size;
  }
  return concat(out);
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Gives the whole file, to look at; throws `DamagedPiece`. */
export async function wholeFile(db: AccountDb, row: EvidenceRow): Promise<Blob> {
  return new Blob([await readRange(db, row, 0, row.size)], { type: row.mime });
}

/**
 * Removes pieces that no evidence names: the page died between its bytes and its event, so
 * nothing ever called them saved. `busy` are ids being written now.
 */
export async function dropOrphans(
  db: AccountDb,
  busy: (evidence: string) => boolean,
): Promise<number> {
  return db.change(async (change) => {
    const known = new Set(await db.keys("evidence"));
    const keys = await db.keys("pieces");
    const orphans = keys.filter(([evidence]) => !known.has(evidence) && !busy(evidence));
    for (const key of orphans) change.remove("pieces", key);
    return orphans.length;
  });
}
