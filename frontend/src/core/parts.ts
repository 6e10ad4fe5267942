/**
 * Joint visits: which department's part an item belongs to, and whose it is to answer. Twin of
 * `part_of` and `is_own` in backend/app/visits/rules.py. No DOM, Vue, clock, randomness or fetch.
 */
import type { Package, PackagePart } from "./types.ts";

/** The department's part an item belongs to; null in a visit of one department. */
export function partOf(pkg: Package, item: string): PackagePart | null {
  return pkg.parts?.find((part) => part.items.includes(item)) ?? null;
}

/**
 * Whether an item is for this officer to answer: each department answers its own. So is one whose
 * department sends nobody. `officer`: id of an officer or of the account behind it.
 */
export function isOwn(pkg: Package, item: string, officer: string): boolean {
  const part = partOf(pkg, item);
  if (part === null || part.seats.length === 0) return true;
  return [...pkg.officers, ...(pkg.former ?? [])].some(
    (one) => (one.id === officer || one.account === officer) && part.seats.includes(one.seat),
  );
}
