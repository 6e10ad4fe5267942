/**
 * The kinds of file that evidence may be, told by their first bytes. Pure, and the twin of
 * backend/app/evidence/kinds.py: the list is a copy of its kinds.json, and both agree by
 * tests/vectors/evidence-kinds-v1.json.
 */
import list from "./evidence-kinds.json" with { type: "json" };

interface Kind {
  mime: string;
  name: string;
  starts?: string[];
  contains?: string;
  major?: string[];
  family?: string[];
  compatible?: string[];
}

const KINDS: Kind[] = list.kinds;
export const HEAD_BYTES = list.head_bytes;
export const MOST_PIXELS = list.most_pixels;
/** The kinds as people call them. */
export const KIND_NAMES = KINDS.map((kind) => kind.name);

const BOX = 8;
const BRAND = 4;
const MOST_BRANDS = 64;

/** Gives the media type of a file by its first bytes; null when files of its kind are not taken. */
export function kindOf(head: Uint8Array): string | null {
  const hex = hexOf(head.subarray(0, HEAD_BYTES));
  const brands = brandsOf(head);
  const found = KINDS.find((kind) =>
    kind.major === undefined ? starts(kind, hex) : hasBrand(kind, brands),
  );
  return found?.mime ?? null;
}

function hexOf(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * Tells whether bytes, as hex, begin as files of this kind do. A dot in a pattern stands for any
 * digit; contents that must occur stand on a whole byte.
 */
function starts(kind: Kind, hex: string): boolean {
  const begins = (kind.starts ?? []).some((pattern) => new RegExp(`^${pattern}`).test(hex));
  return begins && holds(hex, kind.contains ?? "");
}

function holds(hex: string, wanted: string): boolean {
  let at = hex.indexOf(wanted);
  while (at % 2 === 1) at = hex.indexOf(wanted, at + 1);
  return at >= 0;
}

/** Gives the brands of an ISO media file (HEIC, MP4, MOV), the major one first; else none. */
function brandsOf(head: Uint8Array): string[] {
  const text = (from: number): string => String.fromCharCode(...head.subarray(from, from + BRAND));
  if (text(4) !== "ftyp") return [];
  const told = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  const end = Math.min(told, head.length, BOX + BRAND * MOST_BRANDS);
  const brands = [text(BOX)];
  for (let at = BOX + 2 * BRAND; at + BRAND <= end; at += BRAND) brands.push(text(at));
  return brands;
}

function hasBrand(kind: Kind, [major, ...others]: string[]): boolean {
  if (major === undefined) return false;
  if (kind.major?.includes(major)) return true;
  const related = kind.family?.includes(major) ?? true;
  return related && others.some((brand) => kind.compatible?.includes(brand));
}
