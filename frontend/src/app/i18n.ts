/** Words on the screen: a typed t() over two catalogues with the same keys. */
import { ref } from "vue";
import { instant } from "../core/clock.ts";
import { lotLabel } from "../core/lot.ts";
import { en } from "./messages-en.ts";
import { zh } from "./messages-zh.ts";

export type Key = keyof typeof zh;
export type Locale = "zh-CN" | "en";
type Names<S> = S extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;
type Params<K extends Key> = [Names<(typeof zh)[K]>] extends [never]
  ? []
  : [Record<Names<(typeof zh)[K]>, string | number>];

const STORED = "evenhand-locale";
const catalogues: Record<Locale, Record<Key, string>> = { "zh-CN": zh, en };

export const locale = ref<Locale>("zh-CN");

/**
 * The sentence for a key in the language of the screen, with its {names} filled in; of
 * {name|one|many} the word for one when the number is one, and else the other.
 */
export function t<K extends Key>(key: K, ...params: Params<K>): string {
  const values = params[0] as Record<string, string | number> | undefined;
  const text = catalogues[locale.value][key];
  if (values === undefined) return text;
  return text.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, many?: string) =>
      String((Number(values[name]) === 1 ? one : many) ?? values[name] ?? whole),
  );
}

/** The sentence for a key found at run time, which has nothing to fill in. */
export function plain(key: Key): string {
  return catalogues[locale.value][key];
}

/** What a code of a list is called in the language of the screen; an unknown one is shown as it is. */
export function word(
  list: { zh: Record<string, string>; en: Record<string, string> },
  code: string,
): string {
  return (locale.value === "zh-CN" ? list.zh : list.en)[code] ?? code;
}

/** Whether a text made elsewhere (a server's code) is a key of ours. */
export function isKey(text: string): text is Key {
  return text in zh;
}

export function setLocale(to: Locale): void {
  locale.value = to;
  localStorage.setItem(STORED, to);
  document.documentElement.lang = to;
}

/** The language chosen before on this phone, else Chinese. */
export function startLocale(): void {
  setLocale(localStorage.getItem(STORED) === "en" ? "en" : "zh-CN");
}

/** The lot number in words: as on the slip in Chinese, as a number else. */
export function lotText(lot: number): string {
  return locale.value === "zh-CN" ? lotLabel(lot) : t("slip.lot", { n: lot });
}

const ZONE = "Asia/Shanghai";

/** HH:MM:SS, or HH:MM, of an instant in China's time. */
export function clockTime(at: string | number, seconds = false): string {
  const style = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: ZONE } as const;
  const whole = seconds ? { ...style, second: "2-digit" as const } : style;
  return shown(new Intl.DateTimeFormat("zh-CN", whole), at);
}

/** MM-DD HH:MM of an instant. */
export function shortTime(at: string | number): string {
  return `${day(at).slice(5)} ${clockTime(at)}`;
}

/** YYYY-MM-DD of an instant in China's time. */
export function day(at: string | number): string {
  return shown(new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }), at);
}

/** A text that names no moment, which only a strange phone sends, is shown as a dash. */
function shown(format: Intl.DateTimeFormat, at: string | number): string {
  const ms = typeof at === "number" ? at : instant(at);
  return Number.isNaN(ms) ? "—" : format.format(ms);
}

/** Days from today until a day, negative when it is over. */
export function daysUntil(due: string, now: number): number {
  return Math.round((Date.parse(due) - Date.parse(day(now))) / 86_400_000);
}

/** A size people can read: 0 B, 412 KB, 3.4 MB, 1.2 GB. */
export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let [value, unit] = [size, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
