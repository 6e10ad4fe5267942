/** When to try again: exponential with full jitter, 2 s to 5 min. Randomness comes in. */

const BASE_MS = 2_000;
const CAP_MS = 300_000;

/**
 * Milliseconds until the next attempt.
 * @param failures how many attempts failed in a row, 1 or more
 * @param random a number in [0, 1)
 * @param atLeast what the server asked for (Retry-After), in ms
 */
export function backoff(failures: number, random: number, atLeast = 0): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 20));
  return Math.max(BASE_MS, atLeast, Math.round(ceiling * random));
}
