/** The lot number as it stands on the slip: 第〇七签. */

const DIGITS = "〇一二三四五六七八九";

/** Writes a lot number with at least two digits, read one by one as on drawn lots. */
export function lotLabel(lot: number): string {
  const digits = String(lot).padStart(2, "0");
  return `第${[...digits].map((d) => DIGITS[Number(d)] ?? d).join("")}签`;
}
