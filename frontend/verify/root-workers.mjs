/** The Merkle root of a large roster, hashed by workers while the page does the rest. */
import { startsOf } from "./encoding.mjs";
import { root } from "./merkle.mjs";

const RANGE = 1 << 16;
const SMALL = RANGE / 4;

/** Makes workers ready to hash, or none where the browser has no module workers. */
export function startWorkers() {
  const count = Math.min(4, Math.max(1, navigator.hardwareConcurrency ?? 1));
  try {
    const url = new URL("./root-worker.mjs", import.meta.url);
    return Array.from({ length: count }, () => new Worker(url, { type: "module" }));
  } catch {
    return [];
  }
}

/**
 * Gives the root (32 bytes) of a table's bytes. A small table, or one without workers, is hashed
 * here, pausing.
 */
export async function rootOf(workers, data, pause) {
  const starts = startsOf(data);
  const rows = starts.length - 1;
  if (!workers.length || rows < SMALL) return root(data, starts, { pause });
  const hashRange = () => shareOut(workers, data, starts, rows);
  try {
    return await root(data, starts, { hashRange });
  } catch {
    return root(data, starts, { pause });
  }
}

/**
 * Deals all ranges out at once, since this thread is busy reading the tables meanwhile and could
 * not hand out more; gives the roots in their order.
 */
function shareOut(workers, data, starts, rows) {
  const ranges = Math.ceil(rows / RANGE);
  const roots = new Array(ranges);
  let done = 0;
  return new Promise((resolve, reject) => {
    for (const worker of workers) {
      worker.onerror = reject;
      worker.onmessage = ({ data: { number, words } }) => {
        roots[number] = words;
        done++;
        if (done === ranges) resolve(roots);
      };
    }
    for (let number = 0; number < ranges; number++) {
      const first = number * RANGE;
      const last = Math.min(rows, first + RANGE);
      const part = data.slice(starts[first], starts[last]);
      const offsets = starts.slice(first, last + 1).map((at) => at - starts[first]);
      const message = { number, data: part, starts: offsets };
      workers[number % workers.length].postMessage(message, [part.buffer, offsets.buffer]);
    }
  });
}
