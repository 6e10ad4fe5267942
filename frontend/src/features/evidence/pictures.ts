/** Photos made smaller: the copy to send (2560 px, JPEG 0.85) and the thumbnail. */

const LONG_EDGE = 2560;
const THUMBNAIL = 240;
const QUALITY = 0.85;

/** Gives a smaller JPEG of a photo; the file itself when it is no photo or small enough. */
export async function downscaled(file: Blob): Promise<Blob> {
  const picture = await decode(file);
  if (picture === null) return file;
  const fits = Math.max(picture.width, picture.height) <= LONG_EDGE;
  if (fits && file.type === "image/jpeg") return file;
  const copy = await draw(picture, LONG_EDGE, QUALITY);
  return copy !== null && (copy.size < file.size || !fits) ? copy : file;
}

/** Gives a small picture for lists; null for what is no picture this browser can read. */
export async function thumbnail(file: Blob): Promise<Blob | null> {
  const picture = await decode(file);
  return picture === null ? null : draw(picture, THUMBNAIL, 0.7);
}

async function decode(file: Blob): Promise<ImageBitmap | null> {
  if (!file.type.startsWith("image/")) return null;
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null; // a kind of picture this browser cannot read, HEIC for one: kept as it is
  }
}

function draw(picture: ImageBitmap, edge: number, quality: number): Promise<Blob | null> {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
