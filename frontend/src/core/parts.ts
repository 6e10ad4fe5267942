/**
 * Joint visits: which department's part an item belongs to, and whose it is to answer. Twin of
 * `part_of` and `is_own` in backend/app/visits/rules.py. No DOM, Vue, clock, randomness or fetch.
 */
import type { Missing, Package, PackageItem, PackagePart, Point } from "./types.ts";

/** Gives the department's part an item belongs to; null in a visit of one department. */
export function partOf(pkg: Package, item: string): PackagePart | null {
  return pkg.parts?.find((part) => part.items.includes(item)) ?? null;
}

/**
 * Tells whether this officer is to answer an item: each department answers its own, and an item
 * whose department sends nobody is for everyone. `officer`: id of an officer or of the account
 * behind it.
 */
export function isOwn(pkg: Package, item: string, officer: string): boolean {
  const part = partOf(pkg, item);
  if (part === null || part.seats.length === 0) return true;
  return [...pkg.officers, ...(pkg.former ?? [])].some(
    (one) => (one.id === officer || one.account === officer) && part.seats.includes(one.seat),
  );
}

/** What an item's points lack, in the order of the checklist. */
export interface Lacking {
  item: PackageItem;
  lines: { point: Point; what: Missing["what"] }[];
}

/**
 * Gives the missing answers by item, since every item numbers its points from 1. The result is not
 * among them.
 */
export function missingByItem(pkg: Package, missing: Missing[]): Lacking[] {
  const groups = pkg.items.map((item) => {
    const points = new Map(item.checklist.points.map((point) => [point.key, point]));
    const lines = missing.flatMap(({ point: key, what }) => {
      const point = key === null ? undefined : points.get(key);
      return point === undefined ? [] : [{ point, what }];
    });
    return { item, lines };
  });
  return groups.filter(({ lines }) => lines.length > 0);
}
