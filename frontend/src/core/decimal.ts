/** Decimal strings compared exactly; no floats. */

const DECIMAL = /^-?[0-9]{1,15}(\.[0-9]{1,9})?$/;
const SCALE = 9;

/** At most 15 digits before and 9 after the point. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Gives negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: string, b: string): number {
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled(text: string): bigint {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const digits = BigInt(whole + fraction.padEnd(SCALE, "0"));
  return text.startsWith("-") ? -digits : digits;
}
