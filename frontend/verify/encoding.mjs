/**
 * Bytes of evenhand-draw/1: canonical JSON (RFC 8785 for ASCII keys, NFC texts and whole numbers)
 * and strict tables. What is out of form throws `Malformed`, whose code the page puts into words.
 */
import { same, text, utf8 } from "./bytes.mjs";

/** Something is not as it must be. `code` names the sentence, `values` fill it. */
export class Malformed extends Error {
  constructor(code, values = {}) {
    super(`${code} ${JSON.stringify(values)}`);
    this.code = code;
    this.values = values;
  }
}

/** Canonical JSON text; throws outside the draw's domain. */
export function canonicalText(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Malformed("json-number");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
      if (!/^[\x00-\x7f]*$/.test(key)) throw new Malformed("json-key");
      return `${JSON.stringify(key)}:${canonicalText(value[key])}`;
    });
  return `{${entries.join(",")}}`;
}

function quoted(value) {
  if (value.normalize("NFC") !== value) throw new Malformed("json-nfc");
  if (!value.isWellFormed()) throw new Malformed("json-surrogate");
  return JSON.stringify(value);
}

/** Canonical JSON as bytes. */
export const canonical = (value) => utf8(canonicalText(value));

/**
 * Gives the object in `bytes`, which must be its own canonical form byte for byte; else throws
 * Malformed.
 */
export function parseCanonical(bytes, file) {
  let value;
  try {
    value = JSON.parse(text(bytes));
  } catch {
    throw new Malformed("json-unreadable", { file });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Malformed("json-object", { file });
  }
  let made;
  try {
    made = canonical(value);
  } catch (error) {
    // A RangeError is nesting too deep for any record of a draw.
    throw new Malformed(error instanceof Malformed ? error.code : "json-unreadable", { file });
  }
  if (!same(made, bytes)) throw new Malformed("json-canonical", { file });
  return value;
}

const [TAB, LF, CR] = [9, 10, 13];
const CAP = /^(0|[1-9][0-9]{0,8})$/;
const OFFSET = /^[0-2]$/;
const COLUMNS = { "pool.tsv": 2, "officers.tsv": 5, "recusals.tsv": 2, "exclusions.tsv": 2 };
const IS_TOKEN = new Uint8Array(256);
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-") {
  IS_TOKEN[char.charCodeAt(0)] = 1;
}

/**
 * Reads a table in strict form into `data`, `starts` (offsets of its lines and, last, its length)
 * and `hashes` (a quick hash of each line's last column, to find repeats). One pass reads a million
 * rows.
 */
export function readTable(data, file) {
  if (data.length && data[data.length - 1] !== LF) throw new Malformed("table-end", { file });
  const starts = startsOf(data);
  const rows = starts.length - 1;
  const hashes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    scanLine(data, starts[row], row, file, hashes);
    if (row > 0) compareLines(data, starts[row - 1], starts[row], row, file);
  }
  const table = { data, starts, hashes, rows };
  if (file === "officers.tsv") checkOfficers(table, file);
  return table;
}

const known = new WeakMap();

/**
 * Gives the offsets of all lines and, last, the end of the last LF, whatever the lines hold. They
 * are kept with the data, since a large roster is asked for twice.
 */
export function startsOf(data) {
  if (!known.has(data)) known.set(data, findStarts(data));
  return known.get(data);
}

function findStarts(data) {
  let starts = new Uint32Array(Math.max(16, data.length >> 4));
  let count = 1;
  for (let at = 0; at < data.length; at++) {
    if (data[at] !== LF) continue;
    if (count === starts.length) starts = grown(starts);
    starts[count++] = at + 1;
  }
  return starts.slice(0, count);
}

