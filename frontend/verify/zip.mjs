/** Reads a zip with stored or deflated files (no encryption, no zip64). No DOM. */
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
  const entries = directory(bytes);
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > MAX_BYTES) {
    throw new Unreadable("zip-large");
  }
  const files = new Map();
  for (const entry of entries) {
    if (files.has(entry.name)) throw new Unreadable("zip-twice", { file: entry.name });
    if (!entry.name.endsWith("/")) files.set(entry.name, await content(bytes, entry));
  }
  return files;
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function directory(bytes) {
  const data = view(bytes);
  let at = bytes.length - 22;
  const lowest = Math.max(0, at - 0xffff);
  while (at >= lowest && data.getUint32(at, true) !== 0x06054b50) at--;
  if (at < lowest || at < 0) throw new Unreadable("zip-damaged");
  const count = data.getUint16(at + 10, true);
  let place = data.getUint32(at + 16, true);
  const entries = [];
  try {
    for (let i = 0; i < count; i++) {
      if (data.getUint32(place, true) !== 0x02014b50) throw new Unreadable("zip-damaged");
      const nameLength = data.getUint16(place + 28, true);
      entries.push({
        name: text(bytes.subarray(place + 46, place + 46 + nameLength)),
        method: data.getUint16(place + 10, true),
        crc: data.getUint32(place + 16, true),
        packed: data.getUint32(place + 20, true),
        size: data.getUint32(place + 24, true),
        offset: data.getUint32(place + 42, true),
      });
      place +=
        46 + nameLength + data.getUint16(place + 30, true) + data.getUint16(place + 32, true);
    }
  } catch {
    throw new Unreadable("zip-damaged");
  }
  return entries;
}

async function content(bytes, entry) {
  try {
    const data = view(bytes);
    const head = entry.offset;
    const start = head + 30 + data.getUint16(head + 26, true) + data.getUint16(head + 28, true);
    const packed = bytes.subarray(start, start + entry.packed);
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
async function inflate(packed, { method, crc, size }) {
  if (method !== 8) throw new Unreadable("zip-damaged");
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
