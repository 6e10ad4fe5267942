/** Why an officer left a visit, in words. */
import { isKey, plain, t } from "../../app/i18n.ts";
import type { VisitRow } from "../../data/db.ts";

/** The sentence for a released visit; without a known cause the plain one. */
export function leftWords(left: VisitRow["left"]): string {
  const key = `left.${left?.reason ?? ""}`;
  return isKey(key) && key !== "left.title" ? plain(key) : t("visit.released");
}