function grown(array) {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Checks one line of tokens (commas and empty columns are left to checkOfficers). */
function scanLine(data, start, row, file, hashes) {
  const loose = file === "officers.tsv";
  let columns = 1;
  let length = 0;
  let hash = 0x811c9dc5 | 0;
  let at = start;
  for (let byte = data[at]; byte !== LF; byte = data[++at]) {
    if (IS_TOKEN[byte] === 1) {
      hash = Math.imul(hash ^ byte, 0x01000193);
      length++;
    } else if (byte === TAB && (loose || (length > 0 && length <= 64))) {
      columns++;
      length = 0;
      hash = 0x811c9dc5 | 0;
    } else if (!(loose && byte === 44)) {
      refuseLine(data, at, row, file);
    }
  }
  if (columns !== COLUMNS[file] || (!loose && (length === 0 || length > 64))) {
    refuseLine(data, at, row, file);
  }
  hashes[row] = hash >>> 0;
}

function refuseLine(data, at, row, file) {
  const line = row + 1;
  if (data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf && row === 0) {
    throw new Malformed("table-bom", { file });
  }
  if (data[at] === CR) throw new Malformed("table-cr", { file, line });
  throw new Malformed("table-tokens", { file, line, columns: COLUMNS[file] });
}

function compareLines(data, former, latter, row, file) {
  let a = former;
  let b = latter;
  while (data[a] === data[b] && data[a] !== LF) {
    a++;
    b++;
  }
  if (data[a] > data[b]) throw new Malformed("table-order", { file, line: row + 1 });
  if (data[a] === data[b]) throw new Malformed("table-twice", { file, line: row + 1 });
}

function checkOfficers(table, file) {
  for (let row = 0; row < table.rows; row++) {
    const [token, department, held, cap, offset] = lineText(table, row).split("\t");
    const named = isToken(token) && isToken(department);
    const specialities = held === "" || held.split(",").every(isToken);
    if (!named || !specialities || !CAP.test(cap) || !OFFSET.test(offset)) {
      throw new Malformed("table-tokens", { file, line: row + 1, columns: 5 });
    }
  }
}

/** Gives the bytes of a line without its LF. */
export const lineBytes = ({ data, starts }, row) => data.subarray(starts[row], starts[row + 1] - 1);

const PIECE = 4096;

/**
 * Gives a line as text, however long: in slices, since no function takes any number of arguments.
 */
export function lineText(table, row) {
  const bytes = lineBytes(table, row);
  if (bytes.length <= PIECE) return String.fromCharCode(...bytes);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return pieces.join("");
}

/**
 * Gives the row that holds exactly these bytes, or −1; found by halving, since the lines of a table
 * increase.
 */
export function rowOf(table, wanted) {
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(lineBytes(table, middle), wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

function compare(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Gives the columns of every line of a small table. */
export const cells = (table) =>
  Array.from({ length: table.rows }, (_, row) => lineText(table, row).split("\t"));

/**
 * Tells whether every value is larger than the one before, so that they are in order and none
 * repeats.
 */
export const isIncreasing = (values) =>
  values.every((value, i) => i === 0 || values[i - 1] < value);

/** Tells whether `value` is a text of 1 to 64 characters [0-9A-Za-z._:-]. */
export const isToken = (value) =>
  typeof value === "string" && /^[0-9A-Za-z._:-]{1,64}$/.test(value);

/** Tells whether two lines of a table have the same last column (found by hash, then compared). */
export function findRepeat(table) {
  let size = 1024;
  while (size < table.rows * 2) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  for (let row = 0; row < table.rows; row++) {
    let slot = table.hashes[row] & (size - 1);
    while (slots[slot] >= 0) {
      const other = slots[slot];
      if (table.hashes[other] === table.hashes[row] && sameLast(table, other, row)) return row;
      slot = (slot + 1) & (size - 1);
    }
    slots[slot] = row;
  }
  return -1;
}

const last = (table, row) => lineText(table, row).split("\t").at(-1);
const sameLast = (table, one, other) => last(table, one) === last(table, other);
