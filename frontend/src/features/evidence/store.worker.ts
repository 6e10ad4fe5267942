/** Stores and hashes a file away from the screen; the work itself is in data/pieces.ts. */
import { AccountDb } from "../../data/db.ts";
import { withRoom } from "../../data/free-space.ts";
import { type Stored, storeBytes } from "../../data/pieces.ts";

export interface StoreRequest {
  account: string;
  evidence: string;
  file: Blob;
}

export type StoreReply = { kind: "stored"; stored: Stored } | { kind: "failed"; name: string };

self.onmessage = async ({ data }: MessageEvent<StoreRequest>): Promise<void> => {
  const db = new AccountDb(data.account);
  let reply: StoreReply;
  try {
    const stored = await withRoom(db, () => storeBytes(db, data.evidence, data.file));
    reply = { kind: "stored", stored };
  } catch (error) {
    reply = { kind: "failed", name: error instanceof Error ? error.name : "Error" };
  } finally {
    await db.close();
  }
  self.postMessage(reply);
};
