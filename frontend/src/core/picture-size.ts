/** How many pixels a picture has, read from its header and never by unpacking it. Pure. */

export interface PictureSize {
  width: number;
  height: number;
}

/** Gives the size of a picture by its first bytes; null when they do not tell it. */
export function pictureSize(mime: string, bytes: Uint8Array): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return READERS[mime]?.(view) ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the header goes on behind what we have
    throw error;
  }
}

const READERS: Record<string, (view: DataView) => PictureSize | null> = {
  "image/png": png,
  "image/jpeg": jpeg,
  "image/webp": webp,
  "image/heic": heic,
};

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));
}

function png(view: DataView): PictureSize | null {
  if (text(view, 12) !== "IHDR") return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Frames start with C0 to CF, but for C4, C8 and CC, which are tables. */
function jpeg(view: DataView): PictureSize | null {
  let at = 2;
  while (at < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const mark = view.getUint8(at + 1);
    if (mark === 0xff) {
      at += 1; // filling before a mark
      continue;
    }
    const isFrame = mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function webp(view: DataView): PictureSize | null {
  const kind = text(view, 12);
  if (kind === "VP8X") return { width: 1 + threeBytes(view, 24), height: 1 + threeBytes(view, 27) };
  if (kind === "VP8 ")
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind !== "VP8L") return null;
  const packed = view.getUint32(21, true);
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
}

function threeBytes(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

const ISPE = [..."ispe"].map((letter) => letter.charCodeAt(0));

/** Gives the largest of the sizes (`ispe` boxes) a HEIC names: tiles and thumbnails are smaller. */
function heic(view: DataView): PictureSize | null {
  let found: PictureSize | null = null;
  for (let at = 4; at + 16 <= view.byteLength; at += 1) {
    if (!ISPE.every((letter, n) => view.getUint8(at + n) === letter)) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (found === null || size.width * size.height > found.width * found.height) found = size;
  }
  return found;
}
