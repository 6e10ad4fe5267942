/** How much of the queue goes into one call: by count and by bytes. */

export const MAX_EVENTS = 500;
/** Below the server's 256 KB, with room for the rest of the call. */
export const MAX_BYTES = 200 * 1024;

/**
 * Gives the longest run of items from the start that fits; at least one, so that a queue never
 * stands still before an item that is too large by itself.
 */
export function batch<T>(items: T[], bytesOf: (item: T) => number, limit: number): T[] {
  let total = 0;
  const end = items.findIndex((item, index) => {
    total += bytesOf(item);
    return index > 0 && (index >= limit || total > MAX_BYTES);
  });
  return end < 0 ? items : items.slice(0, end);
}
