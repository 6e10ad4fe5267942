/**
 * How a row is kept: what goes to disk for a row, and the row for what came from it. Both may take
 * time, as a cipher in the browser does, so they run before a writing transaction opens and after a
 * reading one has closed. Keys and indexed members must stay readable in what is kept.
 */
import type { Store } from "./db.ts";

export interface Codec {
  encode(store: Store, row: object): Promise<object>;
  decode(store: Store, kept: object): Promise<object>;
}

/** The codec that keeps rows as they are. */
export const PLAIN: Codec = {
  encode: async (_store, row) => row,
  decode: async (_store, kept) => kept,
};
