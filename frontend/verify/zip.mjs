/**
 * Reads the one kind of zip that a bundle is, so that no two programs read two draws in one file:
 * entries without gaps from the first byte on, the directory, the end record, which ends the file.
 * Twin of backend/drawkit/strict_zip.py. No DOM.
 */
import { text } from "./bytes.mjs";

const MAX_BYTES = 2 ** 30;

/** The file is no bundle. `code` names the sentence. */
export class Unreadable extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** Reads the files of a zip into a Map from name to bytes; throws Unreadable. */
export async function readZip(bytes) {
  const { entries, start } = strictly(() => directory(bytes));
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > MAX_BYTES) {
    throw new Unreadable("zip-large");
  }
  const files = new Map();
  let place = 0;
  for (const entry of entries) {
    const begun = strictly(() => begin(bytes, entry, place));
    place = begun + entry.packed;
    demand(place <= start);
    files.set(entry.name, await content(bytes.subarray(begun, place), entry));
  }
  demand(place === start);
  return files;
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function demand(holds) {
  if (!holds) throw new Unreadable("zip-damaged");
}

/** What `read` gives; reading past the end of the file is damage like any other. */
function strictly(read) {
  try {
    return read();
  } catch {
    throw new Unreadable("zip-damaged");
  }
}

const END = 22;
const HEAD = 30;
const CENTRAL = 46;

/** The entries of the directory, which fills its place and is in order, and where it begins. */
function directory(bytes) {
  const data = view(bytes);
  const end = bytes.length - END;
  const [short, long] = [(at) => data.getUint16(at, true), (at) => data.getUint32(at, true)];
  const count = short(end + 10);
  const start = long(end + 16);
  demand(long(end) === 0x06054b50 && long(end + 4) === 0 && short(end + 8) === count);
  demand(start + long(end + 12) === end && short(end + 20) === 0);
  const entries = [];
  let place = start;
  for (let i = 0; i < count; i++) {
    demand(long(place) === 0x02014b50 && long(place + 30) === 0 && short(place + 34) === 0);
    const begun = place + CENTRAL;
    const entry = told(bytes.subarray(begun, begun + short(place + 28)), data, place + 8);
    demand(entry.flags === 0 || entry.flags === 0x800);
    demand(entry.method === 0 || entry.method === 8);
    demand(i === 0 || entries[i - 1].name < entry.name);
    entries.push({ ...entry, offset: long(place + 42) });
    place = begun + short(place + 28);
  }
  demand(place === end);
  return { entries, start };
}

/** What head and directory both say of an entry, from `at`, where its flags stand. */
function told(name, data, at) {
  demand(name.length > 0 && name.every((byte) => byte < 0x80));
  return {
    name: text(name),
    flags: data.getUint16(at, true),
    method: data.getUint16(at + 2, true),
    crc: data.getUint32(at + 8, true),
    packed: data.getUint32(at + 12, true),
    size: data.getUint32(at + 16, true),
  };
}

/** Where the content of an entry begins, whose head stands at `place` and says the same of it. */
function begin(bytes, entry, place) {
  const data = view(bytes);
  const begun = place + HEAD + data.getUint16(place + 26, true);
  demand(data.getUint32(place, true) === 0x04034b50 && data.getUint16(place + 28, true) === 0);
  const here = told(bytes.subarray(place + HEAD, begun), data, place + 6);
  demand(entry.offset === place && Object.keys(here).every((key) => here[key] === entry[key]));
  return begun;
}

async function content(packed, entry) {
  try {
    return entry.method === 0 ? stored(packed, entry) : await inflate(packed, entry);
  } catch {
    throw new Unreadable("zip-damaged");
  }
}

function stored(packed, { crc, size }) {
  if (packed.length !== size || crc32(packed) !== crc) throw new Unreadable("zip-damaged");
  return packed.slice();
}

/** The head of a gzip file: deflated, nothing else known. */
const GZIP = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/**
 * Inflates through gzip, whose trailer is the CRC and size that the zip has: so the browser's own
 * code compares the bytes with them, many times faster than a script could.
 */
async function inflate(packed, { crc, size }) {
  const trailer = new Uint8Array(8);
  view(trailer).setUint32(0, crc, true);
  view(trailer).setUint32(4, size, true);
  const reader = new Blob([GZIP, packed, trailer])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  const plain = new Uint8Array(size);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done && at !== size) throw new Unreadable("zip-damaged");
    if (done) return plain;
    if (at + value.length > size) throw new Unreadable("zip-damaged");
    plain.set(value, at);
    at += value.length;
  }
}

const TABLE = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLE[i] = value;
}

function crc32(bytes) {
  let value = -1;
  for (let i = 0; i < bytes.length; i++) value = TABLE[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}
