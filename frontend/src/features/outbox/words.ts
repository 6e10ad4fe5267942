/** Plain sentences for what the server said about a record. */
import { isKey, plain, t } from "../../app/i18n.ts";

export function reasonWords(reason: string | undefined): string {
  const key = `reason.${reason ?? ""}`;
  if (isKey(key) && key !== "reason.other") return plain(key);
  return t("reason.other", { code: reason ?? "?" });
}

export function kindWords(kind: string): string {
  const key = `kind.${kind}`;
  return isKey(key) ? plain(key) : t("kind.other");
}
