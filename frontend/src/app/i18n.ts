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
 * Gives the sentence for a key in the language of the screen, with its {names} filled in; of
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

/** Gives the sentence for a key found at run time, which has nothing to fill in. */
export function plain(key: Key): string {
  return catalogues[locale.value][key];
}

/** Gives a code's name from a list, in the language of the screen; an unknown code stands as it is. */
export function word(
  list: { zh: Record<string, string>; en: Record<string, string> },
  code: string,
): string {
  return (locale.value === "zh-CN" ? list.zh : list.en)[code] ?? code;
}

/** Tells whether a text made elsewhere (a server's code) is a key of ours. */
export function isKey(text: string): text is Key {
  return text in zh;
}

export function setLocale(to: Locale): void {
  locale.value = to;
  localStorage.setItem(STORED, to);
  document.documentElement.lang = to;
}

/** Gives the language chosen before on this phone, else Chinese. */
export function startLocale(): void {
  setLocale(localStorage.getItem(STORED) === "en" ? "en" : "zh-CN");
}

/** Gives the lot number in words: as on the slip in Chinese, as digits in other languages. */
export function lotText(lot: number): string {
  return locale.value === "zh-CN" ? lotLabel(lot) : t("slip.lot", { n: lot });
}

const ZONE = "Asia/Shanghai";

/** Gives an instant in China's time as HH:MM:SS, or as HH:MM. */
export function clockTime(at: string | number, seconds = false): string {
  const style = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: ZONE } as const;
  const whole = seconds ? { ...style, second: "2-digit" as const } : style;
  return shown(new Intl.DateTimeFormat("zh-CN", whole), at);
}

/** Gives an instant in China's time as MM-DD HH:MM. */
export function shortTime(at: string | number): string {
  return `${day(at).slice(5)} ${clockTime(at)}`;
}

/** Gives the day of an instant in China's time as YYYY-MM-DD. */
export function day(at: string | number): string {
  return shown(new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }), at);
}

/** Formats a moment; a text that names none, which only a strange phone sends, becomes a dash. */
function shown(format: Intl.DateTimeFormat, at: string | number): string {
  const ms = typeof at === "number" ? at : instant(at);
  return Number.isNaN(ms) ? "—" : format.format(ms);
}

/** Counts the days from today until a day, negative when it is over. */
export function daysUntil(due: string, now: number): number {
  return Math.round((Date.parse(due) - Date.parse(day(now))) / 86_400_000);
}

/** Gives a size people can read: 0 B, 412 KB, 3.4 MB, 1.2 GB. */
export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let [value, unit] = [size, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
