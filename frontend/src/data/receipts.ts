/** The server's receipts as it signed them: with one an officer can prove what was handed in. */
import type { Change } from "./change.ts";
import type { ReceiptRow } from "./rows.ts";

/** Keeps the receipts of one call as part of a change. */
export function keepReceipts(change: Change, row: ReceiptRow): void {
  change.addReceipts(row);
}
