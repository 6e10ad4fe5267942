/** Plain sentences for what the server said about a record. */
import { isKey, t } from "../../app/i18n.ts";

export function reasonWords(reason: string | undefined): string {
  const key = `reason.${reason ?? ""}`;
  if (isKey(key) && key !== "reason.other") return t(key as "reason.gap");
  return t("reason.other", { code: reason ?? "?" });
}

export function kindWords(kind: string): string {
  const key = `kind.${kind}`;
  return isKey(key) ? t(key as "kind.other") : t("kind.other");
}
