/** Which visits a list shows, and in which order: overdue first, then by due day and lot. */
import type { VisitRow } from "../../data/rows.ts";

export type Filter = "assigned" | "under_way" | "handed_in";

/** Gives visits of one status that are still this officer's. */
export function listed(rows: VisitRow[], status: Filter): VisitRow[] {
  return rows
    .filter((row) => !row.released && row.state.status === status)
    .sort((a, b) => {
      const [one, other] = [a.package, b.package];
      const byDay = one.due < other.due ? -1 : one.due > other.due ? 1 : one.lot - other.lot;
      return status === "handed_in" ? -byDay : byDay;
    });
}
